/* The inbox's socket: a doorbell that reconnects by itself. It carries no truth; who misses a bell looks again. */

const CEILING = 30_000; // ms between two tries, at most
const SHUT_OUT = 4403;

export class StaffSocket {
  #socket = null;
  #tries = 0;
  #timer = null;
  #hear;
  #tell;

  /** `hear` gets every bell; `tell` gets "open", "lost" or "out". */
  constructor(hear, tell) {
    this.#hear = hear;
    this.#tell = tell;
    addEventListener("online", () => this.connect());
    document.addEventListener("visibilitychange", () => document.hidden || this.connect());
  }

  connect() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(`${scheme}//${location.host}/ws/staff/`);
    this.#socket.addEventListener("open", () => {
      this.#tries = 0;
      this.#tell("open");
    });
    this.#socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.#socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  /** Send a frame if somebody is there to get it; nothing here is worth keeping. */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #closed(code) {
    if (code === SHUT_OUT) {
      this.#tell("out");
      return;
    }
    this.#tries += 1;
    if (this.#tries > 1) this.#tell("lost"); // a blip that heals at once is not worth a word
    const wait = Math.random() * Math.min(CEILING, 500 * 2 ** this.#tries);
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}
