"""Word: from a .docx file to blocks in document order.

Headings come from styles and outline levels; in a document that has none, a short line all
in bold stands for one. Lists keep their numbers, tracked deletions are left out, and so is
what its author hid: it is flagged.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.charts import append_chart
from knowledge.parsing.docx_styles import BODY_LEVEL, Numbering, Style, number, styles
from knowledge.parsing.equations import linear
from knowledge.parsing.office import office_file
from knowledge.parsing.ooxml import Package, find, tag, value
from knowledge.parsing.spans import MAX_RICH_CELL, spread

MAX_BOLD_HEADING = 80
# Half points: what is smaller than two points is not for readers.
MIN_SIZE = 4

_P, _TBL, _SDT, _TEXT, _TAB, _BREAK = (tag(f"w:{name}") for name in ("p", "tbl", "sdt", "t", "tab", "br"))
_RUN, _ROW, _CELL, _HYPHEN = (tag(f"w:{name}") for name in ("r", "tr", "tc", "noBreakHyphen"))
_MATH, _CHART, _PARAGRAPH_MARK = tag("m:oMath"), tag("c:chart"), tag("w:pPr")
# A text box is written twice, the second time for old readers.
_SKIPPED = frozenset((tag("mc:Fallback"), tag("w:moveFrom"), tag("w:del"), _PARAGRAPH_MARK))
_BOXES = frozenset((_TBL, tag("w:txbxContent")))
_WHITE = frozenset(("ffffff", "fefefe", "fdfdfd"))
_PIECES = (_TEXT, _TAB, _BREAK, _HYPHEN, _MATH)


def parse_docx(path: Path) -> ParsedDocument:
    """Parse a Word document."""
    with office_file(path), Package(path) as package:
        reader = _Reader(package)
        reader.read_all()
        return reader.builder.finish(package.title() or reader.title)


def _body(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and tables, also those inside content controls, but no table of contents."""
    for element in parent.iterchildren():
        if element.tag in (_P, _TBL):
            yield element
        elif element.tag == _SDT:
            content = find(element, "w:sdtContent")
            is_contents = value(element, ".//w:docPartGallery") == "Table of Contents"
            if content is not None and not is_contents:
                yield from _body(content)


class _Reader:
    """Appends paragraphs and tables; knows the document's styles and numbering."""

    def __init__(self, package: Package) -> None:
        self.builder = DocumentBuilder()
        self.title = ""
        self._package = package
        main = package.main()
        self._links = package.links(main)
        root = package.root(main)
        self._body = find(root, "w:body") if root is not None else None
        self._styles = styles(next(package.linked(main, "styles"), None))
        self._numbering = Numbering(next(package.linked(main, "numbering"), None))
        paragraphs = self._body.iter(_P) if self._body is not None else ()
        self._has_headings = any(self._heading_level(paragraph) for paragraph in paragraphs)

    def read_all(self) -> None:
        """Append the whole body."""
        for element in _body(self._body) if self._body is not None else ():
            self._read(element)

    def _read(self, element: etree._Element) -> None:
        if element.tag == _TBL:
            self._table(element)
            return
        self._paragraph(element)
        for chart in element.iter(_CHART):
            link = self._links.get(chart.get(tag("r:id")) or "")
            root = self._package.root(link.target) if link else None
            if root is not None:
                append_chart(self.builder, root)

    def _paragraph(self, element: etree._Element) -> None:
        text, hidden = _words(element)
        self.builder.hidden(hidden)
        style = self._style(element)
        if not text.strip() or style.name.lower().startswith("toc "):
            return
        level = self._heading_level(element)
        label = self._label(element, style)
        if style.name == "Title":
            self.title = self.title or text
            self.builder.heading(text, 1)
        elif level:
            # Under a title every heading is one level deeper than its style says.
            named = f"{label[0]} {text}" if label and label[0] != "-" else text
            self.builder.heading(named, level + bool(self.title))
        elif label is not None:
            self.builder.list_item(f"{label[0]} {text}", label[1] + 1)
        elif not self._has_headings and _is_bold_line(element, text):
            self.builder.heading(text, 2)
        else:
            self.builder.paragraph(text)

    def _table(self, table: etree._Element) -> None:
        rows = [list(_cells(row)) for row in table.iter(_ROW) if next(row.iterancestors(_TBL)) is table]
        if not _is_frame(table, rows):
            self.builder.table(list(self._rows(rows)))
            return
        for cell in (cell for row in rows for cell in row):
            for element in _body(cell):
                self._read(element)

    def _rows(self, rows: list[list[etree._Element]]) -> Iterator[list[str]]:
        """Yield the texts of the rows; a cell merged down is written in each."""
        above: list[str] = []
        for cells in rows:
            row = cells[0].getparent() if cells else None
            texts = [""] * min(number(row, "w:trPr/w:gridBefore"), 50)
            for cell in cells:
                text, span = self._cell(cell), max(number(cell, "w:tcPr/w:gridSpan", 1), 1)
                merged = find(cell, "w:tcPr/w:vMerge")
                if merged is not None and value(merged) != "restart":
                    text = above[len(texts)] if len(texts) < len(above) else ""
                texts += [text] if len(cells) == 1 else spread(text, span)
            above = texts
            yield texts

    def _cell(self, cell: etree._Element) -> str:
        lines = []
        for paragraph in cell.iter(_P):
            text, hidden = _words(paragraph)
            self.builder.hidden(hidden)
            label = self._label(paragraph, self._style(paragraph))
            lines.append(f"{label[0]} {text}" if label and text.strip() else text)
        return "\n".join(lines)

    def _style(self, element: etree._Element) -> Style:
        return self._styles.get(value(element, "w:pPr/w:pStyle"), Style())

    def _heading_level(self, element: etree._Element) -> int:
        outline = number(element, "w:pPr/w:outlineLvl", BODY_LEVEL)
        return outline + 1 if outline < BODY_LEVEL else self._style(element).level

    def _label(self, element: etree._Element, style: Style) -> tuple[str, int] | None:
        """Count a list item; return its marker and depth, None for any other paragraph."""
        own = find(element, "w:pPr/w:numPr")
        list_id = value(own, "w:numId") or style.list_id
        if list_id and list_id != "0":
            depth = number(own, "w:ilvl", style.depth)
            return self._numbering.label(list_id, depth), depth
        is_list = style.name.startswith("List") and style.name != "List Paragraph" and list_id != "0"
        return ("-", 0) if is_list else None


def _is_frame(table: etree._Element, rows: list[list[etree._Element]]) -> bool:
    """Whether a table only places what is in it: one cell, or parts of a page with their own tables."""
    if sum(len(row) for row in rows) <= 1:
        return True
    if find(table, ".//w:tc//w:tbl") is None:
        return False
    longest = max(sum(len(text.text or "") for text in cell.iter(_TEXT)) for row in rows for cell in row)
    return longest > MAX_RICH_CELL or sum(len(row) > 1 for row in rows) < 2


def _words(element: etree._Element) -> tuple[str, str]:
    """Return a paragraph as it reads with all changes accepted, and what in it is hidden."""
    seen: list[str] = []
    hidden: list[str] = []
    last: etree._Element | None = None
    for below in element.iter(*_PIECES):
        above = {ancestor.tag: ancestor for ancestor in reversed(list(below.iterancestors()))}
        if above.keys() & _SKIPPED or (below.tag != _MATH and _MATH in above):
            continue
        run = above.get(_RUN)
        taken = hidden if run is not None and _is_hidden(run, above) else seen
        taken += (_between(last, below) if seen else "", _piece(below, run, above.get(_SDT)))
        last = below
    return "".join(seen), "".join(hidden)


def _between(last: etree._Element | None, following: etree._Element) -> str:
    """Return what parts two pieces: paragraphs of a text box, and formulas, do not run together."""
    if last is None:
        return ""
    if next(last.iterancestors(_P), None) is not next(following.iterancestors(_P), None):
        return "\n"
    return " " if last.tag == _MATH == following.tag else ""


def _piece(below: etree._Element, run: etree._Element | None, control: etree._Element | None) -> str:
    ticked = find(control, "w:sdtPr/w14:checkbox/w14:checked") if control is not None else None
    if ticked is not None:  # its sign is anybody's choice and may look crossed out
        return "[x]" if value(ticked) in ("1", "true") else "[ ]"
    if below.tag == _TEXT:
        return below.text or ""
    if below.tag == _MATH:
        return linear(below)
    if run is None:
        return ""
    return {_BREAK: "\n", _HYPHEN: "-"}.get(str(below.tag), " ")


def _is_hidden(run: etree._Element, above: dict[str, etree._Element]) -> bool:
    """Whether no reader sees a run; white text in tables and boxes stands on their colour."""
    looks = find(run, "w:rPr")
    if looks is None:
        return False
    vanish = find(looks, "w:vanish")
    if vanish is not None and value(vanish) not in ("0", "false"):
        return True
    if number(looks, "w:sz", MIN_SIZE) < MIN_SIZE:
        return True
    is_white = value(looks, "w:color").lower() in _WHITE and not value(looks, "w:highlight")
    on_colour = any(
        find(part, path) is not None for part, path in ((looks, "w:shd"), (above[_P], "w:pPr/w:shd"))
    )
    return is_white and not on_colour and not (above.keys() & _BOXES)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    """Yield the cells of a row, also those inside content controls."""
    for element in row.iterchildren():
        if element.tag == _CELL:
            yield element
        elif element.tag == _SDT:
            content = find(element, "w:sdtContent")
            yield from _cells(content) if content is not None else ()


def _is_bold_line(element: etree._Element, text: str) -> bool:
    if len(text) > MAX_BOLD_HEADING or text.rstrip().endswith((".", ",", ";", ":", "!")):
        return False
    runs = [run for run in element.iter(_RUN) if "".join(text.text or "" for text in run.iter(_TEXT)).strip()]
    marks = [find(run, "w:rPr/w:b") for run in runs]
    return bool(marks) and all(mark is not None and value(mark) not in ("0", "false") for mark in marks)
