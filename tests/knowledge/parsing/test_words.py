"""Words: what is written close together in a file, and what is not, reads as people see it."""

from pathlib import Path

import pytest
from fpdf import FPDF

from knowledge.parsing.base import BlockKind
from knowledge.parsing.guards import identify
from knowledge.parsing.media import DOCX, PDF
from knowledge.parsing.parse import parse
from tests.knowledge.parsing.packages import WORD, word

ARABIC_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
NAMES = (
    f'{WORD} xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def page(font: str = "Helvetica") -> FPDF:
    """Return a PDF of one page, measured in points."""
    pdf = FPDF(unit="pt", format=(400, 400))
    pdf.add_page()
    pdf.set_font(font, size=11)
    return pdf


def texts(pdf: FPDF, path: Path) -> list[str]:
    """Return the texts of the blocks of a PDF."""
    pdf.output(str(path))
    return [block.text for block in parse(path, PDF).blocks]


def test_signs_of_neighbouring_columns_are_not_one_word(tmp_path: Path) -> None:
    """Draw a table whose crosses are written in one go, wide apart, which PDFium reads as "XX"."""
    pdf = page()
    rows = (("Right", "Ada", "Ben"), ("Read", "X", "X"), ("Write", "X", "X"), ("Erase", "X", ""))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            pdf.rect(50 + 90 * column, 60 + 24 * row, 90, 24)
            pdf.text(55 + 90 * column, 76 + 24 * row, "" if cell == "X" else cell)
    pdf.set_char_spacing(90 - pdf.get_string_width("X"))
    for row, cells in enumerate(rows[1:], start=1):
        pdf.text(145, 76 + 24 * row, "".join(cells[1:]))
    pdf.output(str(tmp_path / "a.pdf"))

    (table,) = parse(tmp_path / "a.pdf", PDF).blocks

    assert table.rows == rows


def test_the_mark_of_a_footnote_is_no_part_of_its_word(tmp_path: Path) -> None:
    pdf = page()
    pdf.text(40, 60, "Returns are free within the EU")
    width = pdf.get_string_width("Returns are free within the EU")
    pdf.set_font("Helvetica", size=7)
    pdf.text(40 + width, 56, "1")
    pdf.set_font("Helvetica", size=11)
    pdf.text(40 + width + 4, 60, " and cost 5 euros per 3 dm2 elsewhere.")

    (text,) = texts(pdf, tmp_path / "a.pdf")

    assert text == "Returns are free within the EU 1 and cost 5 euros per 3 dm2 elsewhere."


def test_items_with_bullets_are_no_headings_however_large(tmp_path: Path) -> None:
    pdf = page()
    pdf.set_font("Helvetica", size=20)
    pdf.text(40, 60, "Care")
    pdf.text(40, 100, "\u00b7 Rinse the tank")
    pdf.set_font("Helvetica", size=11)
    pdf.text(40, 140, "Rinse it with clear water, and dry it with a soft cloth.")
    pdf.output(str(tmp_path / "a.pdf"))

    blocks = parse(tmp_path / "a.pdf", PDF).blocks

    assert [(block.kind, block.text) for block in blocks][:2] == [
        (BlockKind.HEADING, "Care"),
        (BlockKind.LIST_ITEM, "- Rinse the tank"),
    ]


def test_a_document_of_one_line_a_page_is_no_running_head(tmp_path: Path) -> None:
    pdf = page()
    for number in range(1, 5):
        pdf.text(40, 60, f"Locker number {number}")
        if number < 4:
            pdf.add_page()

    assert texts(pdf, tmp_path / "a.pdf") == [f"Locker number {number}" for number in range(1, 5)]


def test_a_drawing_of_boxes_does_not_say_its_words_again_and_again(tmp_path: Path) -> None:
    """Draw two wide boxes over five narrow ones, as diagrams have them."""
    pdf = page()
    for top, words in ((60, "Ask the customer for the code"), (84, "Look the code up in the list")):
        pdf.rect(50, top, 300, 24)
        pdf.text(55, top + 16, words)
    for column in range(5):
        pdf.rect(50 + 60 * column, 108, 60, 24)
        pdf.text(55 + 60 * column, 124, f"E{column}")
    pdf.rect(50, 132, 60, 24)
    pdf.text(55, 148, "Ask")
    pdf.rect(110, 132, 240, 24)
    pdf.text(115, 148, "Send it in for repair, the parts are glued")

    text = " ".join(texts(pdf, tmp_path / "a.pdf"))

    assert text.count("Ask the customer") == 1
    assert text.count("Send it in") == 1


def test_paragraphs_of_a_text_box_do_not_run_together(tmp_path: Path) -> None:
    inside = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Ask Ben.", "Then wait."))
    body = f"<w:p><w:r><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict></w:r></w:p>"

    parsed = parse(word(tmp_path / "a.docx", body), DOCX)

    assert parsed.text == "Ask Ben.\nThen wait."


def test_a_box_to_tick_says_whether_it_is_ticked(tmp_path: Path) -> None:
    """Give the ticked box a sign that looks crossed out, as Word does."""
    boxes = "".join(
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent><w:r><w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> {text} </w:t></w:r>"
        for state, sign, text in ((1, "\u2612", "Tea"), (0, "\u2610", "Milk"))
    )

    parsed = parse(word(tmp_path / "a.docx", f"<w:p>{boxes}</w:p>", NAMES), DOCX)

    assert parsed.text == "[x] Tea [ ] Milk"


def test_formulas_side_by_side_and_their_parts_do_not_run_together(tmp_path: Path) -> None:
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('k')}</m:sup></m:sSup>"
    limit = f"<m:limLow><m:e>{run('lim')}</m:e><m:lim>{run('n')}</m:lim></m:limLow>"
    formulas = (
        power + run("a"),
        run("c=d"),
        f"<m:func><m:fName>{limit}</m:fName><m:e>{run('f')}</m:e></m:func>",
    )
    body = "".join(f"<m:oMath>{formula}</m:oMath>" for formula in formulas)

    parsed = parse(word(tmp_path / "a.docx", f"<w:p>{body}</w:p>", NAMES), DOCX)

    assert parsed.text == "x^k a c=d lim_n f"


@pytest.mark.skipif(not ARABIC_FONT.is_file(), reason="no font with Arabic letters is installed")
def test_latin_words_in_arabic_text_stand_on_their_own(tmp_path: Path) -> None:
    pdf = FPDF(unit="pt", format=(400, 400))
    pdf.add_page()
    pdf.add_font("dejavu", fname=str(ARABIC_FONT))
    pdf.set_font("dejavu", size=11)
    pdf.text(40, 60, "\u0644\u063aPython\u0629")

    (text,) = texts(pdf, tmp_path / "a.pdf")

    assert "Python" in text.split()


def test_an_org_file_keeps_structure_and_drops_markup(tmp_path: Path) -> None:
    lines = (
        "#+TITLE: Aroma",
        "# a remark",
        "* DONE Care :home:",
        ":PROPERTIES:",
        ":ID: 7",
        ":END:",
        "Use *soft* water, see [[https://example.com][there]].",
        "- [X] Tank :: two litres",
        "  1. Lid",
        "",
        "| Code | Price |",
        "|------+-------|",
        "| E-1  | 5     |",
        "#+begin_src sh",
        "* not a heading",
        "#+end_src",
    )
    file = tmp_path / "a.org"
    file.write_text("\n".join(lines), encoding="utf-8")

    parsed = parse(file, identify(file, "a.org", 1_000))

    assert parsed.title == "Aroma"
    assert [block.text for block in parsed.blocks] == [
        "Care",
        "Use soft water, see there.",
        "- Tank: two litres",
        "1. Lid",
        "| Code | Price |\n| E-1 | 5 |",
        "* not a heading",
    ]
