"""Word: from a .docx file to blocks in document order.

Headings come from styles and outline levels; in a document that has none, a short line all
in bold stands for one. Lists keep their numbers, tracked deletions are left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.office import office_file

MAX_BOLD_HEADING = 80

_HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
_P, _TBL, _SDT, _TEXT, _TAB, _BREAK = (qn(f"w:{tag}") for tag in ("p", "tbl", "sdt", "t", "tab", "br"))
_RUN, _ROW, _CELL, _VAL = (qn(f"w:{tag}") for tag in ("r", "tr", "tc", "val"))
# A text box is written twice, the second time for old readers.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MOVED_AWAY = qn("w:moveFrom")


def parse_docx(path: Path) -> ParsedDocument:
    """Parse a Word document."""
    with office_file(path):
        document = Document(str(path))
        reader = _Reader(document)
        for element in _body(document.element.body):
            reader.read(element)
        return reader.builder.finish(document.core_properties.title or reader.title)


def _body(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and tables, also those inside content controls, but no table of contents."""
    for element in parent.iterchildren():
        if element.tag in (_P, _TBL):
            yield element
        elif element.tag == _SDT:
            gallery = element.find(f".//{qn('w:docPartGallery')}")
            content = element.find(qn("w:sdtContent"))
            is_contents = gallery is not None and gallery.get(_VAL) == "Table of Contents"
            if content is not None and not is_contents:
                yield from _body(content)


class _Reader:
    """Appends paragraphs and tables; knows the document's styles and numbering."""

    def __init__(self, document: WordDocument) -> None:
        self.builder = DocumentBuilder()
        self.title = ""
        self._styles = {style.style_id: style.name or "" for style in document.styles}
        self._levels = _outline_levels(document.styles.element)
        self._formats = _number_formats(document)
        self._counts: defaultdict[tuple[str, int], int] = defaultdict(int)
        paragraphs = document.element.body.iter(_P)
        self._has_headings = any(self._heading_level(paragraph) for paragraph in paragraphs)

    def read(self, element: etree._Element) -> None:
        """Append one element of the body."""
        if element.tag == _TBL:
            self._table(element)
        else:
            self._paragraph(element)

    def _paragraph(self, element: etree._Element) -> None:
        text = _words(element)
        style = self._style(element)
        level = self._heading_level(element)
        if not text.strip() or style.lower().startswith("toc "):
            return
        if style == "Title":
            self.title = self.title or text
            self.builder.heading(text, 1)
        elif level:
            # Under a title every heading is one level deeper than its style says.
            self.builder.heading(text, level + bool(self.title))
        elif (item := self._item(element, style)) is not None:
            self.builder.list_item(f"{item[0]} {text}", item[1] + 1)
        elif not self._has_headings and _is_bold_line(element, text):
            self.builder.heading(text, 2)
        else:
            self.builder.paragraph(text)

    def _table(self, table: etree._Element) -> None:
        rows = [[_cell(cell) for cell in row.findall(_CELL)] for row in table.iter(_ROW)]
        is_frame = sum(len(row) for row in rows) <= 1 or table.find(f".//{_CELL}/{_TBL}") is not None
        if not is_frame:
            self.builder.table([_spread(row) for row in rows])
            return
        for paragraph in table.iter(_P):
            self._paragraph(paragraph)

    def _style(self, element: etree._Element) -> str:
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._styles.get(style.get(_VAL), "") if style is not None else ""

    def _heading_level(self, element: etree._Element) -> int:
        name = self._style(element)
        named = _HEADING_STYLE.match(name)
        if named:
            return int(named.group(1))
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        level = _number(outline) if outline is not None else self._levels.get(name, 9)
        return level + 1 if level < 9 else 0

    def _item(self, element: etree._Element, style: str) -> tuple[str, int] | None:
        """Return the marker and depth of a list item, None for any other paragraph."""
        numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        number = numbering.find(qn("w:numId")) if numbering is not None else None
        if numbering is None or number is None or number.get(_VAL) == "0":
            is_list = style.startswith("List") and style != "List Paragraph"
            return self._styled_item(style) if is_list else None
        depth = min(_number(numbering.find(qn("w:ilvl"))), 8)
        list_id = number.get(_VAL) or ""
        return self._count(list_id, depth, self._formats.get((list_id, depth), "bullet")), depth

    def _styled_item(self, style: str) -> tuple[str, int]:
        return self._count(style, 0, "decimal" if "Number" in style else "bullet"), 0

    def _count(self, list_id: str, depth: int, number_format: str) -> str:
        for deeper in range(depth + 1, 9):
            self._counts.pop((list_id, deeper), None)
        self._counts[list_id, depth] += 1
        return "-" if number_format in ("bullet", "none") else f"{self._counts[list_id, depth]}."


def _words(element: etree._Element) -> str:
    """Return the text of a paragraph as it reads with all changes accepted."""
    parts: list[str] = []
    for below in element.iter(_TEXT, _TAB, _BREAK):
        ancestors = {above.tag for above in below.iterancestors()}
        if _FALLBACK in ancestors or _MOVED_AWAY in ancestors:
            continue
        if below.tag == _TEXT:
            parts.append(below.text or "")
        elif (run := below.getparent()) is not None and run.tag == _RUN:
            parts.append("\n" if below.tag == _BREAK else " ")
    return "".join(parts)


def _cell(cell: etree._Element) -> tuple[str, int]:
    """Return the text of a table cell and how many columns it spans."""
    text = "\n".join(_words(paragraph) for paragraph in cell.iter(_P))
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return text, min(max(_number(span), 1), 50)


def _spread(cells: list[tuple[str, int]]) -> list[str]:
    return [part for text, span in cells for part in (text, *[""] * (span - 1))]


def _number(element: etree._Element | None) -> int:
    value = element.get(_VAL) if element is not None else None
    return int(value) if value and value.isdecimal() else 0


def _is_bold_line(element: etree._Element, text: str) -> bool:
    if len(text) > MAX_BOLD_HEADING or text.rstrip().endswith((".", ",", ";", ":", "!")):
        return False
    runs = [run for run in element.iter(_RUN) if _words(run).strip()]
    marks = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in runs]
    return bool(marks) and all(mark is not None and mark.get(_VAL) not in ("0", "false") for mark in marks)


def _outline_levels(styles: etree._Element) -> dict[str, int]:
    """Return the outline level of each style that has one, by the style's name."""
    levels: dict[str, int] = {}
    for style in styles.iter(qn("w:style")):
        outline = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        name = style.find(qn("w:name"))
        if outline is not None and name is not None:
            levels[name.get(_VAL) or ""] = _number(outline)
    return levels


def _number_formats(document: WordDocument) -> dict[tuple[str, int], str]:
    """Return "bullet", "decimal" ... for each list and depth."""
    if not any("numbering" in relation.reltype for relation in document.part.rels.values()):
        return {}
    numbering = document.part.numbering_part.element
    abstract = {
        (item.get(qn("w:abstractNumId")), _depth(level)): _format(level)
        for item in numbering.iter(qn("w:abstractNum"))
        for level in item.iter(qn("w:lvl"))
    }
    formats: dict[tuple[str, int], str] = {}
    for number in numbering.iter(qn("w:num")):
        link = number.find(qn("w:abstractNumId"))
        for depth in range(9):
            value = abstract.get((link.get(_VAL) if link is not None else None, depth))
            if value:
                formats[number.get(qn("w:numId")) or "", depth] = value
    return formats


def _depth(level: etree._Element) -> int:
    depth = level.get(qn("w:ilvl")) or "0"
    return int(depth) if depth.isdecimal() else 0


def _format(level: etree._Element) -> str:
    number_format = level.find(qn("w:numFmt"))
    return (number_format.get(_VAL) if number_format is not None else None) or "bullet"
