/**
 * Shell: the frame around a conversation: its head with the menu, its dialogs, its end.
 */

import { element, icon, iconButton } from "./dom.js";

/** The bar with the assistant's name, who answers now, and the menu of everything that is not a question. */
export class Bar {
  #say;
  #about;
  #sign;
  #items = {};
  node;

  /** `deeds` has person(), renew(), download(), forget() and, in a widget, close(). */
  constructor(say, name, deeds) {
    this.#say = say;
    this.#about = element("p", {}, say("assistant.label"));
    this.#sign = element("span", { class: "sign", "aria-hidden": "true" }, icon("page"));
    const menu = element("div", { class: "menu", id: "menu", popover: "auto" });
    for (const [key, drawing] of [["person", "person"], ["renew", "renew"], ["download", "later"], ["forget", "bin"]]) {
      const words = element("span", {}, say(key === "person" ? "handoff.ask" : key));
      const choose = () => {
        menu.hidePopover();
        deeds[key]();
      };
      this.#items[key] = element("button", { type: "button", class: `menu-item ${key}`, onclick: choose }, icon(drawing), words);
    }
    menu.append(...Object.values(this.#items));
    this.node = element("header", { class: "bar" },
      this.#sign,
      element("div", { class: "title" }, element("h1", {}, element("bdi", {}, name)), this.#about),
      iconButton("menu", say("menu"), { popovertarget: "menu" }),
      deeds.close && iconButton("close", say("close"), { onclick: deeds.close }),
      menu);
  }

  /** Show a picture of the site's own, or the plain sign for "". */
  set logo(url) {
    this.#sign.replaceChildren(url ? element("img", { src: url, alt: "" }) : icon("page"));
    this.#sign.classList.toggle("sign-own", Boolean(url));
  }

  /** Bring the bar up to the transcript's state. */
  update({ care, person, assistant, messages }) {
    const apart = care !== "assistant";
    const team = this.#say("staff.label");
    const words = { assistant: this.#say("assistant.label"), waiting: team, joined: `${person} · ${team}` }[care];
    write(this.#about, words);
    write(this.#items.person.lastChild, this.#say(apart ? "handoff.back" : "handoff.ask"));
    this.#items.person.hidden = !apart && !assistant?.handoff;
    for (const key of ["renew", "download", "forget"]) this.#items[key].hidden = !messages.length;
  }
}

function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** Make the dialog that asks before `deed`; its words are those of the catalogue under `key`. */
export function makeDialog(say, key, deed) {
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": `${key}-question` },
    element("form", { method: "dialog" },
      element("h2", { id: `${key}-question` }, say(`${key}.question`)),
      element("p", {}, say(`${key}.detail`)),
      element("div", { class: "dialog-deeds" },
        element("button", { class: "button", value: "keep" }, say(`${key}.cancel`)),
        element("button", { class: "button button-main", value: "go" }, say(`${key}.confirm`)))));
  dialog.addEventListener("close", () => {
    const sure = dialog.returnValue === "go";
    dialog.returnValue = "";
    if (sure) deed();
  });
  return dialog;
}

/** Keep the page as high as what the on-screen keyboard leaves free. */
export function followKeyboard(root, viewport = globalThis.visualViewport) {
  viewport?.addEventListener("resize", () => {
    // Pinch zoom shrinks the visual viewport too, and must not squeeze the page.
    if (viewport.scale === 1) root.style.setProperty("--visible", `${viewport.height}px`);
  });
}
