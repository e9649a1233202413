"""Markdown: what a document holds is what the customer's page shows, sign by sign."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answering.citing import Citer
from chat.answering.events import Text
from chat.answering.quoting import quote
from chat.markdown import fenced, plain, verbatim, verbatim_line, verbatim_list
from chat.models import Message, Role
from tests.factories import passage

PROJECT = Path(__file__).resolve().parents[2]
PROSE = (
    r"Open \\server\_share\[new] or C:\temp\*.log now.",
    "Call __init__ before __exit__, never _private of *.txt or *.md.",
    "Sizes of 2*3*4 cm, prices* and 5 * 3 boxes in snake_case_names.",
    "> 30 °C is too hot.",
    "# of items",
    "1986. A year.",
    "+ 5 °C is fine.",
    "---",
    "~~~",
    "Name: ______ Date: ____",
    r"The pattern ^\d+\.\d*$ finds a decimal.",
    "One ` alone, and \\` another.",
    "A [key](F1) and ![no](picture).",
    "**[a](b)** and ***three***",
    "\\\\\\ and \\* and \\_",
)
LISTS = ("- > 5 kg: freight\n- # of items\n- *.txt", "1. Run __main__\n2. ~~~ is a fence\n3. > all")
SHOW = """
import { parseMarkdown } from "./static/widget/markdown_blocks.js";
const said = (tree) => {
  if (Array.isArray(tree)) return tree.map(said).join("");
  const after = ["paragraph", "list", "code_block", "heading"].includes(tree.type) ? "\\n" : "";
  if (tree.type === "break") return "\\n";
  const own = ["children", "items", "head", "rows"].map((name) => said(tree[name] ?? [])).join("");
  return `${tree.text ?? ""}${own}${after}`;
};
const kinds = (tree) => Array.isArray(tree) ? tree.flatMap(kinds)
  : [tree.type, ...["children", "items", "head", "rows"].flatMap((name) => kinds(tree[name] ?? []))];
const texts = JSON.parse(await new Response(process.stdin).text());
const shown = texts.map((text) => [said(parseMarkdown(text)), kinds(parseMarkdown(text))]);
process.stdout.write(JSON.stringify(shown));
"""


def on_the_page(texts: list[str]) -> list[tuple[str, list[str]]]:
    """Return what the customer's page makes of texts: the words, and the kinds of its nodes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it only runs this test, the product does without")
    done = subprocess.run(
        [node, "--input-type=module", "-e", SHOW],
        cwd=PROJECT,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [(words, kinds) for words, kinds in json.loads(done.stdout)]


def test_prose_is_shown_sign_by_sign_as_one_paragraph() -> None:
    for text, (words, kinds) in zip(PROSE, on_the_page([verbatim(text) for text in PROSE]), strict=True):
        assert words.strip() == text
        assert kinds[0] == "paragraph"
        assert not {"em", "strong", "code", "list", "quote", "rule", "heading"} & set(kinds)


def test_the_items_of_a_list_are_shown_sign_by_sign() -> None:
    for text, (words, kinds) in zip(LISTS, on_the_page([verbatim_list(text) for text in LISTS]), strict=True):
        items = [line.partition(" ")[2] for line in text.splitlines()]
        assert words.split("\n")[: len(items)] == items
        assert set(kinds) == {"list", "paragraph", "text"}


def test_the_cells_of_a_row_are_shown_sign_by_sign() -> None:
    row = r"| __init__ | C:\_x | 2*3*4 |"
    ((words, kinds),) = on_the_page([f"{verbatim_line(row)}\n| --- | --- | --- |"])

    assert words == r"__init__C:\_x2*3*4"
    assert set(kinds) == {"table", "text"}


def test_what_a_person_set_apart_stays_so() -> None:
    text = "**Note:** see *below* and `C:\\_x`, or https://example.com/_a_/*b."

    assert verbatim(text) == text


def test_code_with_fences_within_stays_one_block() -> None:
    code = "```\nls *\n```\n# done"
    ((words, kinds),) = on_the_page([fenced(code)])

    assert (words.strip("\n"), kinds) == (code, ["code_block"])


@given(st.text(alphabet="\\`*_[]()#>~+-.!1a \n", max_size=60))
def test_back_from_markdown_every_prose_is_itself(text: str) -> None:
    if "`" not in text:  # what stands between backticks is never looked into
        assert plain(verbatim(text)) == text


def test_a_quote_says_what_the_document_says() -> None:
    said = "Put the file into \\\\server\\_new and run __setup__."
    found = quote("Where does the file go?", [passage(said)], Citer(), "en")
    text = "".join(piece.text for piece in found if isinstance(piece, Text))
    ((words, _),) = on_the_page([text.removesuffix(" [1]")])

    assert words.strip() == said


def test_staff_and_mails_read_an_answer_without_backslashes() -> None:
    assert Message(role=Role.ASSISTANT, text=r"Run \_\_init\_\_ in `C:\_x` [1].").words == (
        r"Run __init__ in `C:\_x` [1]."
    )
    assert Message(role=Role.CUSTOMER, text=r"C:\_x").words == r"C:\_x"
