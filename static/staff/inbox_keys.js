/* Keys: the inbox without a mouse. They rest while somebody types, and leave the browser's own alone. */

import { openCanned } from "./inbox_canned.js";
import { talk } from "./inbox_panes.js";

const byId = (id) => document.getElementById(id);
const rows = () => [...document.querySelectorAll("#rows .row-link")];

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = from < 0 ? 0 : from + step;
  all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
}

function write(mode, box) {
  if (!talk()) return;
  byId(mode).checked = true;
  byId(box).focus();
}

function openMenu(id) {
  const menu = byId(id);
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".talk-menu-box button").focus();
}

/** Go one step back: out of a box, out of a menu, out of the conversation. */
function back() {
  const menu = document.querySelector(".talk-menu[open]");
  const row = document.querySelector("#rows .row-link[aria-current]") ?? rows()[0];
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (document.activeElement?.matches("textarea, input")) (byId("talk-scroll") ?? row)?.focus();
  else if (row?.checkVisibility()) row.focus();
  else document.querySelector(".talk-back")?.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write("mode-reply", "reply-text"),
  n: () => write("mode-note", "note-text"),
  a: () => byId("assign-me")?.click(),
  e: () => byId("act-close")?.click(),
  z: () => openMenu("menu-snooze"),
  "/": openCanned,
  "?": () => byId("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const { target } = event;
  const isTyping = target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    back();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches?.("#composer textarea")) {
    event.preventDefault();
    target.form.requestSubmit(target.form.querySelector("#send"));
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
