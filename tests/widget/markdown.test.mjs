/** Markdown: what an answer's text becomes, at once and while it grows. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { parseMarkdown } from "../../static/widget/markdown_blocks.js";
import { parseInline, safeAddress } from "../../static/widget/markdown_inline.js";

const bare = (blocks) => JSON.parse(JSON.stringify(blocks, (key, value) => (key === "source" ? undefined : value)));
const words = (nodes) => nodes.map((node) => node.text ?? (node.children ? words(node.children) : "")).join("");
const text = (value) => ({ type: "text", text: value });

/** All visible words of a tree. */
function visible(tree) {
  if (Array.isArray(tree)) return tree.map(visible).join(" ");
  if (tree === null || typeof tree !== "object") return "";
  const own = tree.text ?? "";
  return [own, ...["children", "items", "head", "rows"].map((name) => visible(tree[name] ?? []))].join(" ");
}

const DOCUMENT = `# Care

To clean the **drain *pump* filter**, see [the manual](https://example.com/a_(b)) [1].

1. Open the \`flap\`
   - lint
   - coins

     and more
2. Close it [2]

| A | B |
|:-:|--:|
| 1 \\| 2 | **x** |

\`\`\`sh
run **this**
\`\`\`

> quoted _words_

---
The end: https://example.com/x.`;

test("emphasis, code and citations are read", () => {
  const nodes = parseInline("**Turn** it *off* with `--off` [1].");

  assert.deepEqual(nodes, [
    { type: "strong", children: [text("Turn")] }, text(" it "),
    { type: "em", children: [text("off")] }, text(" with "),
    { type: "code", text: "--off" }, text(" "), { type: "cite", number: 1 }, text("."),
  ]);
});

test("signs that mark nothing stay signs", () => {
  for (const source of ["2 * 3 * 4", "snake_case_name", "a ** b", "**open", "[1", "\\*starred\\*", "5*"]) {
    const expected = source.replaceAll("\\", "");
    assert.equal(words(parseInline(source)), expected, source);
    assert.ok(parseInline(source).every((node) => node.type === "text"), source);
  }
});

test("only harmless addresses become links", () => {
  for (const address of ["javascript:alert(1)", "JAVASCRIPT:x", "java\nscript:x", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:x", "https:", "ftp://x.example"]) {
    assert.equal(safeAddress(address), null, address);
    assert.ok(parseInline(`[a](${address})`).every((node) => node.type !== "link" || !node.href.startsWith(address)), address);
  }
  for (const address of ["https://example.com/a", "http://example.com", "mailto:help@example.com", "/read/1?page=2#passage"]) {
    assert.equal(safeAddress(address), address);
    assert.equal(parseInline(`[a](${address})`)[0].href, address);
  }
});

test("HTML and images are words like any other", () => {
  const nodes = parseInline('<img src=x onerror="x"> ![a](/b.png)');

  assert.deepEqual(nodes, [text('<img src=x onerror="x"> ![a](/b.png)')]);
});

test("lists nest and keep their paragraphs", () => {
  const [list] = bare(parseMarkdown("3. one\n   - a\n   - b\n\n4. two"));

  assert.equal(list.start, 3);
  assert.equal(list.items.length, 2);
  assert.deepEqual(list.items[0][1].items.map(words), ["a", "b"]);
  assert.deepEqual(list.items[1], [{ type: "paragraph", children: [text("two")] }]);
});

test("tables keep their cells, alignments and escaped pipes", () => {
  const [table] = bare(parseMarkdown("| A | B |\n|:-:|--:|\n| 1 \\| 2 | **x** |\n| only |"));

  assert.deepEqual(table.align, ["center", "end"]);
  assert.deepEqual(table.rows[0][0], [text("1 | 2")]);
  assert.deepEqual(table.rows[0][1], [{ type: "strong", children: [text("x")] }]);
  assert.deepEqual(table.rows[1][1], []);
});

test("a fenced block is shown as it is, and ends with the text at the latest", () => {
  const closed = bare(parseMarkdown("```py\n**x**\n\n- y\n```\nafter"));
  const unclosed = bare(parseMarkdown("```\nx"));

  assert.deepEqual(closed[0], { type: "code_block", language: "py", text: "**x**\n\n- y" });
  assert.equal(words(closed[1].children), "after");
  assert.deepEqual(unclosed, [{ type: "code_block", language: "", text: "x" }]);
});

test("every block type of a document is found", () => {
  const types = parseMarkdown(DOCUMENT).map(({ type }) => type);

  assert.deepEqual(types, ["heading", "paragraph", "list", "table", "code_block", "quote", "rule", "paragraph"]);
});

test("a growing text never shows a mark, half a link or half a fence", () => {
  for (let end = 1; end <= DOCUMENT.length; end += 1) {
    const blocks = parseMarkdown(DOCUMENT.slice(0, end), true).filter(({ type }) => type !== "code_block");
    const shown = visible(blocks);
    assert.doesNotMatch(shown, /\*|`|~~|\]\(|^#|\[(?!\d)/, JSON.stringify(DOCUMENT.slice(Math.max(0, end - 30), end)));
  }
});

test("a growing text never takes back a word it has shown", () => {
  const plain = "Turn the **filter** anticlockwise [1].\n\n- one\n- two *three*\n\nThe end.";
  let before = "";
  for (let end = 1; end <= plain.length; end += 1) {
    const shown = visible(parseMarkdown(plain.slice(0, end), true)).replaceAll(/[\s-]+/g, "");
    assert.ok(shown.startsWith(before) || before.startsWith(shown), `${before} | ${shown}`);
    if (shown.length > before.length) before = shown;
  }
  assert.equal(before, visible(parseMarkdown(plain)).replaceAll(/[\s-]+/g, ""));
});

test("hostile repetition is read in linear time", () => {
  const size = 20_000;
  for (const sign of ["*", "_", "[", "`", "> ", "**a ", "[a](", "- ", "|", "*a_"]) {
    const tree = parseMarkdown(sign.repeat(size / sign.length));
    assert.ok(Array.isArray(tree), sign);
  }
});
