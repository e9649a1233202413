/**
 * Connection: one conversation over a socket that may break at any moment.
 *
 * It says hello, asks again for what it missed, drops what it has already seen, and
 * repeats every question and wish until the server has stored it. Callers see each
 * event once and in order. The socket, the clock and the dice are ports, so that
 * tests can play any network.
 */

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
const ASK_AGAIN_AFTER = 8_000;
const WELCOME_WITHIN = 10_000;
const LONGEST_PAUSE = 600;
const VERSION = 2;

// Closed for good: saying the same again would be refused the same way.
const FOR_GOOD = [4400, 4403, 4404];

const browser = {
  open: (url) => new WebSocket(url),
  setTimeout: (call, milliseconds) => setTimeout(call, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

/**
 * Return the delay before attempt `failures`, in milliseconds: full jitter under a doubling ceiling, a low
 * one for the first tries: a restart takes seconds, and somebody may be waiting.
 */
export function backOff(failures, random) {
  return random() * Math.min(failures < 8 ? 8e3 : 3e4, 500 * 2 ** failures);
}

/**
 * Keep the conversation of one token alive.
 *
 * `identity` is {url, hello()}, where hello() returns the fields of the first frame;
 * `listener` has `frame(frame)` for what the server says, and
 * `state("connecting" | "open" | "waiting" | "refused")`.
 */
export class Connection {
  #identity;
  #listener;
  #ports;
  #socket = null;
  #timers = new Map();
  #state = "waiting";
  #lastSeq = 0;
  #conversation = null;
  #resuming = false;
  #failures = 0;
  #asks = new Map();
  #wishes = new Map();
  #seen = 0;
  #pause = 0;

  constructor(identity, listener, ports = browser) {
    this.#identity = identity;
    this.#listener = listener;
    this.#ports = ports;
  }

  get lastSeq() {
    return this.#lastSeq;
  }

  /** Open the socket now, whatever the back-off says; a living one is only tested. */
  connect() {
    if (this.#state === "refused") return;
    if (this.#socket) return this.#ping();
    this.#cancel("reconnect");
    this.#enter("connecting");
    const socket = this.#ports.open(this.#identity.url);
    this.#socket = socket;
    socket.onopen = () => this.#hello();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lost(code);
    this.#after("alive", WELCOME_WITHIN, () => this.#drop());
  }

  /** Leave for good, without a word to the listener. */
  close() {
    this.#state = "refused";
    this.#forgetSocket()?.close();
    this.#asks.clear();
    this.#wishes.clear();
  }

  /** Ask a question; it is repeated with the same id until the server has stored it. */
  ask(clientId, text) {
    this.#asks.set(clientId, text);
    this.#sendAsk(clientId);
  }

  /** Send a frame that nobody repeats; say whether it left. */
  send(frame) {
    if (this.#state !== "open") return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Send a frame, after each break again, until what it asks for is known to be so. */
  wish(name, frame) {
    this.#wishes.set(name, frame);
    this.send(frame);
  }

  /** Send a website's word for who the customer is, once: the server refuses to hear it twice. */
  identify(identity) {
    const frame = { type: "identify", identity };
    if (!this.send(frame)) this.#wishes.set("identify", frame);
  }

  /** Say how far the customer has looked, each number once. */
  see(seq) {
    if (seq > this.#seen && this.send({ type: "seen", seq })) this.#seen = seq;
  }

  /** Ask for everything after the last event seen, and for the running answers' whole text. */
  resume() {
    if (this.#resuming) return;
    this.#resuming = this.send({ type: "resume", last_seq: this.#lastSeq });
    // Should the reply be lost too, the next gap may ask again.
    this.#after("resume", 3_000, () => (this.#resuming = false));
  }

  #hello() {
    this.#socket.send(JSON.stringify({ type: "hello", v: VERSION, last_seq: this.#lastSeq, ...this.#identity.hello() }));
  }

  #receive(frame) {
    switch (frame.type) {
      case "welcome": return this.#welcome(frame);
      case "event": return this.#event(frame);
      case "pong": return this.#pong(frame);
      case "error": return this.#error(frame);
      case "snapshot": this.#resuming = false;
    }
    this.#listener.frame(frame);
  }

  #welcome(frame) {
    this.#failures = this.#pause = 0;
    this.#resuming = false;
    this.#cancel("alive");
    const moved = this.#conversation !== null && this.#conversation !== frame.conversation;
    const ahead = frame.head_seq < this.#lastSeq;
    if (moved || ahead) this.#lastSeq = 0;
    this.#conversation = frame.conversation;
    this.#listener.frame(frame);
    this.#enter("open");
    if ((moved || ahead) && frame.head_seq > 0) this.resume();
    this.#confirmContact(frame.contact ?? {});
    this.#repeat();
    this.#grant("identify");
    this.#after("ping", PING_EVERY, () => this.#ping());
  }

  #event(frame) {
    if (frame.seq <= this.#lastSeq) return;
    if (frame.seq > this.#lastSeq + 1) return this.resume();
    this.#lastSeq = frame.seq;
    this.#resuming = false;
    this.#confirm(frame.event, frame.data);
    this.#listener.frame(frame);
  }

  #confirm(event, data) {
    switch (event) {
      case "message.created": return this.#confirmAsk(data.message.client_id);
      case "feedback.given": return this.#confirmFeedback(data);
      case "contact.given": return this.#grant("contact");
      case "handoff.requested":
      case "handoff.joined": return this.#wishes.get("handoff")?.wanted && this.#grant("handoff");
      case "handoff.finished": return this.#wishes.get("handoff")?.wanted === false && this.#grant("handoff");
    }
  }

  #confirmAsk(clientId) {
    this.#asks.delete(clientId);
    this.#cancel(`ask ${clientId}`);
  }

  #confirmFeedback({ message, helpful }) {
    if (this.#wishes.get(message)?.helpful === helpful) this.#grant(message);
  }

  #confirmContact(known) {
    const { name, email } = this.#wishes.get("contact") ?? {};
    if ((!name || name === known.name) && (!email || email === known.email)) this.#grant("contact");
  }

  #grant(name) {
    this.#wishes.delete(name);
  }

  #repeat() {
    for (const clientId of this.#asks.keys()) this.#sendAsk(clientId);
    for (const frame of this.#wishes.values()) this.send(frame);
  }

  #error(frame) {
    if (frame.code === "rate_limited") this.#waitFor(frame);
    // A refused question is the customer's to change; sending it again would be refused again.
    else if (frame.client_id) this.#confirmAsk(frame.client_id);
    if (frame.code === "unknown_message") for (const [name, { type }] of this.#wishes) if (type === "feedback") this.#grant(name);
    if (frame.code === "no_handoff") this.#grant("handoff");
    if (frame.code === "bad_email") this.#grant("contact");
    this.#listener.frame(frame);
  }

  /** Keep everything, and say it again once the server will hear it. */
  #waitFor({ retry_after: seconds = 5, client_id: clientId }) {
    this.#pause = 1_000 * Math.min(LONGEST_PAUSE, Math.max(1, Number(seconds) || 5));
    this.#after("pause", this.#pause, () => (this.#pause = 0));
    if (clientId) this.#after(`ask ${clientId}`, this.#pause, () => this.#sendAsk(clientId));
    else this.#after("repeat", this.#pause, () => this.#repeat());
  }

  #ping() {
    if (this.#state !== "open") return;
    this.send({ type: "ping" });
    this.#after("alive", PONG_WITHIN, () => this.#drop());
    this.#after("ping", PING_EVERY, () => this.#ping());
  }

  #pong(frame) {
    this.#cancel("alive");
    if (frame.head_seq > this.#lastSeq) this.resume();
  }

  #sendAsk(clientId) {
    if (!this.#asks.has(clientId)) return;
    if (this.send({ type: "ask", client_id: clientId, text: this.#asks.get(clientId) })) {
      this.#after(`ask ${clientId}`, ASK_AGAIN_AFTER, () => this.#sendAsk(clientId));
    }
  }

  /** Give up a silent socket: its close event may take minutes, so it is not waited for. */
  #drop() {
    this.#socket?.close();
    this.#lost(0);
  }

  #forgetSocket() {
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    const socket = this.#socket;
    this.#socket = null;
    this.#resuming = false;
    return socket;
  }

  #lost(code) {
    this.#forgetSocket();
    if (FOR_GOOD.includes(code)) return this.#enter("refused", code);
    this.#enter("waiting");
    this.#after("reconnect", this.#pause + backOff(this.#failures, this.#ports.random), () => this.connect());
    this.#failures += 1;
    this.#pause = 0;
  }

  #enter(state, code = null) {
    this.#state = state;
    this.#listener.state(state, code);
  }

  #after(name, milliseconds, call) {
    this.#cancel(name);
    const fire = () => {
      this.#timers.delete(name);
      call();
    };
    this.#timers.set(name, this.#ports.setTimeout(fire, milliseconds));
  }

  #cancel(name) {
    this.#ports.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
