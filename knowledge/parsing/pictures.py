"""Pictures: from a scan or a photograph to the text recognised on it, where recognition is installed."""

from pathlib import Path

from knowledge.parsing import recognition
from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.extras import has_recognition
from knowledge.parsing.pdf.layout import Layout


def parse_picture(path: Path) -> ParsedDocument:
    """Parse a picture of text."""
    if not has_recognition():
        raise ParsingError(
            "This is a picture, and text recognition is not installed here. "
            "Upload a document with text instead, or ask your administrator for the extra “ocr”."
        )
    builder = DocumentBuilder()
    pages = [recognition.lines_of_picture(path, 1)]
    Layout(pages).append(builder, pages)
    return builder.finish()
