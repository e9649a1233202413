/**
 * Storage: what this browser remembers of a conversation, and nothing else does.
 *
 * The token is the customer's only key to the conversation: 32 random bytes that
 * never appear in a URL or cookie. Draft and unsent questions belong to one tab;
 * the rest is shared by all tabs, which hear of each other's changes.
 * Where the browser refuses storage, memory serves until the page goes.
 */

/** Return 32 random bytes as 43 base64url characters. */
export function makeToken(crypto = globalThis.crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Return a random UUID (version 4); unlike crypto.randomUUID it also works on plain http. */
export function makeId(crypto = globalThis.crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

function open(name) {
  try {
    const area = globalThis[name];
    area.setItem("supportbot", "");
    area.removeItem("supportbot");
    return area;
  } catch {
    const memory = new Map();
    return {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => memory.set(key, value),
      removeItem: (key) => memory.delete(key),
    };
  }
}

/** Keep the token, the draft and the unsent questions of one assistant's conversation. */
export class Storage {
  #key;
  #lasting = open("localStorage");
  #tab = open("sessionStorage");

  constructor(assistant) {
    this.#key = `supportbot:${assistant}`;
  }

  /** The customer's secret, made on first use. */
  get token() {
    const known = this.#lasting.getItem(this.#key);
    return /^[\w-]{43}$/.test(known ?? "") ? known : this.renewToken();
  }

  /** Forget the old secret and with it the old conversation. */
  renewToken() {
    const token = makeToken();
    this.#lasting.removeItem(`${this.#key}:seen`);
    this.#lasting.setItem(this.#key, token);
    return token;
  }

  /** Forget everything, the customer's name and address too. */
  clear() {
    for (const name of ["contact", "vouched"]) this.#lasting.removeItem(`${this.#key}:${name}`);
    this.draft = "";
    this.outbox = [];
    return this.renewToken();
  }

  /** Call `listener` with "token" or "seen" when another tab has changed it. */
  listen(listener) {
    addEventListener("storage", ({ key, newValue }) => {
      if (newValue === null || !key?.startsWith(this.#key)) return;
      listener(key === this.#key ? "token" : key.slice(this.#key.length + 1));
    });
  }

  /** The number of the last event the customer has looked at, in whichever tab. */
  get seen() {
    return Number(this.#lasting.getItem(`${this.#key}:seen`)) || 0;
  }

  set seen(seq) {
    if (seq > this.seen) this.#lasting.setItem(`${this.#key}:seen`, seq);
  }

  /** Has the website vouched for who this is? Then its word that they left is heard, too. */
  get vouched() {
    return this.#lasting.getItem(`${this.#key}:vouched`) !== null;
  }

  set vouched(is) {
    this.#lasting.setItem(`${this.#key}:vouched`, String(is));
  }

  /** The name and address the customer has given once: {name, email}, never asked for again. */
  get contact() {
    return this.#parse(this.#lasting, "contact") ?? { name: "", email: "" };
  }

  set contact({ name, email }) {
    this.#lasting.setItem(`${this.#key}:contact`, JSON.stringify({ name, email }));
  }

  get draft() {
    return this.#tab.getItem(`${this.#key}:draft`) ?? "";
  }

  set draft(text) {
    this.#tab.setItem(`${this.#key}:draft`, text);
  }

  /** Questions the server has not confirmed yet: [{client_id, text}]. */
  get outbox() {
    const kept = this.#parse(this.#tab, "outbox");
    return Array.isArray(kept) ? kept.filter((ask) => typeof ask?.client_id === "string" && typeof ask.text === "string") : [];
  }

  set outbox(asks) {
    this.#tab.setItem(`${this.#key}:outbox`, JSON.stringify(asks));
  }

  #parse(area, name) {
    try {
      return JSON.parse(area.getItem(`${this.#key}:${name}`));
    } catch {
      return null;
    }
  }
}
