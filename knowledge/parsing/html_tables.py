"""HTML tables: from a table element to rows that read alone, and which tables hold data at all.

Half the tables of the old web lay out a page. A table that holds data has short cells; what
stands inside them, be it a list, code or a small table, is written into the cell, so that its
row stays whole.
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from knowledge.parsing.spans import MAX_RICH_CELL, MAX_SPAN, Cell, lay

_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary table tbody td "
    "tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCK_TAGS.split())
# Tables in tables are looked through again and again, so they have to be small.
MAX_NESTING_TABLE = 20_000
MAX_NUMBERED = 100
MAX_ALTERNATIVE = 300
_WHITE = re.compile(r"\s+")
_UNSEEN = frozenset(("0", "1"))
# "IMG_2041", "image1.png", "logo": names of files and of decoration, which say nothing.
_NOTHING_SAID = re.compile(
    r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)|"
    r"(?:(?:img|dsc|image|photo|picture|screenshot|icon|logo|spacer)[\W\d_]*)+",
    re.IGNORECASE,
)


def words(element: HtmlElement) -> str:
    """Return all words below ``element``, a line break wherever a block or ``<br>`` stands."""
    parts: list[str] = []
    for event, below in etree.iterwalk(element, events=("start", "end")):
        if below.tag in BLOCKS or (below.tag == "br" and event == "start"):
            parts.append("\n")
        if event == "start":
            parts += (_number(below), alternative(below), spaced(below.text))
        elif below is not element:
            parts.append(spaced(below.tail))
    return "".join(parts).strip()


def spaced(text: str | None) -> str:
    """Return ``text`` with every run of white space as one space."""
    return _WHITE.sub(" ", text) if text else ""


def alternative(element: HtmlElement) -> str:
    """Return what stands for a picture: "press the gear button" needs the word on the picture."""
    if element.tag != "img" or {element.get("width"), element.get("height")} & _UNSEEN:
        return ""
    text = spaced(element.get("alt")).strip()
    figure = next(element.iterancestors("figure"), None)
    has_caption = figure is not None and figure.find(".//figcaption") is not None
    is_said = text and len(text) <= MAX_ALTERNATIVE and not _NOTHING_SAID.fullmatch(text)
    return f" {text} " if is_said and not has_caption else ""


def is_data(table: HtmlElement) -> bool:
    """Whether a table holds data; those that lay out a page hold one cell, or whole parts of it."""
    if table.get("role") in ("presentation", "none"):
        return False
    is_nesting = table.find(".//table") is not None
    if is_nesting and len(spaced(table.text_content())) > MAX_NESTING_TABLE:
        return False
    is_rich = is_nesting or any(table.find(f".//{name}") is not None for name in ("h1", "h2", "pre"))
    cells = [cell for row in _own_rows(table) for cell in _own_cells(row)]
    if is_rich:
        lengths = (len(spaced(cell.text_content())) for cell in cells)
        return _is_grid(table) and all(length <= MAX_RICH_CELL for length in lengths)
    return len(cells) > 1


def rows_of(table: HtmlElement) -> Iterator[list[str]]:
    """Yield the rows of a table, spans laid out."""
    return lay(
        [Cell(words(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in _own_cells(row)]
        for row in _own_rows(table)
    )


def _is_grid(table: HtmlElement) -> bool:
    """Whether two rows or more have two cells or more, and headings stand in the first row only."""
    rows = list(_own_rows(table))
    headed = [row for row in rows[1:] if any(row.find(f".//{name}") is not None for name in ("h1", "h2"))]
    return not headed and sum(len(list(_own_cells(row))) > 1 for row in rows) > 1


def _own_rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the rows of ``table`` itself, none of a table inside it."""
    return (row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table)


def _own_cells(row: HtmlElement) -> Iterator[HtmlElement]:
    return (cell for cell in row if cell.tag in ("td", "th"))


def _number(item: HtmlElement) -> str:
    """Return the number that a browser writes before an item of a list in a cell."""
    parent = item.getparent()
    if item.tag != "li" or parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start") or "1"
    first = int(start) if start.isdecimal() else 1
    before = sum(1 for _ in islice(item.itersiblings("li", preceding=True), MAX_NUMBERED))
    return f"{first + before}. " if before < MAX_NUMBERED else ""


def _span(cell: HtmlElement, name: str) -> int:
    span = cell.get(name) or "1"
    return min(int(span), MAX_SPAN) if span.isdecimal() and int(span) else 1
