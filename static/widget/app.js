/**
 * App: the chat, wired together.
 *
 * One module serves the full page and the widget's frame. Everything the customer
 * does and everything the server says goes through `#apply`, the one place where
 * state changes; painting follows at most twenty times a second.
 */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { element } from "./dom.js";
import { listenToHost } from "./host.js";
import { chooseLocale, directionOf, loadSpeaker } from "./messages.js";
import { ConversationView } from "./render.js";
import { followKeyboard, makeBar, makeRenewDialog } from "./shell.js";
import { makeId, Storage } from "./storage.js";
import { applyTheme } from "./theme.js";
import { emptyTranscript, reduce } from "./transcript.js";

const PAINT_EVERY = 50;
// A blip that heals sooner is not worth a word.
const WORRY_AFTER = 800;
const UNKNOWN_ASSISTANT = 4404;

class Chat {
  #page;
  #say;
  #locale;
  #storage;
  #connection = null;
  #state;
  #link = { state: "connecting", words: "", worry: null };
  #replayUntil = null;
  #painting = null;
  #host;
  #hidden;
  #unread = 0;

  constructor(page, locale, say, host) {
    this.#page = page;
    this.#locale = locale;
    this.#say = say;
    this.#host = host;
    this.#hidden = page.mode === "frame";
    this.#storage = new Storage(page.assistant);
    this.#state = emptyTranscript(this.#storage.outbox);
    this.view = new ConversationView(say, {
      ask: (text) => this.ask(text),
      again: (question) => this.#askAgain(question),
      give: (message, helpful, reason) => this.#give(message, helpful, reason),
    });
    this.composer = new Composer(say, {
      ask: (text) => this.ask(text),
      stop: () => this.#stop(),
      draft: (text) => (this.#storage.draft = text),
    }, this.#storage.draft);
    this.view.introduce({ name: page.name, greeting: page.greeting });
  }

  /** Put the page together and start talking. */
  start(root) {
    const dialog = makeRenewDialog(this.#say, () => this.#renew());
    const framed = this.#page.mode === "frame";
    const bar = makeBar(this.#say, this.#page.name, {
      renew: () => (this.#state.messages.length ? dialog.showModal() : this.composer.focus()),
      close: framed ? () => this.#host.tell("close") : null,
    });
    const foot = element("footer", { class: "foot" }, this.view.latest, this.composer.node);
    root.replaceChildren(bar, this.view.scroller, foot, this.view.cards, dialog);
    this.composer.fit();
    addEventListener("online", () => this.#connection.connect());
    addEventListener("offline", () => this.#describeLink());
    document.addEventListener("visibilitychange", () => document.hidden || this.#connection.connect());
    if (framed) addEventListener("keydown", (event) => this.#leaveOnEscape(event));
    else this.composer.focus();
    this.#connect();
  }

  /** Ask a question: it is shown at once, and sent as soon as it can be. */
  ask(text) {
    const ask = { client_id: makeId(), text };
    this.#apply({ type: "ask", ...ask });
    this.#connection.ask(ask.client_id, ask.text);
    this.#paint();
    this.view.toEnd();
  }

  /** The embedding page shows or hides the widget. */
  setHidden(hidden) {
    this.#hidden = hidden;
    if (hidden) return;
    this.#unread = 0;
    this.#host.tell("unread", { count: 0 });
    this.composer.focus();
    this.composer.fit();
    this.view.toEnd();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const { assistant } = this.#page;
    const identity = { url: `${scheme}//${location.host}/ws/chat/`, assistant, token: this.#storage.token, locale: this.#locale };
    this.#connection = new Connection(identity, {
      frame: (frame) => this.#hear(frame),
      state: (state, code) => this.#linkChanged(state, code),
    });
    for (const { client_id, text } of this.#state.outbox) this.#connection.ask(client_id, text);
    this.#connection.connect();
  }

  #hear(frame) {
    if (frame.type === "error") return this.#refused(frame);
    if (frame.type === "welcome") this.#welcomed(frame);
    this.#apply(frame);
    if (frame.type === "event") this.#noticed(frame);
    if (this.#state.stale) {
      this.#connection.resume();
      this.#apply({ type: "resumed" });
    }
  }

  #welcomed(frame) {
    if (this.#state.conversation !== null && this.#state.conversation !== frame.conversation) this.view.clear();
    if (this.#replayUntil === null) this.#replayUntil = frame.head_seq;
    this.view.introduce(frame.assistant);
  }

  #noticed({ seq, event }) {
    const spoken = event === "answer.finished" || event === "message.created";
    if (!spoken || !this.#hidden || seq <= this.#replayUntil) return;
    this.#unread += 1;
    this.#host.tell("unread", { count: this.#unread });
  }

  #refused({ code, detail, client_id: clientId }) {
    const ask = this.#state.outbox.find((one) => one.client_id === clientId);
    if (ask) {
      this.#apply({ type: "retract", client_id: clientId });
      if (!this.composer.text) this.composer.text = ask.text;
    }
    if (code !== "unknown_assistant") this.composer.complain(detail);
  }

  #askAgain(question) {
    const message = this.#state.messages.find(({ id }) => id === question);
    if (message) this.ask(message.text);
  }

  #give(message, helpful, reason) {
    this.#apply({ type: "thumb", message, helpful });
    this.#connection.giveFeedback(message, helpful, reason);
  }

  #stop() {
    for (const { answer } of this.#state.answers) this.#connection.stop(answer);
  }

  #renew() {
    this.#connection.close();
    this.#storage.renewToken();
    this.#replayUntil = null;
    this.view.clear();
    this.#apply({ type: "renew" });
    this.#connect();
    this.composer.focus();
  }

  #leaveOnEscape(event) {
    // An open card or dialog takes this Escape for itself.
    if (event.key !== "Escape" || event.isComposing || document.querySelector(":popover-open, dialog[open]")) return;
    this.#host.tell("close");
  }

  #linkChanged(state, code) {
    clearTimeout(this.#link.worry);
    const worry = setTimeout(() => this.#describeLink(), state === "refused" ? 0 : WORRY_AFTER);
    const words = state === "open" ? "" : this.#link.words;
    this.#link = { state, code, words, worry };
    this.#schedulePaint();
  }

  #describeLink() {
    const { state, code } = this.#link;
    this.#link.words = this.#linkWords(state, code);
    this.#schedulePaint();
  }

  #linkWords(state, code) {
    if (state === "open") return "";
    if (state === "refused") return this.#say(code === UNKNOWN_ASSISTANT ? "state.unknown" : "state.outdated");
    if (!navigator.onLine) return this.#say("state.offline");
    return this.#say(this.#replayUntil === null && state === "connecting" ? "state.connecting" : "state.waiting");
  }

  #apply(action) {
    const before = this.#state.outbox;
    this.#state = reduce(this.#state, action);
    if (before !== this.#state.outbox) this.#storage.outbox = this.#state.outbox;
    this.#schedulePaint();
  }

  #schedulePaint() {
    this.#painting ??= setTimeout(() => this.#paint(), PAINT_EVERY);
  }

  #paint() {
    clearTimeout(this.#painting);
    this.#painting = null;
    const replaying = this.#replayUntil === null || this.#connection.lastSeq < this.#replayUntil;
    this.view.update(this.#state, { link: this.#link.words, online: this.#link.state === "open", replaying });
    this.composer.showStop(this.#state.answers.length > 0);
  }
}

/** Read the page's settings and start the chat in it. */
async function start() {
  const root = document.documentElement;
  const page = document.body.dataset;
  const waiting = [];
  let chat = null;
  const when = (deed) => (details) => (chat ? deed(chat, details) : waiting.push(() => deed(chat, details)));
  const host = listenToHost({
    open: when((one) => one.setHidden(false)),
    close: when((one) => one.setHidden(true)),
    focus: when((one) => one.composer.focus()),
    ask: when((one, { text }) => typeof text === "string" && text.trim() && one.ask(text.trim().slice(0, 4000))),
  });
  applyTheme(root, { color: page.color, theme: page.theme });
  followKeyboard(root);
  const locale = chooseLocale([page.locale, ...navigator.languages, page.language]);
  root.lang = locale;
  root.dir = directionOf(locale);
  chat = new Chat(page, locale, await loadSpeaker(locale), host);
  chat.start(document.getElementById("chat"));
  for (const deed of waiting) deed();
}

start();
