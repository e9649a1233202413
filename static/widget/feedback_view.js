/**
 * Feedback view: a thumb, and for a thumb down room to say why.
 *
 * One tap is enough and can be changed; the reason is optional and sent on its own.
 */

import { element, iconButton } from "./dom.js";

const REASON_LIMIT = 500;

/** The thumbs of one answer; `give(helpful, reason)` carries them to the server. */
export class FeedbackView {
  #say;
  #give;
  #thumbs;
  #reason = null;
  #note;

  constructor(say, give) {
    this.#say = say;
    this.#give = give;
    this.#thumbs = { true: this.#thumb("up", true), false: this.#thumb("down", false) };
    this.#note = element("p", { class: "feedback-note", role: "status" });
  }

  /** The two buttons, for the row of actions. */
  get buttons() {
    return [this.#thumbs.true, this.#thumbs.false];
  }

  /** Where the question for a reason and the thanks appear. */
  get note() {
    return this.#note;
  }

  /** Show which thumb is given: true, false or undefined. */
  show(helpful) {
    for (const [value, thumb] of Object.entries(this.#thumbs)) thumb.setAttribute("aria-pressed", String(value === String(helpful)));
  }

  #thumb(name, helpful) {
    return iconButton(name, this.#say(`feedback.${name}`), { "aria-pressed": "false", onclick: () => this.#tap(helpful) });
  }

  #tap(helpful) {
    this.show(helpful);
    this.#give(helpful, "");
    this.#reason?.remove();
    this.#reason = null;
    if (helpful) this.#thank();
    else this.#askWhy();
  }

  #askWhy() {
    const label = this.#say("feedback.reason");
    const input = element("input", { type: "text", maxlength: REASON_LIMIT, "aria-label": label, placeholder: label, dir: "auto" });
    const send = element("button", { class: "button" }, this.#say("feedback.send"));
    this.#reason = element("form", { class: "reason", onsubmit: (event) => this.#sendReason(event, input.value.trim()) }, input, send);
    this.#note.replaceChildren();
    this.#note.before(this.#reason);
    input.focus();
  }

  #sendReason(event, reason) {
    event.preventDefault();
    if (reason) this.#give(false, reason);
    this.#reason.remove();
    this.#reason = null;
    this.#thumbs.false.focus();
    this.#thank();
  }

  #thank() {
    this.#note.replaceChildren(this.#say("feedback.thanks"));
  }
}
