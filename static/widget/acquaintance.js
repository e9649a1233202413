/**
 * Acquaintance: what the customer has said of themselves, in this browser once and for all.
 *
 * Browsers can fill the form in, and what was given is never asked for again.
 */

import { element } from "./dom.js";

const FIELDS = {
  name: { type: "text", autocomplete: "name", maxlength: 120, dir: "auto" },
  email: { type: "email", autocomplete: "email", maxlength: 254, dir: "ltr", inputmode: "email" },
};

/** Make a form for the `asked` fields; `give({name, email})` gets what is written there. */
export function makeContactForm(say, asked, { required = true, known = {}, give }) {
  const alert = element("p", { class: "alert", role: "alert", id: `${asked.join("-")}-alert` });
  const inputs = Object.fromEntries(asked.map((name) => {
    const input = element("input", { ...FIELDS[name], id: `contact-${name}`, required, "aria-describedby": alert.id });
    input.value = known[name] ?? "";
    return [name, input];
  }));
  const submit = (event) => {
    event.preventDefault();
    const bad = Object.values(inputs).find((input) => !input.validity.valid);
    for (const input of Object.values(inputs)) input.toggleAttribute("aria-invalid", input === bad);
    alert.textContent = bad ? say(bad.validity.valueMissing ? "contact.needed" : "contact.bad") : "";
    if (bad) return bad.focus();
    const said = (name) => inputs[name]?.value.trim() ?? "";
    give({ name: said("name"), email: said("email") });
  };
  return element("form", { class: "contact", novalidate: true, onsubmit: submit },
    alert,
    Object.entries(inputs).map(([name, input]) => element("p", {}, element("label", { for: input.id }, say(`contact.${name}`)), input)),
    element("button", { class: "button button-main" }, say("contact.save")));
}

/** Greets, asks what the assistant wants to know first, and remembers it; `learned()` hears of news. */
export class Acquaintance {
  #storage;
  #say;
  #view;
  #learned;
  #assistant = null;
  #shown = "";
  /** Does nothing go on before the customer has said who they are? */
  comesFirst = false;

  constructor(storage, say, view, learned) {
    this.#storage = storage;
    this.#say = say;
    this.#view = view;
    this.#learned = learned;
  }

  get email() {
    return this.#storage.contact.email;
  }

  /** Show the assistant's greeting, with a form for what it asks and neither we nor the server know yet. */
  introduce(assistant, known = {}) {
    this.#assistant = assistant;
    const wanted = assistant.pre_chat ?? {};
    const asked = ["name", "email"].filter((name) => wanted[name] && !known[name] && !this.#storage.contact[name]);
    const print = JSON.stringify([assistant, asked]);
    if (print === this.#shown) return;
    this.#shown = print;
    this.comesFirst = asked.length > 0 && Boolean(wanted.required);
    const give = (contact) => this.learn(contact);
    const shown = this.comesFirst ? { ...assistant, suggestions: [] } : assistant;
    this.#view.introduce(shown, asked.length ? makeContactForm(this.#say, asked, { required: this.comesFirst, give }) : null);
  }

  /** Remember a name, an address or both. */
  learn({ name, email }) {
    const known = this.#storage.contact;
    this.#storage.contact = { name: name || known.name, email: email || known.email };
    this.introduce(this.#assistant);
    this.#learned();
  }

  /** Take back an address the server has refused. */
  unlearnEmail() {
    this.#storage.contact = { ...this.#storage.contact, email: "" };
  }

  /** Return {name, email} if that is news for a server that knows `known`, else null. */
  newsFor(known) {
    const { name, email } = this.#storage.contact;
    const news = (name && name !== known?.name) || (email && email !== known?.email);
    return news ? { name, email } : null;
  }
}
