/**
 * Markdown: an answer's text into nodes, all at once or while it is being written.
 *
 * The finished nodes are the same either way. Nothing is ever parsed as HTML;
 * what a `cite` mark becomes is the caller's choice.
 */

import { element } from "./dom.js";
import { parseMarkdown } from "./markdown_blocks.js";

const external = { rel: "noopener noreferrer nofollow", target: "_blank" };

function inlineNode(node, cite) {
  const children = () => node.children.map((child) => inlineNode(child, cite));
  switch (node.type) {
    case "text": return document.createTextNode(node.text);
    case "break": return element("br");
    case "code": return element("code", {}, node.text);
    case "link": return element("a", { href: node.href, ...external }, children());
    case "cite": return cite(node.number) ?? document.createTextNode(`[${node.number}]`);
    default: return element(node.type, {}, children()); // strong, em, span
  }
}

function tableNode(block, cite) {
  const row = (tag, cells) => element("tr", {}, cells.map((cell, column) =>
    element(tag, { class: `align-${block.align[column] ?? "start"}`, scope: tag === "th" && "col" }, cell.map((node) => inlineNode(node, cite)))));
  const table = element("table", {}, element("thead", {}, row("th", block.head)), element("tbody", {}, block.rows.map((cells) => row("td", cells))));
  return element("div", { class: "table", tabindex: 0, role: "group" }, table);
}

function listNode(block, cite) {
  const attributes = block.ordered && block.start !== 1 ? { start: block.start } : {};
  return element(block.ordered ? "ol" : "ul", attributes, block.items.map((blocks) => element("li", {}, itemNodes(blocks, cite))));
}

/** A list item that is one paragraph (and perhaps a nested list) reads better without a <p> around it. */
function itemNodes(blocks, cite) {
  return blocks.flatMap((block, index) =>
    block.type === "paragraph" && index === 0 ? block.children.map((node) => inlineNode(node, cite)) : [blockNode(block, cite)]);
}

function blockNode(block, cite) {
  const inline = () => block.children.map((node) => inlineNode(node, cite));
  switch (block.type) {
    // The page's own headings end at level 2, so an answer's begin at 3.
    case "heading": return element(`h${Math.min(block.level + 2, 6)}`, {}, inline());
    case "list": return listNode(block, cite);
    case "table": return tableNode(block, cite);
    case "code_block": return element("pre", { tabindex: 0 }, element("code", {}, block.text));
    case "quote": return element("blockquote", {}, block.children.map((child) => blockNode(child, cite)));
    case "rule": return element("hr");
    default: return element("p", {}, inline());
  }
}

/** Return the nodes of a finished text; `cite(number)` makes the node of a mark, or null to show it as written. */
export function renderMarkdown(text, cite = () => null) {
  return parseMarkdown(text).map((block) => blockNode(block, cite));
}

/** Paint a growing text into `root`, touching only the blocks that changed. */
export class GrowingMarkdown {
  #root;
  #cite;
  #painted = [];

  constructor(root, cite = () => null) {
    this.#root = root;
    this.#cite = cite;
  }

  /** Show `text`, the whole of it so far. */
  update(text) {
    const blocks = parseMarkdown(text, true).map((block) => ({ block, print: JSON.stringify(block) }));
    const same = blocks.findIndex(({ print }, index) => print !== this.#painted[index]?.print);
    const keep = same < 0 ? blocks.length : same;
    for (const { node } of this.#painted.slice(keep)) node.remove();
    const fresh = blocks.slice(keep).map(({ block, print }) => ({ print, node: blockNode(block, this.#cite) }));
    this.#root.append(...fresh.map(({ node }) => node));
    this.#painted = [...this.#painted.slice(0, keep), ...fresh];
  }
}
