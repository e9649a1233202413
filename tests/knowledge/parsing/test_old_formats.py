"""Old Word, PowerPoint and Outlook: small files of our own, and real ones where the machine has them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge.parsing.base import BlockKind, ParsedDocument
from knowledge.parsing.guards import identify
from knowledge.parsing.parse import parse
from tests.knowledge.parsing.compounds import letter, message, slide

REAL = Path(__file__).parents[4] / "shared" / "data" / "docs_docling"
WORD = re.compile(r"\w+")


def read(path: Path) -> ParsedDocument:
    """Parse a file as the product does: by what its name and content say."""
    return parse(path, identify(path, path.name, 10_000_000))


def test_an_old_word_file_gives_its_headings_and_paragraphs(tmp_path: Path) -> None:
    parsed = read(letter(tmp_path / "a.doc", "Rückgabe", "Thirty days, unused."))

    assert [(block.kind, block.text) for block in parsed.blocks] == [
        (BlockKind.HEADING, "Rückgabe"),
        (BlockKind.PARAGRAPH, "Thirty days, unused."),
    ]


@pytest.mark.parametrize("body", ["Thirty days.", "Thirty days. " * 500])
def test_an_outlook_message_gives_its_subject_and_body(tmp_path: Path, body: str) -> None:
    parsed = read(message(tmp_path / "a.msg", "Returns", body))

    assert parsed.title == "Returns"
    assert "From: Ada" in parsed.text
    assert parsed.text.endswith(body.strip())


def test_a_table_on_an_old_slide_keeps_its_rows_and_its_merged_cells(tmp_path: Path) -> None:
    boxes = (
        (0, 0, 10, 5, "Plan"),
        (10, 0, 30, 5, "Price"),
        (0, 5, 10, 20, "Basic"),
        (10, 5, 20, 10, "monthly"),
        (20, 5, 30, 10, "5"),
        (10, 10, 20, 20, "yearly"),
        (20, 10, 30, 20, "50"),
    )

    heading, table = read(slide(tmp_path / "a.ppt", "Plans", boxes)).blocks

    assert (heading.kind, heading.text, heading.page) == (BlockKind.HEADING, "Plans", 1)
    assert table.rows == (
        ("Plan", "Price", "Price"),
        ("Basic", "monthly", "5"),
        ("Basic", "yearly", "50"),
    )


@pytest.mark.parametrize(
    "name", ["doc/legacy_sample.doc", "doc/greek_heading_styles.doc", "ppt/legacy_sample.ppt"]
)
def test_real_old_files_lose_few_words(name: str) -> None:
    file = REAL / name
    if not file.is_file():
        pytest.skip("the real files are not on this machine")
    expected = Counter(WORD.findall(file.with_name(f"{file.name}.expected.md").read_text("utf-8").lower()))

    found = Counter(WORD.findall(read(file).text.lower()))

    assert (expected & found).total() >= 0.9 * expected.total()
