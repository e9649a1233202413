/* Company: who else looks at the open conversation or writes in it, for as long as they say so. */

const VIEWED_FOR = 45_000; // ms; who looks says so every 20 s
const TYPED_FOR = 6_000;
const SAY_AGAIN = 3_000;
const PAUSE = 4_000;

export class Company {
  #texts;
  #me;
  #who;
  #here = new Map(); // "viewing:7" → { name, until }
  #said = 0;
  #pause = null;

  constructor(root, who) {
    this.#texts = root.dataset;
    this.#me = Number(root.dataset.staff);
    this.#who = who; // returns the customer's name
    setInterval(() => this.show(), 1_000);
  }

  /** Another conversation is open: nobody is known to be there yet. */
  forget() {
    this.#here.clear();
    this.show();
  }

  hear({ what, who, active }) {
    const id = who === "customer" ? "customer" : who.id;
    if (id === this.#me) return;
    const key = `${what}:${id}`;
    if (active) {
      const lasts = what === "typing" ? TYPED_FOR : VIEWED_FOR;
      this.#here.set(key, { name: who.name ?? this.#who(), until: Date.now() + lasts });
    } else this.#here.delete(key);
    this.show();
  }

  /** The customer or a colleague has said it: they type no more. */
  spoken() {
    for (const key of this.#here.keys()) if (key.startsWith("typing:")) this.#here.delete(key);
    this.show();
  }

  show() {
    for (const [key, { until }] of this.#here) if (until < Date.now()) this.#here.delete(key);
    const names = (what) => [...this.#here].filter(([key]) => key.startsWith(what) && key !== "typing:customer").map(([, { name }]) => name);
    const typing = names("typing");
    const line = typing.length ? this.#texts.textTyping.replace("NAME", typing.join(", "))
      : names("viewing").length ? this.#texts.textViewing.replace("NAME", names("viewing").join(", ")) : "";
    put(document.getElementById("company"), line);
    const customer = this.#here.get("typing:customer");
    const typed = document.getElementById("customer-typing");
    put(typed, customer ? this.#texts.textCustomer.replace("NAME", customer.name) : "");
    if (typed) typed.hidden = !customer;
    document.getElementById("composer")?.classList.toggle("is-overtaken", typing.length > 0);
  }

  /** Say that the reply is being written, or no more, at most every few seconds. */
  write(send, conversation, text) {
    clearTimeout(this.#pause);
    const stop = () => {
      if (this.#said) send({ type: "typing", conversation, active: false });
      this.#said = 0;
    };
    if (!text.trim()) {
      stop();
      return;
    }
    if (Date.now() - this.#said > SAY_AGAIN) {
      this.#said = Date.now();
      send({ type: "typing", conversation, active: true });
    }
    this.#pause = setTimeout(stop, PAUSE);
  }
}

function put(place, line) {
  if (place && place.textContent !== line) place.textContent = line;
}
