/**
 * Render: from the transcript's state to the page.
 *
 * The log holds finished messages only, so a screen reader announces each once; an
 * answer that is being written stands after it, silent, until it is done. Messages
 * never change once shown, so an update adds nodes and does not rebuild any.
 */

import { makeContactForm } from "./acquaintance.js";
import { element, icon } from "./dom.js";
import { GrowingMarkdown } from "./markdown.js";
import { byline, customerMessage, MessageView } from "./message_view.js";
import { placeOf, questionsNext, stageOf } from "./transcript.js";

const NEAR_END = 48;

function suggestionList(questions, say, { ask }) {
  const button = (text) => element("button", { type: "button", class: "suggestion", dir: "auto", onclick: () => ask(text) }, text);
  return element("ul", { class: "suggestions", role: "list", "aria-label": say("suggestions") }, questions.map((text) => element("li", {}, button(text))));
}

/** The conversation part of the page; `deeds` has ask, again and give, and those of NextView. */
export class ConversationView {
  #say;
  #deeds;
  #name = "";
  #messages = new Map();
  #pending = new Map();
  #growing = new Map();
  #hushed = true;
  #following = true;
  #next;

  constructor(say, deeds) {
    this.#say = say;
    this.#deeds = deeds;
    this.greeting = element("section", { class: "greeting" });
    this.log = element("div", { role: "log", class: "log", "aria-live": "off", "aria-label": say("conversation") });
    this.running = element("div", { class: "running", "aria-live": "off" });
    this.status = element("p", { role: "status", class: "status" });
    this.#next = new NextView(say, deeds);
    this.cards = element("div", { class: "cards" });
    const column = element("div", { class: "column" }, this.greeting, this.log, this.running, this.#next.node, this.status);
    this.scroller = element("main", { class: "scroll", tabindex: 0, "aria-label": say("conversation"), onscroll: () => this.#scrolled() }, column);
    this.latest = element("button", { type: "button", class: "latest", hidden: true, onclick: () => this.toEnd() }, icon("later"), say("latest"));
    // A growing field or a keyboard takes room from the conversation; its end stays in sight.
    new ResizeObserver(() => this.#following && this.toEnd()).observe(this.scroller);
  }

  /** Is the end of the conversation in sight? */
  get following() {
    return this.#following;
  }

  /** Show the assistant's name, greeting and suggestions, after a `form` if there is one to fill in first. */
  introduce({ name, greeting, suggestions = [] }, form = null) {
    this.#name = name;
    this.greeting.replaceChildren(
      element("h2", { dir: "auto" }, greeting || this.#say("assistant.greeting")),
      element("p", { class: "notice" }, this.#say("assistant.notice")));
    if (form) this.greeting.append(element("div", { class: "panel" }, element("h3", {}, this.#say("contact.first")), form));
    if (suggestions.length) this.greeting.append(suggestionList(suggestions, this.#say, this.#deeds));
  }

  /** Bring the page up to `state`; `link` is the connection's condition in words, or "". */
  update(state, { link = "", online = true, replaying = false, email = "" }) {
    const before = this.#size();
    if (replaying) this.#hush(true);
    this.greeting.hidden = state.messages.length + state.outbox.length > 0;
    for (const message of state.messages) this.#showMessage(message, state.feedback[message.id]);
    this.#showPending(state.outbox, online);
    this.#showRunning(state.answers);
    if (!replaying) this.#next.update(state, email);
    this.#showStatus(link, state, online);
    if (this.#following) this.toEnd();
    else if (before !== this.#size()) this.latest.hidden = false;
    // One update later: what was replayed in this one must not be read out.
    if (!replaying) setTimeout(() => this.#hush(false), 0);
  }

  /** Forget everything shown. */
  clear() {
    this.#hush(true);
    for (const kept of [this.#messages, this.#pending, this.#growing]) kept.clear();
    for (const node of [this.log, this.running, this.cards]) node.replaceChildren();
  }

  /** Scroll to the newest words. */
  toEnd() {
    this.#following = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.latest.hidden = true;
  }

  #hush(hushed) {
    if (this.#hushed === hushed) return;
    this.#hushed = hushed;
    this.log.setAttribute("aria-live", hushed ? "off" : "polite");
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight <= NEAR_END;
  }

  #size() {
    return this.log.childElementCount + this.running.childElementCount;
  }

  #scrolled() {
    this.#following = this.#isAtEnd();
    if (this.#following) this.latest.hidden = true;
  }

  #showMessage(message, helpful) {
    if (!this.#messages.has(message.id)) this.#addMessage(message);
    if (helpful !== undefined) this.#messages.get(message.id).showFeedback(helpful);
  }

  #addMessage(message) {
    const echo = this.#pending.get(message.client_id);
    if (echo) {
      // The echo of the customer's words becomes the message: it was announced already.
      this.#pending.delete(message.client_id);
      this.#messages.set(message.id, { node: echo, showFeedback: () => undefined });
      return this.#setNote(echo, null);
    }
    const view = new MessageView(message, this.#say, this.#name, this.#deeds);
    this.#messages.set(message.id, view);
    const firstPending = this.#pending.values().next().value;
    this.log.insertBefore(view.node, firstPending ?? null);
    this.cards.append(...view.cards);
  }

  #showPending(outbox, online) {
    const waiting = new Set(outbox.map(({ client_id }) => client_id));
    for (const [id, node] of this.#pending) if (!waiting.has(id)) this.#withdraw(id, node);
    const note = this.#say(online ? "pending.sending" : "pending.retrying");
    for (const ask of outbox) {
      if (this.#pending.has(ask.client_id)) this.#setNote(this.#pending.get(ask.client_id), note);
      else this.#pending.set(ask.client_id, this.log.appendChild(customerMessage(ask, this.#say, note)));
    }
  }

  #withdraw(id, node) {
    node.remove();
    this.#pending.delete(id);
  }

  #setNote(node, note) {
    const line = node.querySelector(".pending-note");
    node.classList.toggle("pending", Boolean(note));
    line.hidden = !note;
    if (line.textContent !== (note ?? "")) line.textContent = note ?? "";
  }

  #showRunning(answers) {
    const written = answers.filter(({ text }) => text);
    const ids = new Set(written.map(({ answer }) => answer));
    for (const [id, { node }] of this.#growing) {
      if (ids.has(id)) continue;
      node.remove();
      this.#growing.delete(id);
    }
    for (const { answer, text } of written) this.#grow(answer).update(text);
  }

  #grow(answer) {
    if (!this.#growing.has(answer)) {
      const text = element("div", { class: "text prose", dir: "auto" });
      const node = element("article", { class: "message assistant growing", "aria-busy": "true" }, byline(this.#say, this.#name), text);
      this.running.append(node);
      const mark = (number) => element("span", { class: "chip chip-waiting" }, String(number));
      this.#growing.set(answer, { node, markdown: new GrowingMarkdown(text, mark) });
    }
    return this.#growing.get(answer).markdown;
  }

  #showStatus(link, state, online) {
    const doing = stageOf(state);
    const stage = doing === "sending" && !online ? null : doing;
    const typing = state.typing && this.#say("typing", { name: state.typing });
    const words = link || typing || (stage ? this.#say(`stage.${stage}`, { count: placeOf(state) }) : "");
    if (this.status.textContent !== words) this.status.textContent = words;
    this.status.classList.toggle("busy", !link && Boolean(typing || stage));
  }
}

/**
 * The place after the log: what the customer may do after the last words. Offers are not news, so they are
 * not read out; they are rebuilt only when they change, so that nobody loses what they type into them.
 * `deeds` has ask(text), handoff(wanted), decline() and contact({name, email}).
 */
class NextView {
  #say;
  #deeds;
  #shown = "";
  node = element("div", { class: "next" });

  constructor(say, deeds) {
    this.#say = say;
    this.#deeds = deeds;
  }

  /** Offer what fits the transcript's state; `email` is where a reply reaches the customer, or "". */
  update(state, email) {
    const { care, staff } = state;
    const offer = care === "assistant" && state.offer && state.assistant?.handoff && !state.answers.length;
    const questions = questionsNext(state);
    const shown = JSON.stringify([care, offer, questions, care === "waiting" && [staff, email]]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const kept = this.node.contains(document.activeElement);
    this.node.replaceChildren(...[questions.length && suggestionList(questions, this.#say, this.#deeds), offer && this.#offer(), care === "waiting" && this.#waiting(staff, email)].filter(Boolean));
    if (kept) this.#deeds.focus();
  }

  #offer() {
    return element("section", { class: "panel", "aria-label": this.#say("handoff.ask") },
      element("p", {}, this.#say("handoff.offer")),
      element("p", { class: "actions" }, this.#button("handoff.ask", () => this.#deeds.handoff(true), "button-main"), this.#button("handoff.decline", this.#deeds.decline)));
  }

  #waiting(staff, email) {
    const away = !staff?.online;
    const words = this.#say(!away ? "care.waiting" : staff.open ? "care.away" : "care.closed");
    return element("section", { class: "panel", "aria-label": this.#say("staff.label") },
      element("p", {}, words),
      email ? element("p", { class: "notice" }, this.#say("care.mail", { email })) : away && element("p", {}, this.#say("care.ask")),
      !email && away && makeContactForm(this.#say, ["email"], { give: this.#deeds.contact }),
      element("p", { class: "actions" }, this.#button("handoff.back", () => this.#deeds.handoff(false))));
  }

  #button(key, onclick, look = "") {
    return element("button", { type: "button", class: `button ${look}`, onclick }, this.#say(key));
  }
}
