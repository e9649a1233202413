"""The manual press: from a manuscript to a PDF with a text layer, running heads and ruled tables.

Uncompressed and with a fixed date, because the same source must give the same
bytes with every build of zlib.
"""

from datetime import UTC, datetime

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from presses.manuscript import (
    Heading,
    Item,
    Manuscript,
    ManuscriptError,
    Notice,
    PageBreak,
    Paragraph,
    Part,
    Table,
)

PRINTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAKER = "Wrenfield & Tosk"
INK = (31, 41, 51)
TEAL = (17, 94, 89)
TINT = (231, 240, 239)
BODY_POINTS = 11
LINE = 5.6  # millimetres between baselines of body text
MARGIN = 20.0
NARROWEST_COLUMN = 0.09  # of the text width: below this, units break from their numbers


class Sheet(FPDF):
    """A4 pages with the manual's running head and foot."""

    def __init__(self, manuscript: Manuscript) -> None:
        super().__init__(format="A4")
        self.manuscript = manuscript
        self.contents: list[tuple[str, int]] = []
        self.set_compression(False)
        self.set_creation_date(PRINTED)
        self.set_producer(MAKER)
        self.set_title(f"{manuscript.title}: {manuscript.subtitle}")
        self.set_author(MAKER)
        self.set_lang("en")
        self.set_margins(MARGIN, 26, MARGIN)
        self.set_auto_page_break(True, margin=20)

    def header(self) -> None:
        """Print the running head, except on the cover."""
        if self.page_no() == 1:
            return
        self.set_y(12)
        self.set_font("Helvetica", size=8)
        self.set_text_color(*TEAL)
        self.cell(self.epw / 2, 5, MAKER)
        self.cell(self.epw / 2, 5, f"{self.manuscript.title} - user manual", align="R")
        self.set_draw_color(*TEAL)
        self.line(MARGIN, 18, MARGIN + self.epw, 18)
        self.set_y(24)

    def footer(self) -> None:
        """Print the edition and the page number, except on the cover."""
        if self.page_no() == 1:
            return
        self.set_y(-14)
        self.set_font("Helvetica", size=8)
        self.set_text_color(*INK)
        self.cell(self.epw / 2, 5, self.manuscript.edition)
        self.cell(self.epw / 2, 5, f"Page {self.page_no()}", align="R")


def press(manuscript: Manuscript) -> bytes:
    """Return the PDF of ``manuscript``, its contents on the cover.

    Set twice: the first run finds out on which page each chapter begins.
    """
    contents = _typeset(manuscript, []).contents
    return bytes(_typeset(manuscript, contents).output())


def _typeset(manuscript: Manuscript, contents: list[tuple[str, int]]) -> Sheet:
    sheet = Sheet(manuscript)
    _set_cover(sheet, contents)
    sheet.add_page()
    for part in manuscript.parts:
        _set_part(sheet, part)
    return sheet


def _set_cover(sheet: Sheet, contents: list[tuple[str, int]]) -> None:
    sheet.add_page()
    sheet.set_fill_color(*TEAL)
    sheet.rect(0, 0, sheet.w, 92, style="F")
    sheet.set_text_color(255, 255, 255)
    _line(sheet, MAKER, 12, top=24)
    _line(sheet, sheet.manuscript.title, 28, top=40, style="B")
    _line(sheet, sheet.manuscript.subtitle, 13, top=58)
    _line(sheet, sheet.manuscript.edition, 9, top=76)
    sheet.set_text_color(*INK)
    _line(sheet, "Contents", 15, top=108, style="B")
    sheet.set_y(122)
    sheet.set_font("Helvetica", size=11)
    for text, page in contents:
        sheet.cell(sheet.epw - 15, 8, text)
        sheet.cell(15, 8, str(page), align="R", new_x="LMARGIN", new_y="NEXT")


def _line(sheet: Sheet, text: str, points: float, *, top: float, style: str = "") -> None:
    sheet.set_y(top)
    sheet.set_font("Helvetica", style=style, size=points)
    sheet.cell(sheet.epw, points / 2, _printable(text))


def _set_part(sheet: Sheet, part: Part) -> None:
    sheet.set_text_color(*INK)
    match part:
        case Heading():
            _set_heading(sheet, part)
        case Paragraph(text):
            _set_text(sheet, text, left=0)
            sheet.ln(1.6)
        case Item(mark, text):
            _set_item(sheet, mark, text)
        case Notice(text):
            _set_notice(sheet, text)
        case Table(rows):
            _set_table(sheet, rows)
        case PageBreak():
            sheet.add_page()


def _set_heading(sheet: Sheet, heading: Heading) -> None:
    chapter = heading.level == 1
    if chapter:
        sheet.contents.append((heading.text, sheet.page_no()))
    sheet.start_section(heading.text, level=heading.level - 1)
    sheet.ln(0 if chapter else 1.6)
    sheet.set_font("Helvetica", style="B", size=18 if chapter else 13)
    sheet.set_text_color(*TEAL)
    height = 9.5 if chapter else 7.0
    sheet.multi_cell(sheet.epw, height, _printable(heading.text), new_x="LMARGIN", new_y="NEXT", align="L")
    sheet.ln(1.5 if chapter else 0.5)


def _set_text(sheet: Sheet, text: str, *, left: float) -> None:
    sheet.set_font("Helvetica", size=BODY_POINTS)
    sheet.set_x(MARGIN + left)
    sheet.multi_cell(
        sheet.epw - left, LINE, _printable(text), markdown=True, align="L", new_x="LMARGIN", new_y="NEXT"
    )


def _set_item(sheet: Sheet, mark: str, text: str) -> None:
    top, page = sheet.get_y(), sheet.page_no()
    # The mark first: whoever reads the page aloud, or parses it, meets it before its text.
    sheet.set_font("Helvetica", style="" if mark else "B", size=BODY_POINTS)
    sheet.set_x(MARGIN + 1)
    sheet.cell(6, LINE, mark or "\N{MIDDLE DOT}")
    sheet.set_y(top)
    _set_text(sheet, text, left=7)
    if sheet.page_no() != page:
        raise ManuscriptError(
            f"A step must not be torn by a page break: {text[:40]} … Put --- before its list."
        )
    sheet.set_xy(MARGIN, sheet.get_y() + 0.7)


def _set_notice(sheet: Sheet, text: str) -> None:
    sheet.ln(1)
    top = sheet.get_y()
    _set_text(sheet, text, left=5)
    sheet.set_fill_color(*TEAL)
    sheet.rect(MARGIN, top, 1.2, sheet.get_y() - top, style="F")
    sheet.ln(2)


def _set_table(sheet: Sheet, rows: tuple[tuple[str, ...], ...]) -> None:
    sheet.ln(1)
    sheet.set_font("Helvetica", size=9.5)
    sheet.set_draw_color(*TEAL)
    sheet.set_fill_color(255, 255, 255)
    head = FontFace(emphasis="BOLD", color=TEAL, fill_color=TINT)
    with sheet.table(
        col_widths=_column_widths(rows),
        borders_layout=TableBordersLayout.ALL,
        headings_style=head,
        line_height=5.0,
        padding=(0.7, 1.4),
        text_align="LEFT",
        v_align="TOP",
        markdown=True,
    ) as table:
        for row in rows:
            table.row([_printable(cell) for cell in row])
    sheet.ln(2.5)


def _column_widths(rows: tuple[tuple[str, ...], ...]) -> tuple[float, ...]:
    """Return shares of the text width that grow with the square root of the longest cell.

    In proportion to its length one long cell would starve all the others.
    """
    longest = [max(len(cell) for cell in column) ** 0.5 for column in zip(*rows, strict=True)]
    return tuple(max(width / sum(longest), NARROWEST_COLUMN) for width in longest)


def _printable(text: str) -> str:
    """Return ``text``, or say which of its characters the core fonts lack."""
    missing = sorted({character for character in text if ord(character) > 0xFF})
    if missing:
        raise ManuscriptError(
            f"The manual fonts have no {' '.join(missing)} (in: {text[:40]} …). Use Latin-1 only."
        )
    return text
