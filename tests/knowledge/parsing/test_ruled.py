"""Ruled tables of a PDF: the words of a cell stay together however they wrap, on turned pages too."""

from pathlib import Path

import pytest
from fpdf import FPDF

from knowledge.parsing.base import BlockKind
from knowledge.parsing.media import PDF
from knowledge.parsing.parse import parse

ROWS = (
    ("Part", "What it does", "When to replace it"),
    ("Tank", "holds the water that the pump sends on", "when it leaks or has become brittle"),
    ("Seal", "keeps the water where it belongs, in the lid", "every two years or when it drips"),
)


def ruled(path: Path) -> Path:
    """Write a PDF with a drawn table whose cells wrap in two columns."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(0, 10, "The parts are listed here.", new_x="LMARGIN", new_y="NEXT")
    with pdf.table(col_widths=(20, 30, 30), width=90) as table:
        for texts in ROWS:
            row = table.row()
            for text in texts:
                row.cell(text)
    pdf.output(str(path))
    return path


def test_cells_that_wrap_in_several_columns_keep_their_row(tmp_path: Path) -> None:
    parsed = parse(ruled(tmp_path / "a.pdf"), PDF)

    (table,) = [block for block in parsed.blocks if block.kind is BlockKind.TABLE]

    assert table.rows == ROWS


@pytest.mark.parametrize("quarters", [90, 180, 270])
def test_a_page_that_is_turned_for_its_reader_gives_the_same_table(tmp_path: Path, quarters: int) -> None:
    """Draw the page turned back, and tell readers to turn it."""
    pdf = FPDF(unit="pt", format=(400, 400))
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    with pdf.rotation(quarters, 200, 200):
        for row, texts in enumerate(
            (("Code", "Meaning"), ("E-42", "Pump is blocked"), ("E-57", "Tank is empty"))
        ):
            for column, text in enumerate(texts):
                pdf.rect(50 + 130 * column, 100 + 30 * row, 130, 30)
                pdf.text(55 + 130 * column, 120 + 30 * row, text)
    pdf.output(str(tmp_path / "a.pdf"))
    data = (tmp_path / "a.pdf").read_bytes()
    marked = data.replace(b"/Type /Page\n", b"/Type /Page /Rotate %d\n" % quarters, 1)
    (tmp_path / "a.pdf").write_bytes(marked)

    parsed = parse(tmp_path / "a.pdf", PDF)

    assert marked != data
    assert parsed.blocks[0].rows == (
        ("Code", "Meaning"),
        ("E-42", "Pump is blocked"),
        ("E-57", "Tank is empty"),
    )


def test_a_rule_that_moves_a_little_from_row_to_row_still_parts_the_cells(tmp_path: Path) -> None:
    pdf = FPDF(unit="pt", format=(400, 400))
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for row, (texts, middle) in enumerate(((("Part", "Size"), 205), (("Tank", "2 litres"), 200))):
        for left, right, text in ((50, middle, texts[0]), (middle, 350, texts[1])):
            pdf.rect(left, 60 + 24 * row, right - left, 24)
            pdf.text(left + 8, 76 + 24 * row, text)
    pdf.output(str(tmp_path / "a.pdf"))

    (table,) = parse(tmp_path / "a.pdf", PDF).blocks

    assert table.rows == (("Part", "Size"), ("Tank", "2 litres"))
