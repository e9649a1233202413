/**
 * Chat: the conversation on the page; painting follows its state at most twenty times a second.
 */

import { Acquaintance } from "./acquaintance.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { element } from "./dom.js";
import { saveText, sendFile, transcriptText } from "./files.js";
import { ConversationView } from "./render.js";
import { Bar, makeDialog } from "./shell.js";
import { Link, Reports, Typing, Unread } from "./signals.js";
import { makeId, Storage } from "./storage.js";
import { applyTheme } from "./theme.js";

const PAINT_EVERY = 50;

/** The chat of one page: `page` has what the server wrote there, `host` is the embedding page. */
export class Chat {
  #page;
  #say;
  #locale;
  #host;
  #storage;
  #conversation;
  #acquaintance;
  #link;
  #unread;
  #reports;
  #typing = new Typing((active) => this.#conversation.type(active));
  #painting = null;
  #hidden;
  #limited = false;

  constructor(page, locale, say, host) {
    this.#page = page;
    this.#locale = locale;
    this.#say = say;
    this.#host = host;
    this.#hidden = page.mode === "frame";
    this.#storage = new Storage(page.mode === "preview" ? `${page.assistant}:preview` : page.assistant);
    this.#conversation = this.#makeConversation();
    this.#link = new Link(say, () => this.#schedulePaint());
    this.#unread = new Unread(this.#storage, () => this.#schedulePaint());
    this.#reports = new Reports(host, page, say);
    this.view = this.#makeView();
    this.#acquaintance = new Acquaintance(this.#storage, say, this.view, () => this.#learned());
    this.#acquaintance.introduce({ name: page.name, greeting: page.greeting });
    this.composer = new Composer(say, {
      ask: (text) => this.ask(text),
      stop: () => this.#conversation.stop(),
      draft: (text) => this.#drafted(text),
      attach: (file) => this.#attach(file),
    }, this.#storage.draft);
  }

  /** Put the page together. */
  build(root) {
    const renew = makeDialog(this.#say, "renew", () => this.#conversation.renew());
    const forget = makeDialog(this.#say, "forget", () => this.#conversation.forget());
    const framed = this.#page.mode === "frame";
    this.bar = new Bar(this.#say, this.#page.name, {
      person: () => this.#handOff(this.#conversation.state.care === "assistant"),
      renew: () => renew.showModal(),
      download: () => this.#save(),
      forget: () => forget.showModal(),
      close: framed ? () => this.#host.tell("close") : null,
    });
    const foot = element("footer", { class: "foot" }, this.view.latest, this.composer.node);
    root.replaceChildren(this.bar.node, this.view.scroller, foot, this.view.cards, renew, forget);
    this.composer.fit();
    addEventListener("online", () => this.#conversation.connect());
    document.addEventListener("visibilitychange", () => document.hidden || this.#turned());
    this.#storage.listen((name) => (name === "token" ? this.#conversation.startOver() : this.#unread.refresh()));
    if (framed) addEventListener("keydown", (event) => this.#leaveOnEscape(event));
    else if (this.#page.mode === "page") this.composer.focus();
  }

  /** Start talking. */
  connect() {
    this.#conversation.connect();
  }

  /** Ask a question: it is shown at once, and sent as soon as it can be. */
  ask(text) {
    this.#conversation.ask(text);
    this.#sayWho();
    this.#paint();
    this.view.toEnd();
  }

  /** The website vouches for who this is, or, with null, says that they have left. */
  identify(identity) {
    this.#conversation.identify(identity);
  }

  /** The embedding page shows or hides the widget. */
  setHidden(hidden) {
    this.#hidden = hidden;
    if (hidden) return;
    this.focus();
    this.composer.fit();
    this.view.toEnd();
    this.#schedulePaint();
  }

  /** Put the cursor where the customer writes next. */
  focus() {
    if (this.composer.node.hidden) this.view.greeting.querySelector("input")?.focus();
    else this.composer.focus();
  }

  /** Dress the page, at first and in a preview. */
  dress(theme) {
    this.bar.logo = applyTheme(document.documentElement, theme);
  }

  #makeConversation() {
    const hello = () => ({ assistant: this.#page.assistant, locale: this.#locale, ...this.#host.place });
    return new Conversation(this.#storage, hello, {
      changed: () => this.#schedulePaint(),
      left: () => this.#left(),
      link: (state, code) => this.#link.enter(state, code),
      ready: () => this.#reports.emit("ready"),
      welcomed: ({ assistant, contact }) => this.#acquaintance.introduce(assistant, contact),
      happened: (...what) => this.#happened(...what),
      refused: (error, question) => this.#refused(error, question),
      forgotten: () => this.composer.complain(this.#say("forget.done"), false),
    });
  }

  #makeView() {
    return new ConversationView(this.#say, {
      ask: (text) => this.ask(text),
      again: (question) => this.#conversation.askAgain(question),
      give: (message, helpful, reason) => this.#conversation.give(message, helpful, reason),
      handoff: (wanted) => this.#handOff(wanted),
      decline: () => this.#conversation.decline(),
      contact: (contact) => this.#acquaintance.learn(contact),
      focus: () => this.focus(),
    });
  }

  #happened(seq, event, message, live) {
    if (message?.role === "customer" && this.#limited) {
      this.#limited = false;
      this.composer.complain("");
    }
    if (message && message.role !== "customer") this.#unread.hear(seq);
    if (live) this.#reports.tell(event, message);
  }

  #refused({ code, detail, retry_after: seconds }, question) {
    this.#reports.emit("error", { code });
    this.#schedulePaint();
    if (code === "rate_limited") {
      this.#limited = true;
      return this.composer.complain(this.#say("limited", { count: Math.max(1, Math.ceil(seconds || 5)) }), false);
    }
    if (code === "bad_email") this.#acquaintance.unlearnEmail();
    if (question && !this.composer.text) this.composer.text = question;
    if (code !== "unknown_assistant") this.composer.complain(detail);
  }

  #handOff(wanted) {
    this.#conversation.handOff(wanted);
    if (wanted) this.#sayWho();
    this.focus();
    this.view.toEnd();
  }

  /** Somebody has said who they are: before the first question, or while they wait for a person. */
  #learned() {
    if (this.#conversation.state.messages.length) this.#sayWho();
    this.#paint();
    this.focus();
  }

  #sayWho() {
    const news = this.#acquaintance.newsFor(this.#conversation.state.contact);
    if (news) this.#conversation.introduce(news);
  }

  #drafted(text) {
    this.#storage.draft = text;
    if (this.#conversation.state.care !== "assistant") this.#typing.changed(text);
  }

  async #attach(file) {
    const fields = { assistant: this.#page.assistant, client_id: makeId() };
    this.composer.complain("");
    const complaint = await sendFile(file, { token: this.#storage.token, fields }, this.#say, (share) => this.composer.showUpload(file.name, share));
    this.composer.showUpload(file.name, null);
    if (complaint) this.composer.complain(complaint, false);
  }

  #save() {
    const { name } = this.#page;
    const page = { name, locale: this.#locale, origin: location.origin };
    saveText(transcriptText(this.#conversation.state.messages, this.#say, page), `${name}.txt`);
  }

  #left() {
    this.view.clear();
    this.#unread.clear();
    this.composer.complain("");
    if (!this.#hidden) this.focus();
  }

  #turned() {
    this.#conversation.connect();
    this.#schedulePaint();
  }

  #leaveOnEscape(event) {
    // An open card, menu or dialog takes this Escape for itself.
    if (event.key !== "Escape" || event.isComposing || document.querySelector(":popover-open, dialog[open]")) return;
    this.#host.tell("close");
  }

  #schedulePaint() {
    this.#painting ??= setTimeout(() => this.#paint(), PAINT_EVERY);
  }

  #paint() {
    clearTimeout(this.#painting);
    this.#painting = null;
    const { state, replaying, lastSeq } = this.#conversation;
    const { care, answers, outbox } = state;
    const email = state.contact?.email || this.#acquaintance.email;
    this.view.update(state, { link: this.#link.words, online: this.#link.isOpen && !this.#limited, replaying, email });
    this.bar.update(state);
    this.composer.apart = care !== "assistant";
    this.composer.showStop(answers.length > 0);
    this.composer.node.hidden = this.#acquaintance.comesFirst && state.messages.length + outbox.length === 0;
    if (!this.#hidden && !document.hidden && !replaying) {
      this.#unread.look(lastSeq);
      if (this.view.following) this.#conversation.see();
    }
    this.#reports.count(this.#unread.count, care !== "assistant" || answers.length + outbox.length > 0);
  }
}
