/**
 * Inline Markdown: one stretch of text into a tree of marks.
 *
 * Nodes are plain objects {type, …}: text, strong, em, code, link, cite, break.
 * Images stay text, HTML stays text, and a link keeps its address only if it
 * leads over http, https, mailto or to a path on our own host.
 * With `open` the text is still being written: marks that lack their end are
 * closed at its edge, so that a half-sent "**" never shows.
 */

const MAX_DEPTH = 6;
const ESCAPED = /[!-/:-@[-`{-~]/;
const BARE_LINK = /^https?:\/\/[^\s<>"'`]+/;
const LINK_END = /[.,;:!?)\]*_]+$/;

/** Return `address` if it may be followed, else null. */
export function safeAddress(address) {
  // Control characters and spaces are what browsers strip to turn "java\nscript:" into a scheme.
  if (/[\u0000-\u0020\u007f\\]/.test(address)) return null;
  if (/^(https?:\/\/|mailto:)[^/]/i.test(address)) return address;
  return /^\/(?!\/)/.test(address) ? address : null;
}

class InlineReader {
  constructor(text, open) {
    this.text = text;
    this.open = open;
    // A closer that was not found once will not be found further on: this keeps "****…" linear.
    this.missing = new Set();
  }

  read(start, end, depth) {
    const nodes = [];
    let plain = "";
    let at = start;
    const flush = () => {
      if (plain) nodes.push({ type: "text", text: plain });
      plain = "";
    };
    while (at < end) {
      const found = depth < MAX_DEPTH ? this.mark(at, end, depth) : null;
      if (found) {
        if (found.text !== undefined) plain += found.text;
        else flush();
        if (found.node) nodes.push(found.node);
        at = found.next;
      } else {
        plain += this.text[at];
        at += 1;
      }
    }
    flush();
    return nodes;
  }

  /** Return {node?, text?, next} for the mark that starts at `at`, or null for plain text. */
  mark(at, end, depth) {
    switch (this.text[at]) {
      case "\\": return this.escape(at, end);
      case "`": return this.code(at, end);
      case "*": return this.emphasis(at, end, depth, "*");
      case "_": return this.emphasis(at, end, depth, "_");
      case "[": return this.cite(at, end) ?? this.link(at, end, depth);
      case "h": return this.bareLink(at, end);
      case "\n": return { node: { type: "break" }, next: at + 1 };
      default: return null;
    }
  }

  escape(at, end) {
    const next = this.text[at + 1];
    return at + 1 < end && ESCAPED.test(next) ? { text: next, next: at + 2 } : null;
  }

  code(at, end) {
    const fence = /^`+/.exec(this.text.slice(at, end))[0];
    const close = this.find(fence, at + fence.length, end);
    if (close < 0 && !this.open) return { text: fence, next: at + fence.length };
    const stop = close < 0 ? end : close;
    const inside = this.text.slice(at + fence.length, stop).replaceAll("\n", " ");
    const node = inside.trim() ? { type: "code", text: inside.trim() } : undefined;
    return { node, next: close < 0 ? end : close + fence.length };
  }

  emphasis(at, end, depth, sign) {
    const double = this.text[at + 1] === sign;
    const fence = double ? sign + sign : sign;
    const inner = at + fence.length;
    if (this.open && inner >= end) return { node: undefined, next: end };
    if (!this.opens(at, inner, sign)) return { text: fence, next: inner };
    const close = this.closer(fence, inner, end);
    if (close < 0 && !this.open) return { text: fence, next: inner };
    const stop = close < 0 ? this.openEnd(end, sign) : close;
    const children = this.read(inner, stop, depth + 1);
    const node = children.length ? { type: double ? "strong" : "em", children } : undefined;
    return { node, next: close < 0 ? end : close + fence.length };
  }

  /** Without its closer a mark ends where the text does, before a closer's first half. */
  openEnd(end, sign) {
    let stop = end;
    while (this.text[stop - 1] === sign) stop -= 1;
    return stop;
  }

  opens(at, inner, sign) {
    const next = this.text[inner];
    if (next === undefined || /\s/.test(next)) return false;
    return sign === "*" || !/[\p{L}\p{N}]/u.test(this.text[at - 1] ?? "");
  }

  closer(fence, from, end) {
    let close = this.find(fence, from, end);
    while (close >= 0 && !this.closes(fence, close)) close = this.find(fence, close + 1, end);
    return close;
  }

  closes(fence, at) {
    const [before, after] = [this.text[at - 1], this.text[at + fence.length] ?? ""];
    if (/\s/.test(before) || before === "\\") return false;
    if (fence.length === 1 && (after === fence || before === fence)) return false;
    return fence[0] === "*" || !/[\p{L}\p{N}]/u.test(after);
  }

  find(needle, from, end) {
    if (this.missing.has(needle)) return -1;
    const at = this.text.indexOf(needle, from);
    if (at < 0) this.missing.add(needle);
    return at >= 0 && at + needle.length <= end ? at : -1;
  }

  cite(at, end) {
    const match = /^\[(\d{1,2})\](?!\()/.exec(this.text.slice(at, Math.min(end, at + 6)));
    return match && { node: { type: "cite", number: Number(match[1]) }, next: at + match[0].length };
  }

  link(at, end, depth) {
    const close = this.find("]", at + 1, end);
    if (close < 0) return this.open ? { node: undefined, next: end } : null;
    const rest = this.text.slice(close + 1, end);
    const target = /^\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/.exec(rest);
    if (!target) return this.open && /^(?:\(|$)/.test(rest) ? this.halfLink(at, close, end, depth) : null;
    const href = this.text[at - 1] === "!" ? null : safeAddress(target[1]);
    if (!href) return null;
    const children = this.read(at + 1, close, MAX_DEPTH - 1);
    return { node: { type: "link", href, children }, next: close + 1 + target[0].length };
  }

  halfLink(at, close, end, depth) {
    return { node: { type: "span", children: this.read(at + 1, close, depth + 1) }, next: end };
  }

  bareLink(at, end) {
    if (/[\p{L}\p{N}]/u.test(this.text[at - 1] ?? "")) return null;
    const match = BARE_LINK.exec(this.text.slice(at, end));
    if (!match) return null;
    const href = match[0].replace(LINK_END, "");
    return safeAddress(href) && { node: { type: "link", href, children: [{ type: "text", text: href }] }, next: at + href.length };
  }
}

/** Read `text` into inline nodes; `open` says that more of it may follow. */
export function parseInline(text, open = false) {
  return new InlineReader(text, open).read(0, text.length, 0);
}
