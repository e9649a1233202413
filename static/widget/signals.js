/**
 * Signals: what others learn of the conversation besides its words.
 *
 * Staff learn that the customer writes, all tabs what has been looked at, and the embedding
 * page that something happened: never what was said. The customer learns how the
 * connection is; a blip that heals at once is not worth a word.
 */

const WORRY_AFTER = 800;
const UNKNOWN_ASSISTANT = 4404;
const SAY_EVERY = 3_000;
const STOPPED_AFTER = 4_000;

/** `tell(active)` says so to the server. */
export class Typing {
  #tell;
  #saidAt = -Infinity;
  #timer = null;

  constructor(tell) {
    this.#tell = tell;
  }

  /** The field holds `text` now. */
  changed(text) {
    clearTimeout(this.#timer);
    if (!text.trim()) return this.#stop();
    this.#timer = setTimeout(() => this.#stop(), STOPPED_AFTER);
    if (performance.now() - this.#saidAt < SAY_EVERY) return;
    this.#saidAt = performance.now();
    this.#tell(true);
  }

  #stop() {
    if (this.#saidAt === -Infinity) return;
    this.#saidAt = -Infinity;
    this.#tell(false);
  }
}

/** Count messages by the numbers of their events; `changed()` hears of every change. */
export class Unread {
  #storage;
  #changed;
  #spoken = [];
  #told = 0;

  constructor(storage, changed) {
    this.#storage = storage;
    this.#changed = changed;
  }

  get count() {
    return this.#told;
  }

  /** A message of the assistant or staff came as event `seq`. */
  hear(seq) {
    this.#spoken.push(seq);
    this.refresh();
  }

  /** The customer has looked at everything up to `seq`. */
  look(seq) {
    this.#storage.seen = seq;
    this.refresh();
  }

  /** Forget a conversation that is left behind. */
  clear() {
    this.#spoken = [];
    this.refresh();
  }

  /** Count again: another tab may have looked. */
  refresh() {
    const { seen } = this.#storage;
    this.#spoken = this.#spoken.filter((seq) => seq > seen);
    if (this.#spoken.length === this.#told) return;
    this.#told = this.#spoken.length;
    this.#changed();
  }
}

/** Tells `host` of events and counts; a page of its own shows the count in its title. */
export class Reports {
  #host;
  #page;
  #say;
  #told = null;

  constructor(host, page, say) {
    this.#host = host;
    this.#page = page;
    this.#say = say;
  }

  /** Tell of an event of our JavaScript interface. */
  emit(event, detail = {}) {
    this.#host.tell("event", { event, detail });
  }

  /** Tell of an event of the conversation: who spoke and how much, or how a hand-off stands. */
  tell(event, spoken) {
    if (spoken) this.emit("message", { role: spoken.role, length: spoken.text.length });
    if (event.startsWith("handoff.")) this.emit("handoff", { state: event.slice(8) });
  }

  /** Tell how many messages are unread, in words too, and whether more is to be expected soon. */
  count(count, live) {
    const text = count ? `${count} ${this.#say("unread", { count })}` : live ? "0" : "";
    if (text === this.#told) return;
    this.#told = text;
    this.#host.tell("unread", { text });
    const { mode, name } = this.#page;
    if (mode === "page") document.title = count ? `(${count}) ${name}` : name;
  }
}

/** What is to be said about the connection; `changed()` is called when it may be something else. */
export class Link {
  #say;
  #changed;
  #state = "connecting";
  #code = null;
  #worry = null;
  #wasOpen = false;
  words = "";

  constructor(say, changed) {
    this.#say = say;
    this.#changed = changed;
    addEventListener("offline", () => this.#describe());
  }

  get isOpen() {
    return this.#state === "open";
  }

  /** Take a state of the connection in. */
  enter(state, code) {
    clearTimeout(this.#worry);
    this.#state = state;
    this.#code = code;
    if (this.isOpen) {
      this.#wasOpen = true;
      this.words = "";
    }
    this.#worry = setTimeout(() => this.#describe(), state === "refused" ? 0 : WORRY_AFTER);
    this.#changed();
  }

  #describe() {
    this.words = this.#describeState();
    this.#changed();
  }

  #describeState() {
    if (this.isOpen) return "";
    if (this.#state === "refused") return this.#say(this.#code === UNKNOWN_ASSISTANT ? "state.unknown" : "state.outdated");
    if (!navigator.onLine) return this.#say("state.offline");
    return this.#say(this.#wasOpen || this.#state === "waiting" ? "state.waiting" : "state.connecting");
  }
}
