/**
 * Composer: where the customer writes, and is told in one sentence when it cannot be sent.
 *
 * Enter sends and Shift+Enter starts a line, except while an input method composes:
 * there Enter only accepts the word. Characters are counted as the server counts them.
 */

import { element, icon } from "./dom.js";

const LIMIT = 4000;
const COUNT_FROM = 3600;
const TALLEST = 176;

/** The form under the conversation; `deeds` has ask(text), stop(), draft(text) and attach(file). */
export class Composer {
  #say;
  #deeds;
  #input;
  #counter;
  #alert;
  #stop;
  #attach;
  #upload;
  node;

  constructor(say, deeds, draft) {
    this.#say = say;
    this.#deeds = deeds;
    this.#input = this.#makeInput();
    this.#counter = element("p", { class: "counter", id: "counter", hidden: true });
    this.#alert = element("p", { class: "alert", role: "alert", id: "composer-alert" });
    this.#stop = this.#roundButton("stop", "button", { class: "round stop", hidden: true, onclick: () => deeds.stop() });
    this.#attach = this.#makeAttach();
    this.#upload = element("p", { class: "upload", role: "status", hidden: true });
    const send = this.#roundButton("send", "submit", { class: "round send" });
    this.node = element("form", { class: "composer", novalidate: true, onsubmit: (event) => this.#submit(event) },
      this.#alert,
      this.#upload,
      element("div", { class: "field" },
        element("label", { class: "unseen", for: "question" }, say("composer.label")), this.#attach, this.#input, this.#stop, send),
      this.#counter);
    this.text = draft;
  }

  get text() {
    return this.#input.value;
  }

  set text(text) {
    this.#input.value = text;
    this.#changed();
  }

  /** Put the cursor into the field. */
  focus() {
    this.#input.focus();
  }

  /** While a person has the conversation, files can be sent to them. */
  set apart(apart) {
    const words = this.#say(apart ? "composer.message" : "composer.placeholder");
    if (this.#input.placeholder !== words) this.#input.placeholder = words;
    this.#attach.hidden = !apart;
  }

  /** Show that a file is on its way, `share` of it from 0 to 1; null once it is not. */
  showUpload(name, share) {
    this.#upload.hidden = share === null;
    if (share === null) return this.#upload.replaceChildren();
    if (!this.#upload.firstChild) {
      const bar = element("progress", { max: 1, "aria-label": name });
      this.#upload.replaceChildren(element("span", { dir: "auto" }, this.#say("attach.sending", { name })), bar);
    }
    this.#upload.lastChild.value = share;
  }

  /** Offer to stop while an answer is being written. */
  showStop(running) {
    const held = this.#stop === document.activeElement;
    this.#stop.hidden = !running;
    if (held && !running) this.focus();
  }

  /** Say one sentence next to the field, and whether what stands there is the fault; the empty one takes it away. */
  complain(sentence, isFault = true) {
    this.#alert.textContent = sentence;
    this.#input.toggleAttribute("aria-invalid", Boolean(sentence) && isFault);
  }

  #roundButton(name, type, attributes) {
    const label = this.#say(`composer.${name}`);
    return element("button", { type, "aria-label": label, title: label, ...attributes }, icon(name === "attach" ? "clip" : name));
  }

  #makeAttach() {
    const choose = element("input", { type: "file", hidden: true, tabindex: -1, "aria-label": this.#say("composer.attach"), onchange: () => {
      this.#offer(choose.files);
      choose.value = "";
    } });
    const button = this.#roundButton("attach", "button", { class: "round attach", onclick: () => choose.click() });
    return element("span", { class: "attach-place", hidden: true }, button, choose);
  }

  #offer(files, event) {
    if (this.#attach.hidden || !files?.length) return;
    event?.preventDefault();
    this.#deeds.attach(files[0]);
  }

  #makeInput() {
    return element("textarea", {
      id: "question", rows: 1, autocomplete: "off", enterkeyhint: "send",
      placeholder: this.#say("composer.placeholder"), "aria-describedby": "composer-alert counter",
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#offer(event.clipboardData?.files, event),
    });
  }

  #key(event) {
    // 229 is what Safari reports for the Enter that ends a composition.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.#submit(event);
  }

  #changed() {
    const count = [...this.text].length;
    this.#deeds.draft(this.text);
    // With nothing written yet the page's direction is the placeholder's.
    this.#input.dir = count ? "auto" : "";
    this.#counter.hidden = count < COUNT_FROM;
    this.#counter.classList.toggle("over", count > LIMIT);
    this.#counter.textContent = this.#counter.hidden ? "" : this.#say("composer.count", { count, limit: LIMIT });
    if (count) this.complain("");
    this.fit();
  }

  /** Grow the field with its text, up to a limit. */
  fit() {
    this.#input.style.setProperty("block-size", "auto");
    const { scrollHeight } = this.#input;
    if (scrollHeight) this.#input.style.setProperty("block-size", `${Math.min(scrollHeight, TALLEST)}px`);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text.trim();
    const count = [...text].length;
    if (!count) return this.complain(this.#say("composer.empty"));
    if (count > LIMIT) return this.complain(this.#say("composer.long", { count, limit: LIMIT }));
    this.text = "";
    this.complain("");
    this.#deeds.ask(text);
    this.focus();
  }
}
