/**
 * Shell: the frame around a conversation: its head, its dialog, its end.
 */

import { element, icon, iconButton } from "./dom.js";

/** Make the bar with the assistant's name; `deeds` has renew() and, in a widget, close(). */
export function makeBar(say, name, deeds) {
  return element("header", { class: "bar" },
    element("span", { class: "sign", "aria-hidden": "true" }, icon("page")),
    element("div", { class: "title" },
      element("h1", { dir: "auto" }, name),
      element("p", {}, say("assistant.label"))),
    iconButton("renew", say("renew"), { onclick: deeds.renew }),
    deeds.close && iconButton("close", say("close"), { onclick: deeds.close }));
}

/** Make the dialog that asks before a conversation is left behind. */
export function makeRenewDialog(say, renew) {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "renew-question" },
    element("form", { method: "dialog" },
      element("h2", { id: "renew-question" }, say("renew.question")),
      element("p", {}, say("renew.detail")),
      element("div", { class: "dialog-deeds" },
        element("button", { class: "button", value: "keep" }, say("renew.cancel")),
        element("button", { class: "button button-main", value: "renew" }, say("renew.confirm")))));
  dialog.addEventListener("close", () => dialog.returnValue === "renew" && renew());
  return dialog;
}

/** Keep the page as high as what the on-screen keyboard leaves free. */
export function followKeyboard(root, viewport = globalThis.visualViewport) {
  viewport?.addEventListener("resize", () => {
    // Pinch zoom shrinks the visual viewport too, and must not squeeze the page.
    if (viewport.scale === 1) root.style.setProperty("--visible", `${viewport.height}px`);
  });
}
