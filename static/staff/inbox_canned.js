/* Canned replies: a dialog that finds words and puts them where the reply is written. */

import { talk } from "./inbox_panes.js";

const { htmx } = window;
const dialog = document.getElementById("canned");
const words = document.getElementById("canned-words");
const list = document.getElementById("canned-list");
const choices = () => [...list.querySelectorAll(".canned-choice:not([hidden])")];

/** Open the dialog with the replies that fit the open conversation. */
export function openCanned() {
  const open = talk();
  if (!open) return;
  words.value = "";
  dialog.showModal();
  words.focus();
  htmx.ajax("GET", open.dataset.canned, { source: "#canned-list", target: "#canned-list" }).catch(() => dialog.close());
}

function find() {
  const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const choice of list.querySelectorAll(".canned-choice")) {
    const text = choice.dataset.find.toLocaleLowerCase();
    choice.hidden = !wanted.every((word) => text.includes(word));
  }
}

function choose(choice) {
  const box = document.getElementById("reply-text");
  dialog.close();
  document.getElementById("mode-reply").checked = true;
  box.setRangeText(choice.dataset.text, box.selectionStart, box.selectionEnd, "end");
  box.form.elements.canned.value = choice.dataset.canned;
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

words.addEventListener("input", find);
dialog.addEventListener("click", ({ target }) => {
  if (target.closest("[data-shut]")) dialog.close();
  const choice = target.closest(".canned-choice");
  if (choice) choose(choice);
});
dialog.addEventListener("keydown", (event) => {
  const all = choices();
  const at = all.indexOf(document.activeElement);
  if (event.key === "Enter" && event.target === words && all.length) {
    event.preventDefault();
    choose(all[0]);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (all[Math.min(next, all.length - 1)] ?? words).focus();
  }
});
