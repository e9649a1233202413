/**
 * Citation view: from a number in an answer to the quoted words and their place.
 *
 * A chip in the text and a line in the source list belong to the same citation; the
 * chip opens a card with the quote, both lead to the document at the passage.
 * The browser's popovers do toggling, Escape, outside clicks and focus.
 */

import { element, icon, iconButton } from "./dom.js";
import { safeAddress } from "./markdown_inline.js";

const GAP = 8;

/** Say where in its document a citation stands: "A › B · Page 7". */
export function placeOf(citation, say) {
  const heading = (citation.heading ?? "").split(" > ").filter(Boolean).join(" › ");
  const page = citation.page ? say("citation.page", { page: citation.page }) : "";
  return [heading, page].filter(Boolean).join(" · ");
}

/** Put an open card next to its chip, inside the window. */
function place(card, chip) {
  const at = chip.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const start = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
  const below = at.bottom + GAP;
  const top = below + height <= innerHeight - GAP ? below : Math.max(GAP, at.top - height - GAP);
  card.style.setProperty("inset", "auto");
  card.style.setProperty("inset-block-start", `${top}px`);
  card.style.setProperty(getComputedStyle(card).direction === "rtl" ? "inset-inline-end" : "inset-inline-start", `${start}px`);
}

function makeCard(id, citation, say) {
  const label = say("citation.label", { number: String(citation.number), title: citation.title });
  const close = iconButton("close", say("citation.close"), { popovertarget: id, popovertargetaction: "hide" });
  const url = safeAddress(citation.url ?? "");
  return element("div", { id, class: "card", popover: "auto", role: "dialog", "aria-label": label },
    element("div", { class: "card-head" }, element("p", { class: "card-title", dir: "auto" }, citation.title), close),
    element("p", { class: "card-place", dir: "auto" }, placeOf(citation, say)),
    element("blockquote", { dir: "auto", tabindex: 0 }, citation.quote),
    url && element("a", { class: "card-open", href: url, target: "_blank", rel: "noopener" }, say("citation.open"), icon("open")));
}

/** The chips, cards and source list of one message's citations. */
export class CitationView {
  #message;
  #say;
  #cards = new Map();
  #opener = null;

  constructor(message, say) {
    this.#message = message;
    this.#say = say;
    for (const citation of message.citations ?? []) this.#cards.set(citation.number, this.#card(citation));
  }

  /** The cards, for a place outside the log so that opening one is not announced as news. */
  get cards() {
    return [...this.#cards.values()];
  }

  #card(citation) {
    const card = makeCard(`citation-${this.#message.id}-${citation.number}`, citation, this.#say);
    card.addEventListener("toggle", ({ newState }) => {
      if (newState === "open" && this.#opener) place(card, this.#opener);
      this.#opener?.setAttribute("aria-expanded", String(newState === "open"));
    });
    return card;
  }

  /** Make the chip of citation `number`, or null where there is none. */
  chip(number) {
    const citation = this.#message.citations?.find((one) => one.number === number);
    if (!citation) return null;
    const label = this.#say("citation.label", { number: String(number), title: citation.title });
    const chip = element("button", {
      type: "button", class: "chip", popovertarget: this.#cards.get(number).id, "aria-label": label, "aria-expanded": "false",
      onclick: () => (this.#opener = chip),
    }, String(number));
    return chip;
  }

  /** Make the list of sources under the answer, or null where nothing is cited. */
  sources() {
    const citations = this.#message.citations ?? [];
    if (!citations.length) return null;
    const heading = this.#say("sources", { count: citations.length });
    return element("div", { class: "sources" },
      element("p", { class: "sources-head" }, heading),
      element("ol", { role: "list", "aria-label": heading }, citations.map((citation) => element("li", {}, this.#source(citation)))));
  }

  #source(citation) {
    const words = [
      element("span", { class: "source-number", "aria-hidden": "true" }, String(citation.number)),
      element("span", { class: "source-words", dir: "auto" },
        element("span", { class: "source-title" }, citation.title), " ",
        element("span", { class: "source-place" }, placeOf(citation, this.#say))),
    ];
    const url = safeAddress(citation.url ?? "");
    return url ? element("a", { class: "source", href: url, target: "_blank", rel: "noopener" }, words) : element("span", { class: "source" }, words);
  }
}
