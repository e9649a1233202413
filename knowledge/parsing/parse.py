"""The front door of parsing: from a file of any type we take to a ``ParsedDocument``.

It works in this process and trusts nothing: callers outside tests go through
``sandbox.ParserSandbox``, which runs it in a process that may crash. Importing this module
loads every parser library (20 MB), so nobody but the sandbox's host does.
"""

from pathlib import Path

from knowledge.parsing.base import ParsedDocument, Parser, ParsingError
from knowledge.parsing.docx import parse_docx
from knowledge.parsing.html import parse_html
from knowledge.parsing.markdown import parse_markdown
from knowledge.parsing.media import CSV, DOCX, HTML, MARKDOWN, PDF, TAKEN, TEXT, XLSX
from knowledge.parsing.pdf import parse_pdf
from knowledge.parsing.tables import parse_csv, parse_xlsx
from knowledge.parsing.text import parse_text

PARSERS: dict[str, Parser] = {
    MARKDOWN: parse_markdown,
    HTML: parse_html,
    PDF: parse_pdf,
    DOCX: parse_docx,
    XLSX: parse_xlsx,
    TEXT: parse_text,
    CSV: parse_csv,
}


def parse(path: Path, media_type: str) -> ParsedDocument:
    """Parse the file at ``path``; raises ``ParsingError`` with a sentence fit for staff."""
    parser = PARSERS.get(media_type)
    if parser is None:
        raise ParsingError(f"We cannot read files of the type {media_type}. We take {TAKEN}.")
    parsed = parser(path)
    if not any(character.isalnum() for character in parsed.text):
        raise ParsingError("This file contains no text. Check that it is the right one and upload it again.")
    return parsed
