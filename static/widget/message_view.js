/**
 * Message view: one finished message, who said it and what can be done with it.
 *
 * Customers' words are shown as typed; the assistant's and staff's are Markdown.
 * A declined answer says calmly that nothing was found; only a failed one looks like an error.
 * Who came, left or fell silent is one line between the messages.
 */

import { CitationView } from "./citation_view.js";
import { element, icon, iconButton } from "./dom.js";
import { renderMarkdown } from "./markdown.js";

const OUTCOME_ICONS = { declined: "unfound", clarified: null, stopped: "stop", failed: "close" };
const COPIED_FOR = 2_000;
const REASON_LIMIT = 500;

/** Make the line over an assistant's words: its name, that it is an AI, and whether it only quotes. */
export function byline(say, name, answerer = null) {
  const quotes = answerer === "quoting" || answerer === "fallback";
  return element("p", { class: "byline" },
    element("span", { class: "byline-name" }, name),
    element("span", { class: "badge" }, say("assistant.label")),
    quotes && element("span", { class: "badge badge-quoted" }, say("answer.quoted")));
}

/** Make a customer's message; `note` says what keeps it from being sent. */
export function customerMessage(message, say, note = null) {
  return element("article", { class: note ? "message customer pending" : "message customer" },
    element("span", { class: "unseen" }, say("customer.said")),
    message.text && element("div", { class: "text", dir: "auto" }, message.text),
    attachmentList(message),
    element("p", { class: "pending-note", hidden: !note }, note));
}

function staffMessage(message, say) {
  const badges = [say("staff.label"), message.channel === "email" && say("staff.mail")];
  return element("article", { class: "message staff" },
    element("p", { class: "byline" },
      element("span", { class: "byline-name" }, message.author?.name),
      badges.map((words) => words && element("span", { class: "badge" }, words))),
    message.text && element("div", { class: "text prose", dir: "auto" }, renderMarkdown(message.text)),
    attachmentList(message));
}

function attachmentList({ attachments = [] }) {
  return attachments.map(({ name, size }) => element("p", { class: "attachment" },
    icon("clip"), element("span", { dir: "auto" }, name), element("span", { class: "source-place" }, sizeOf(size))));
}

function sizeOf(bytes) {
  const [unit, share] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumSignificantDigits: 2 });
  return format.format(bytes / share);
}

function noteLine({ note, person }, say) {
  return element("p", { class: "note" }, say(`note.${note}`, { name: person }));
}

function outcomeLine(outcome, say) {
  if (!(outcome in OUTCOME_ICONS)) return null;
  const drawing = OUTCOME_ICONS[outcome];
  return element("p", { class: "outcome" }, drawing && icon(drawing), say(`outcome.${outcome}`));
}

function copyButton(text, say) {
  // Browsers lend the clipboard to https pages only.
  if (!navigator.clipboard) return null;
  const button = iconButton("copy", say("answer.copy"), {
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      button.replaceChildren(icon("check"));
      button.setAttribute("aria-label", say("answer.copied"));
      setTimeout(() => {
        button.replaceChildren(icon("copy"));
        button.setAttribute("aria-label", say("answer.copy"));
      }, COPIED_FOR);
    },
  });
  return button;
}

/** Remove the citation marks, which mean nothing once an answer is pasted elsewhere. */
export function withoutMarks(text) {
  return text.replaceAll(/ ?\[\d{1,2}\](?!\()/g, "");
}

/** The thumbs of one answer, and for a thumb down room to say why: one tap is enough. `give(helpful, reason)` carries them to the server. */
class FeedbackView {
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

/** A message as it stands in the log. */
export class MessageView {
  #feedback = null;
  #citations = null;

  /** `deeds` has give(message, helpful, reason) and again(question). */
  constructor(message, say, name, deeds) {
    this.node = this.#make(message, say, name, deeds);
  }

  /** Cards that belong to the message but not into the log. */
  get cards() {
    return this.#citations?.cards ?? [];
  }

  /** Show the thumb the customer has given. */
  showFeedback(helpful) {
    this.#feedback?.show(helpful);
  }

  #make(message, say, name, deeds) {
    if (message.role === "customer") return customerMessage(message, say);
    if (message.role === "note") return noteLine(message, say);
    if (message.role === "staff") return staffMessage(message, say);
    return this.#assistantMessage(message, say, name, deeds);
  }

  #assistantMessage(message, say, name, deeds) {
    this.#citations = new CitationView(message, say);
    const text = renderMarkdown(message.text, (number) => this.#citations.chip(number));
    return element("article", { class: `message assistant ${message.outcome ?? ""}` },
      byline(say, name, message.answerer),
      outcomeLine(message.outcome, say),
      text.length > 0 && element("div", { class: "text prose", dir: "auto" }, text),
      this.#citations.sources(),
      this.#actions(message, say, deeds));
  }

  #actions(message, say, deeds) {
    if (!message.outcome) return null;
    if (message.outcome === "failed" || message.outcome === "stopped") {
      const again = element("button", { type: "button", class: "button", onclick: () => deeds.again(message.question) }, say("answer.again"));
      return message.question && element("div", { class: "actions" }, again);
    }
    this.#feedback = new FeedbackView(say, (helpful, reason) => deeds.give(message.id, helpful, reason));
    const row = element("div", { class: "actions" }, copyButton(withoutMarks(message.text), say), this.#feedback.buttons);
    return [row, this.#feedback.note];
  }
}
