"""The front door of parsing: from a file of any type we take to a ``ParsedDocument``.

It works in this process and trusts nothing: callers outside tests go through
``sandbox.ParserSandbox``, which runs it in a process that may crash. Importing this module
loads every parser library (20 MB), so nobody but the sandbox's host does.
"""

from pathlib import Path

from knowledge.parsing.asciidoc import parse_asciidoc
from knowledge.parsing.base import ParsedDocument, Parser, ParsingError
from knowledge.parsing.doc import parse_doc
from knowledge.parsing.docx import parse_docx
from knowledge.parsing.epub import parse_epub
from knowledge.parsing.html import parse_html
from knowledge.parsing.mail import parse_eml, parse_msg
from knowledge.parsing.markdown import parse_markdown
from knowledge.parsing.media import (
    ASCIIDOC,
    CSV,
    DOC,
    DOCX,
    EML,
    EPUB,
    HTML,
    IMAGE,
    JSON,
    JSON_LINES,
    MARKDOWN,
    MSG,
    ODP,
    ODS,
    ODT,
    ORG,
    PDF,
    PPT,
    PPTX,
    RTF,
    TAKEN,
    TEXT,
    VTT,
    XLS,
    XLSX,
    XML,
)
from knowledge.parsing.odf import parse_odf
from knowledge.parsing.org import parse_org
from knowledge.parsing.pdf import parse_pdf
from knowledge.parsing.pictures import parse_picture
from knowledge.parsing.ppt import parse_ppt
from knowledge.parsing.pptx import parse_pptx
from knowledge.parsing.rtf import parse_rtf
from knowledge.parsing.sheets import parse_workbook
from knowledge.parsing.structured import parse_json, parse_json_lines, parse_xml
from knowledge.parsing.subtitles import parse_subtitles
from knowledge.parsing.tables import parse_csv
from knowledge.parsing.text import parse_text

PARSERS: dict[str, Parser] = {
    MARKDOWN: parse_markdown,
    ASCIIDOC: parse_asciidoc,
    ORG: parse_org,
    HTML: parse_html,
    EPUB: parse_epub,
    XML: parse_xml,
    JSON: parse_json,
    JSON_LINES: parse_json_lines,
    PDF: parse_pdf,
    IMAGE: parse_picture,
    DOCX: parse_docx,
    PPTX: parse_pptx,
    XLSX: parse_workbook,
    ODT: parse_odf,
    ODS: parse_odf,
    ODP: parse_odf,
    DOC: parse_doc,
    PPT: parse_ppt,
    XLS: parse_workbook,
    RTF: parse_rtf,
    EML: parse_eml,
    MSG: parse_msg,
    VTT: parse_subtitles,
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
