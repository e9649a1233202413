/**
 * Conversation: what the customer does and what the server says, folded into one state.
 *
 * Everything goes through `#apply`, the one place where state changes. It knows storage
 * and socket, and nothing of how it looks.
 */

import { Connection } from "./connection.js";
import { makeId } from "./storage.js";
import { emptyTranscript, reduce } from "./transcript.js";

// A person who falls silent without saying so has stopped writing.
const TYPING_FOR = 10_000;

/**
 * One customer's conversation with an assistant, and the next one once it is left.
 *
 * `hello()` returns the fields of the first frame but the token. `listener` has changed(); left();
 * link(state, code); ready(); welcomed(frame); happened(seq, event, message, live); refused(error, question);
 * forgotten().
 */
export class Conversation {
  #storage;
  #hello;
  #listener;
  #connection = null;
  #silence = null;
  #vouch = null;
  #replayUntil = null;
  state;

  constructor(storage, hello, listener) {
    this.#storage = storage;
    this.#hello = hello;
    this.#listener = listener;
    this.state = emptyTranscript(storage.outbox);
  }

  /** Is what comes still what was before? */
  get replaying() {
    return this.#replayUntil === null || this.#connection.lastSeq < this.#replayUntil;
  }

  get lastSeq() {
    return this.#connection?.lastSeq ?? 0;
  }

  /** Start talking; a connection that is there is tested. */
  connect() {
    this.#connection ??= this.#makeConnection();
    this.#connection.connect();
  }

  /** Ask a question; return it. */
  ask(text) {
    const ask = { client_id: makeId(), text };
    this.#apply({ type: "ask", ...ask });
    this.#connection.ask(ask.client_id, ask.text);
  }

  /** Ask a stored question once more. */
  askAgain(question) {
    const message = this.state.messages.find(({ id }) => id === question);
    if (message) this.ask(message.text);
  }

  /** Say whether a message helped. */
  give(message, helpful, reason) {
    this.#apply({ type: "thumb", message, helpful });
    this.#connection.wish(message, { type: "feedback", message, helpful, reason });
  }

  /** End the answers that are being written. */
  stop() {
    for (const { answer } of this.state.answers) this.#connection.send({ type: "stop", answer });
  }

  /** Ask for a person, or go back to the assistant. */
  handOff(wanted) {
    this.#connection.wish("handoff", { type: "handoff", wanted });
    this.decline();
  }

  /** Take an offered person as not wanted. */
  decline() {
    this.#apply({ type: "decline" });
  }

  /** Say who the customer is. */
  introduce({ name, email }) {
    this.#connection.wish("contact", { type: "contact", name, email });
  }

  /** Pass on that the website vouches for the customer or, with null, that they have left. */
  identify(identity) {
    if (identity === null) return this.#storage.vouched && this.#erase();
    this.#storage.vouched = true;
    this.#vouch = String(identity);
    this.#connection.identify(this.#vouch);
  }

  /** Say that the customer is writing, or has stopped. */
  type(active) {
    this.#connection.send({ type: "typing", active });
  }

  /** Say that the customer has looked at everything there is. */
  see() {
    this.#connection.see(this.lastSeq);
  }

  /** Have the conversation deleted; it goes from here once the server says it is gone. */
  forget() {
    this.#connection.wish("forget", { type: "forget" });
  }

  /** Leave the conversation behind for a new one. */
  renew() {
    this.#storage.renewToken();
    this.startOver();
  }

  /** Begin anew with the secret that is stored now. */
  startOver() {
    this.#connection?.close();
    this.#connection = null;
    this.#replayUntil = null;
    this.#listener.left();
    this.#apply({ type: "renew" });
    this.connect();
  }

  #makeConnection() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const { token } = this.#storage;
    const identity = { url: `${scheme}//${location.host}/ws/chat/`, hello: () => ({ token, ...this.#hello() }) };
    const connection = new Connection(identity, {
      frame: (frame) => this.#hear(frame),
      state: (state, code) => this.#listener.link(state, code),
    });
    for (const { client_id, text } of this.state.outbox) connection.ask(client_id, text);
    return connection;
  }

  #erase() {
    this.#storage.clear();
    this.startOver();
  }

  #hear(frame) {
    switch (frame.type) {
      case "error": return this.#refused(frame);
      case "forgotten": return this.#forgotten();
      case "welcome": this.#welcomed(frame); break;
      case "typing": this.#writes(frame);
    }
    this.#apply(frame);
    if (frame.type === "event") this.#happened(frame);
    if (this.state.stale) {
      this.#connection.resume();
      this.#apply({ type: "resumed" });
    }
  }

  #welcomed(frame) {
    if (this.state.conversation !== null && this.state.conversation !== frame.conversation) this.#listener.left();
    if (this.#replayUntil === null) {
      this.#replayUntil = frame.head_seq;
      this.#listener.ready();
    }
    this.#listener.welcomed(frame);
  }

  #writes({ active }) {
    clearTimeout(this.#silence);
    if (active) this.#silence = setTimeout(() => this.#apply({ type: "typing", active: false }), TYPING_FOR);
  }

  #happened({ seq, event, data }) {
    const message = data.message?.text === undefined ? null : data.message;
    this.#listener.happened(seq, event, message, seq > this.#replayUntil);
  }

  /** Leave another customer's conversation on this device, once for each token. */
  #changeHands() {
    const vouch = this.#vouch;
    this.#erase();
    if (vouch) this.identify(vouch);
    this.#vouch = null;
  }

  #refused(error) {
    if (error.code === "other_customer") return this.#changeHands();
    const kept = error.code === "rate_limited";
    const ask = this.state.outbox.find((one) => one.client_id === error.client_id);
    if (ask && !kept) this.#apply({ type: "retract", client_id: ask.client_id });
    this.#listener.refused(error, ask?.text ?? "");
  }

  #forgotten() {
    this.#erase();
    this.#listener.forgotten();
  }

  #apply(action) {
    const before = this.state.outbox;
    this.state = reduce(this.state, action);
    if (before !== this.state.outbox) this.#storage.outbox = this.state.outbox;
    this.#listener.changed();
  }
}
