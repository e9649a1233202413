/**
 * Block Markdown: a whole text into paragraphs, headings, lists, tables, code and quotes.
 *
 * Pure and linear in the text. Each top-level block carries its `source`, so that
 * a growing text repaints only the blocks whose source changed. Only the last
 * block can be `open`: more text may still join it.
 */

import { parseInline } from "./markdown_inline.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)\s*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,6}[.)])\s+(.*)$/;
const HALF_ITEM = /^\s*(?:[-*+]|\d{1,6}[.)])?\s*$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const MAX_DEPTH = 6;

const isBlank = (line) => /^\s*$/.test(line);
const startsBlock = (line) => FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || /^ {0,3}>/.test(line);

/** Split one table row at its unescaped pipes. */
function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(cell) {
  if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "end";
  return "start";
}

class BlockReader {
  constructor(lines, open, depth) {
    this.lines = lines;
    this.open = open;
    this.depth = depth;
    this.at = 0;
  }

  get line() {
    return this.lines[this.at];
  }

  read() {
    const blocks = [];
    while (this.at < this.lines.length) {
      if (isBlank(this.line)) {
        this.at += 1;
        continue;
      }
      const from = this.at;
      const block = this.block();
      if (block) blocks.push({ ...block, source: this.lines.slice(from, this.at).join("\n") });
    }
    return blocks;
  }

  block() {
    if (FENCE.test(this.line)) return this.code();
    if (HEADING.test(this.line)) return this.heading();
    if (RULE.test(this.line)) return this.rule();
    if (this.depth < MAX_DEPTH && ITEM.test(this.line)) return this.list();
    if (this.depth < MAX_DEPTH && /^ {0,3}>/.test(this.line)) return this.quote();
    return this.isTable() ? this.table() : this.paragraph();
  }

  /** Is the text still growing at the line just read? */
  get growing() {
    return this.open && this.at >= this.lines.length;
  }

  inline(text) {
    return parseInline(text, this.growing);
  }

  code() {
    const [, fence, language] = FENCE.exec(this.line);
    const body = [];
    this.at += 1;
    while (this.at < this.lines.length && !this.closesFence(fence)) {
      body.push(this.line);
      this.at += 1;
    }
    this.at += 1;
    if (this.at > this.lines.length && this.open && /^\s*[`~]+$/.test(body.at(-1) ?? "")) body.pop();
    return { type: "code_block", language, text: body.join("\n") };
  }

  closesFence(fence) {
    const line = this.line.trim();
    return line.startsWith(fence) && line.split("").every((sign) => sign === fence[0]);
  }

  heading() {
    const [, marks, text] = HEADING.exec(this.line);
    this.at += 1;
    return { type: "heading", level: marks.length, children: this.inline(text) };
  }

  rule() {
    this.at += 1;
    return this.growing ? null : { type: "rule" };
  }

  quote() {
    const inner = [];
    while (this.at < this.lines.length && /^ {0,3}>/.test(this.line)) {
      inner.push(this.line.replace(/^ {0,3}> ?/, ""));
      this.at += 1;
    }
    return { type: "quote", children: new BlockReader(inner, this.growing, this.depth + 1).read() };
  }

  isTable() {
    const next = this.lines[this.at + 1];
    if (!this.line.includes("|")) return false;
    if (next === undefined) return this.open && this.line.trim().startsWith("|");
    if (DIVIDER.test(next) && next.includes("-")) return cells(next).length === cells(this.line).length || this.isEdge(this.at + 1);
    return this.isEdge(this.at + 1) && /^[\s|:-]+$/.test(next);
  }

  isEdge(index) {
    return this.open && index === this.lines.length - 1;
  }

  table() {
    const head = cells(this.line);
    const align = cells(this.lines[this.at + 1] ?? "").map(alignment);
    this.at = Math.min(this.at + 2, this.lines.length);
    const rows = [];
    while (this.at < this.lines.length && this.line.includes("|")) {
      const row = cells(this.line);
      this.at += 1;
      rows.push(head.map((_, column) => this.inline(row[column] ?? "")));
    }
    return { type: "table", align, head: head.map((cell) => this.inline(cell)), rows };
  }

  paragraph() {
    const text = [];
    do {
      text.push(this.line);
      this.at += 1;
    } while (this.at < this.lines.length && !isBlank(this.line) && !startsBlock(this.line));
    const children = this.paragraphText(text);
    return children.length ? { type: "paragraph", children } : null;
  }

  paragraphText(lines) {
    // At the growing edge a lone "-", "1." or "#" is the start of a block whose text has yet to come.
    if (this.growing && (HALF_ITEM.test(lines.at(-1)) || /^\s*(#{1,6}|[`~]{1,3})\s*$/.test(lines.at(-1)))) lines = lines.slice(0, -1);
    return this.inline(lines.map((line) => line.trim()).join("\n"));
  }

  list() {
    const [, indent, marker] = ITEM.exec(this.line);
    const ordered = /\d/.test(marker);
    const items = [];
    while (this.at < this.lines.length && this.continuesList(indent.length, ordered)) items.push(this.item());
    return { type: "list", ordered, start: ordered ? parseInt(marker, 10) : 1, items };
  }

  continuesList(indent, ordered) {
    const match = ITEM.exec(this.line);
    return Boolean(match) && !RULE.test(this.line) && match[1].length <= indent + 1 && /\d/.test(match[2]) === ordered;
  }

  /** One item: its first line, and every deeper or lazily continued line after it. */
  item() {
    const [, indent, marker, first] = ITEM.exec(this.line);
    const inner = [first];
    this.at += 1;
    while (this.at < this.lines.length && this.continuesItem(indent.length)) {
      inner.push(this.line.replace(new RegExp(`^\\s{0,${indent.length + marker.length + 1}}`), ""));
      this.at += 1;
    }
    return new BlockReader(inner, this.growing, this.depth + 1).read();
  }

  continuesItem(indent) {
    const depth = (line) => /^\s*/.exec(line)[0].length;
    if (!isBlank(this.line)) return depth(this.line) > indent + 1 || (!startsBlock(this.line) && !isBlank(this.lines[this.at - 1]));
    const next = this.lines.slice(this.at + 1).find((line) => !isBlank(line));
    const stays = next !== undefined && (depth(next) > indent + 1);
    if (!stays && next !== undefined && ITEM.test(next)) this.skipBlank();
    return stays;
  }

  /** A blank line between two items belongs to neither. */
  skipBlank() {
    while (this.at + 1 < this.lines.length && isBlank(this.line)) this.lines.splice(this.at, 1);
  }
}

/** Read `text` into blocks; `open` says that more of it may follow. */
export function parseMarkdown(text, open = false) {
  return new BlockReader(text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n"), open, 0).read();
}
