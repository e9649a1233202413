"""PowerPoint: from a .pptx file to blocks, a page for each slide, its title as the heading.

Tables, the numbers behind charts, the words of diagrams and the speaker's notes are taken; slides
and shapes that are switched off, and shapes beside the slide, are flagged and left out.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.charts import append_chart
from knowledge.parsing.office import office_file
from knowledge.parsing.ooxml import Link, Package, find, tag, value
from knowledge.parsing.spans import Cell, lay

_SHAPE, _GROUP, _FRAME, _ALTERNATIVES = (
    tag(name) for name in ("p:sp", "p:grpSp", "p:graphicFrame", "mc:AlternateContent")
)
_PARAGRAPH, _TEXT, _BREAK, _CHART = tag("a:p"), tag("a:t"), tag("a:br"), tag("c:chart")
_TITLES = ("title", "ctrTitle")
# Page numbers, dates and footers stand on every slide.
_RUNNING = ("sldNum", "ftr", "dt", "hdr", "sldImg")
_BODY = ("body", "obj", "")
# Hundredths of a point.
MIN_SIZE = 200
Place = tuple[int, int]


def parse_pptx(path: Path) -> ParsedDocument:
    """Parse a PowerPoint presentation."""
    with office_file(path), Package(path) as package:
        reader = _Reader(package)
        count = 0
        for count, link in enumerate(reader.slides(), start=1):
            reader.read(link, count)
        return reader.builder.finish(package.title(), pages=count)


class _Reader:
    """Appends slides; knows how large they are."""

    def __init__(self, package: Package) -> None:
        self.builder = DocumentBuilder()
        self._package = package
        self._links: dict[str, Link] = {}
        self._main = package.main()
        root = package.root(self._main)
        self._root = root if root is not None else etree.Element("empty")
        self._size = _pair(find(self._root, "p:sldSz"), "cx", "cy")

    def slides(self) -> Iterator[Link]:
        """Yield the slides in the order in which they are shown."""
        links = self._package.links(self._main)
        for slide in self._root.iterfind(f"{tag('p:sldIdLst')}/{tag('p:sldId')}"):
            link = links.get(slide.get(tag("r:id")) or "")
            if link is not None:
                yield link

    def read(self, link: Link, page: int) -> None:
        """Append one slide with its notes."""
        root = self._package.root(link.target)
        if root is None:
            return
        self.builder.page = page
        self.builder.close_headings()
        if root.get("show") in ("0", "false"):
            self.builder.hidden(_all_words(root))
            return
        self._links = self._package.links(link.target)
        shapes = list(_shapes(find(root, "p:cSld/p:spTree")))
        for shape in sorted(shapes, key=lambda shape: _role(shape) not in _TITLES):
            self._shape(shape)
        for notes in self._package.linked(link.target, "notesSlide"):
            for shape in _shapes(find(notes, "p:cSld/p:spTree")):
                if _role(shape) == "body":
                    self.builder.paragraph(_all_words(shape))

    def _shape(self, shape: etree._Element) -> None:
        if _is_off(shape) or self._is_outside(shape):
            self.builder.hidden(_all_words(shape))
        elif shape.tag == _FRAME:
            self._frame(shape)
        elif _role(shape) in _TITLES:
            self.builder.heading(_all_words(shape), 1)
        elif _role(shape) not in _RUNNING:
            self._text(shape)

    def _frame(self, frame: etree._Element) -> None:
        for table in frame.iter(tag("a:tbl")):
            self.builder.table(list(_rows(table)))
        for chart in frame.iter(_CHART):
            link = self._links.get(chart.get(tag("r:id")) or "")
            root = self._package.root(link.target) if link else None
            if root is not None:
                append_chart(self.builder, root)
        for diagram in frame.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"):
            link = self._links.get(diagram.get(tag("r:dm")) or "")
            root = self._package.root(link.target) if link else None
            for paragraph in root.iter(_PARAGRAPH) if root is not None else ():
                self.builder.list_item(_words(paragraph))

    def _text(self, shape: etree._Element) -> None:
        paragraphs = [part for part in shape.iter(_PARAGRAPH) if _words(part).strip()]
        is_list = _role(shape) in _BODY and len(paragraphs) > 1
        counts: dict[int, int] = {}
        for paragraph in paragraphs:
            depth = int(value(paragraph, "a:pPr", "lvl") or 0)
            marker = _marker(paragraph, is_list)
            counts = {place: count for place, count in counts.items() if place <= depth}
            counts[depth] = counts.get(depth, 0) + 1 if marker == "1." else 0
            if _is_tiny(paragraph):
                self.builder.hidden(_words(paragraph))
            elif marker:
                number = f"{counts[depth]}." if marker == "1." else marker
                self.builder.list_item(f"{number} {_words(paragraph)}", depth + 1)
            else:
                self.builder.paragraph(_words(paragraph))

    def _is_outside(self, shape: etree._Element) -> bool:
        where = find(shape, "p:spPr/a:xfrm")
        if where is None or next(shape.iterancestors()).tag == _GROUP or not all(self._size):
            return False
        left, top = _pair(find(where, "a:off"), "x", "y")
        width, height = _pair(find(where, "a:ext"), "cx", "cy")
        return left >= self._size[0] or top >= self._size[1] or left + width < 0 or top + height < 0


def _shapes(tree: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the shapes, those in groups and the preferred ones of alternatives too."""
    for element in tree if tree is not None else ():
        if element.tag == _GROUP:
            yield from _shapes(element)
        elif element.tag == _ALTERNATIVES:
            yield from _shapes(element[0] if len(element) else None)
        elif element.tag in (_SHAPE, _FRAME):
            yield element


def _role(shape: etree._Element) -> str:
    """Return what a placeholder is for, "none" for any other shape."""
    placeholder = find(shape, "p:nvSpPr/p:nvPr/p:ph")
    return (placeholder.get("type") or "") if placeholder is not None else "none"


def _is_off(shape: etree._Element) -> bool:
    properties = find(shape, "*/p:cNvPr")
    return properties is not None and properties.get("hidden") in ("1", "true")


def _is_tiny(paragraph: etree._Element) -> bool:
    sizes = [run.get("sz") or "" for run in paragraph.iter(tag("a:rPr"))]
    return bool(sizes) and all(size.isdecimal() and int(size) < MIN_SIZE for size in sizes)


def _marker(paragraph: etree._Element, is_list: bool) -> str:
    if find(paragraph, "a:pPr/a:buAutoNum") is not None:
        return "1."
    if find(paragraph, "a:pPr/a:buNone") is not None:
        return ""
    return "-" if is_list or find(paragraph, "a:pPr/a:buChar") is not None else ""


def _rows(table: etree._Element) -> Iterator[list[str]]:
    def cells(row: etree._Element) -> Iterator[Cell]:
        for cell in row.iter(tag("a:tc")):
            if not {cell.get("hMerge"), cell.get("vMerge")} & {"1", "true"}:
                yield Cell(_all_words(cell), *(int(cell.get(name) or 1) for name in ("gridSpan", "rowSpan")))

    return lay(list(cells(row)) for row in table.iter(tag("a:tr")))


def _words(paragraph: etree._Element) -> str:
    return "".join("\n" if part.tag == _BREAK else part.text or "" for part in paragraph.iter(_TEXT, _BREAK))


def _all_words(element: etree._Element) -> str:
    return "\n".join(_words(paragraph) for paragraph in element.iter(_PARAGRAPH))


def _pair(element: etree._Element | None, first: str, second: str) -> Place:
    found = [(element.get(name) if element is not None else None) or "0" for name in (first, second)]
    return tuple(int(text) if text.lstrip("-").isdecimal() else 0 for text in found)  # type: ignore[return-value] # two
