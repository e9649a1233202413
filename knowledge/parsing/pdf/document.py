"""The PDF as a whole: opening it, its pages, its title, and why it may have no text."""

import re
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

from knowledge.parsing import recognition
from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.extras import has_recognition
from knowledge.parsing.pdf.hidden import SCAN_SHARE, Sight
from knowledge.parsing.pdf.layout import Layout
from knowledge.parsing.pdf.lines import Line, PageText, text_of
from knowledge.parsing.pdf.ruled import with_tables
from knowledge.parsing.pdf.running import without_running_heads

MAX_PAGES = 2_000
# A scan often has a stamp or a page number as text; a page of words has far more.
MIN_LETTERS_PER_PAGE = 8
# 72 points to the inch: what office scanners make of a page.
MAX_SCALE = 3.0
MIN_PICTURE_SHARE = 0.05

_NO_TITLE = re.compile(
    r"untitled|^microsoft word|\.(docx?|indd|pdf|pptx?|xlsx?|od[tps]|qxd|tex|dvi)$", re.IGNORECASE
)


def parse_pdf(path: Path) -> ParsedDocument:
    """Parse a PDF file."""
    document = _open(path)
    try:
        if len(document) > MAX_PAGES:
            raise ParsingError(
                f"This PDF has {len(document):,} pages; we take up to {MAX_PAGES:,}. "
                "Split it and upload the parts."
            )
        texts = [_text(document, index) for index in range(len(document))]
        pages = [text.lines for text in texts]
        _require_text(document, pages)
        builder = DocumentBuilder()
        for text in texts:
            builder.hidden(text.hidden)
        pages = without_running_heads(pages)
        Layout(pages).append(builder, pages)
        return builder.finish(_title(document), pages=len(document))
    finally:
        document.close()


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ParsingError(
                "This PDF is protected by a password. Remove the password and upload it again."
            ) from error
        raise ParsingError(
            "This PDF is damaged and cannot be read. Open it, save or print it as a new PDF and upload that."
        ) from error


def _text(document: pdfium.PdfDocument, index: int) -> PageText:
    """Return what stands on a page; one damaged page does not cost the others."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return PageText([])
    try:
        text = text_of(page, index + 1)
        if has_recognition() and _needs_recognition(page, text):
            return PageText(_recognised(page, index + 1))
        return PageText(with_tables(page, text.lines), text.hidden)
    except pdfium.PdfiumError:
        return PageText([])
    finally:
        page.close()


def _needs_recognition(page: pdfium.PdfPage, text: PageText) -> bool:
    letters = sum(character.isalnum() for line in text.lines for character in line.text)
    share = Sight(page).picture_share if letters < MIN_LETTERS_PER_PAGE else 0.0
    # On a page without a letter even a small picture is all there is.
    return share >= (SCAN_SHARE if letters else MIN_PICTURE_SHARE)


def _recognised(page: pdfium.PdfPage, number: int) -> list[Line]:
    """Return the lines recognised on the picture of a page."""
    scale = recognition.MAX_SIDE / max(page.get_size(), default=1)
    picture = page.render(scale=min(scale, MAX_SCALE), rev_byteorder=True, prefer_bgrx=False)
    return recognition.lines_on(picture.to_numpy()[:, :, :3], number)


def _require_text(document: pdfium.PdfDocument, pages: list[list[Line]]) -> None:
    letters = sum(character.isalnum() for lines in pages for line in lines for character in line.text)
    if not len(document):
        raise ParsingError("This PDF has no pages. Check the file and upload it again.")
    if letters < MIN_LETTERS_PER_PAGE * len(document) and _is_scanned(document):
        noun = "page" if len(document) == 1 else "pages"
        raise ParsingError(
            f"This PDF has {len(document):,} {noun} but no text; it looks scanned. "
            "Run text recognition (OCR) over it and upload it again."
        )


def _is_scanned(document: pdfium.PdfDocument) -> bool:
    """Whether the first pages hold pictures."""
    for index in range(min(len(document), 3)):
        if any(item.type == raw.FPDF_PAGEOBJ_IMAGE for item in document[index].get_objects(max_depth=3)):
            return True
    return False


def _title(document: pdfium.PdfDocument) -> str:
    """Return the title its author gave it, not the one a program made up."""
    title = document.get_metadata_value("Title").strip()
    return "" if _NO_TITLE.search(title) or len(title) < 3 else title
