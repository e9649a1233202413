/* The inbox, wired together: bells of the socket become looks at the server, deeds become looks too.

   Everything works by forms and links as well; this module only spares the reloading. */

import { Alerts } from "./inbox_alerts.js";
import { openCanned } from "./inbox_canned.js";
import { Company } from "./inbox_company.js";
import "./inbox_keys.js";
import { look, refresh, talk, watchPanes } from "./inbox_panes.js";
import { StaffSocket } from "./inbox_socket.js";

const LOOK_EVERY = 30_000; // ms; a bell that got lost costs no more than that
const UNDO = 5; // s
const root = document.getElementById("inbox");
const trouble = document.getElementById("trouble");
const opened = () => talk()?.dataset.conversation ?? null;
const company = new Company(root, () => talk()?.dataset.who ?? "");
const alerts = new Alerts(root);
const socket = new StaffSocket(hear, linked);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

window.htmx.config.refreshOnHistoryMiss = true; // a page from the history is loaded whole, with its scripts

function hear(bell) {
  const isOpen = bell.conversation !== null && bell.conversation === opened();
  if (bell.what === "typing" || bell.what === "viewing") {
    if (isOpen) company.hear(bell);
    return;
  }
  if (isOpen) {
    if (bell.kinds?.includes("message.created")) company.spoken();
    look();
  }
  refresh();
}

function linked(state) {
  if (state === "open") {
    trouble.hidden = true;
    socket.send({ type: "view", conversation: opened() });
    look();
    refresh();
    return;
  }
  trouble.textContent = state === "out" ? root.dataset.textOut : root.dataset.textLost;
  trouble.hidden = false;
}

function changed(isOther) {
  alerts.look();
  if (isOther) {
    company.forget();
    socket.send({ type: "view", conversation: opened() });
    document.getElementById("reply-text")?.form.elements.text.setAttribute("rows", "3");
  } else company.show();
}

/** Count down what can still be taken back; the server's clock may differ from ours. */
const firstSeen = new Map();
function countDown() {
  for (const line of document.querySelectorAll(".countdown")) {
    const { due } = line.dataset;
    if (!firstSeen.has(due)) firstSeen.set(due, Date.now());
    const left = Math.min(UNDO, Math.max(0, Math.ceil(UNDO - (Date.now() - firstSeen.get(due)) / 1000)));
    const words = root.dataset.textUndo.replace("SECONDS", String(left));
    if (line.textContent !== words) line.textContent = words;
  }
}

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "post") return;
  const reached = document.getElementById("reached");
  if (reached) detail.parameters.read_seq = reached.value; // what is shown now, not when the box was made
  detail.parameters.zone = zone;
});
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig?.verb !== "post") return;
  for (const menu of document.querySelectorAll(".talk-menu[open]")) menu.open = false;
  look();
  refresh();
});
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  const path = detail.requestConfig?.path ?? "";
  if (/\/(undo|draft)\/$/.test(path.split("?")[0])) document.getElementById("reply-text")?.focus();
});
document.addEventListener("input", ({ target }) => {
  if (target.id !== "reply-text") return;
  if (target.value === "/") {
    target.value = "";
    openCanned();
  } else company.write((frame) => socket.send(frame), opened(), target.value);
});
document.addEventListener("submit", ({ target }) => {
  if (target.id === "reply-form") company.write((frame) => socket.send(frame), opened(), "");
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("#open-canned")) openCanned();
});

watchPanes(changed);
changed(false);
socket.connect();
setInterval(countDown, 250);
setInterval(() => {
  look();
  refresh();
}, LOOK_EVERY);
