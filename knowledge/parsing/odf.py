"""OpenDocument: from .odt, .ods and .odp files to blocks; one reader, since they share their markup.

Comments and tracked changes are left out; hidden paragraphs and sections are flagged.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.numerals import formatted
from knowledge.parsing.office import office_file
from knowledge.parsing.ooxml import parser
from knowledge.parsing.sheets import append_sheet
from knowledge.parsing.spans import Cell, lay

_NAMESPACES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{place}:1.0"
    for name, place in (
        *(
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("style", "style"),
        ),
        *(("presentation", "presentation"), ("manifest", "manifest")),
    )
}
MAX_REPEATED = 1_000
MAX_ROWS = 100_000
MAX_PART = 150_000_000
MAX_DEPTH = 60
_PASSED_OVER = (
    "tracked-changes",
    "annotation",
    "annotation-end",
    "table-of-content",
    "forms",
    "sequence-decls",
)


# Our own mark on a list item; no name of the format is that short.
_LABEL = "label"
_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


class _Counting(NamedTuple):
    """How a level of a list counts: in which numerals, with what around them, from where."""

    number_format: str
    prefix: str
    suffix: str
    start: int


def parse_odf(path: Path) -> ParsedDocument:
    """Parse an OpenDocument text, sheet or presentation."""
    with office_file(path), ZipFile(path) as archive:
        if b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
            raise ParsingError(
                "This file is protected by a password. Save it without a password and upload it again."
            )
        root = etree.fromstring(_read(archive, "content.xml"), parser())
        styles = _read(archive, "styles.xml")
        reader = _Reader(root, etree.fromstring(styles, parser()) if styles.strip() else None)
        body = root.find("office:body", _NAMESPACES)
        for kind in body if body is not None else ():
            reader.read(kind, 0)
        return reader.builder.finish(_title(archive), pages=reader.builder.page)


def _read(archive: ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(MAX_PART)


def _title(archive: ZipFile) -> str:
    data = _read(archive, "meta.xml")
    root = etree.fromstring(data, parser()) if data else None
    return (root.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "") if root is not None else ""


def _hidden_styles(root: etree._Element) -> frozenset[str]:
    """Return the names of the styles whose text is not shown."""
    return frozenset(
        _get(style, "style:name")
        for style in root.iter(_tag("style:style"))
        for properties in style.iter(_tag("style:text-properties"))
        if _get(properties, "text:display") == "none"
    )


class _Reader:
    """Walks the body; its methods are named after the elements they take."""

    def __init__(self, root: etree._Element, shared: etree._Element | None) -> None:
        self.builder = DocumentBuilder()
        self._hidden_styles = _hidden_styles(root)
        _number_lists(root, _counted(shared) | _counted(root))
        self._title = 0

    def read(self, parent: etree._Element, depth: int) -> None:
        """Append all blocks below ``parent``."""
        for element in parent.iterchildren(etree.Element):
            name = etree.QName(element).localname
            if name not in _PASSED_OVER and depth < MAX_DEPTH:
                self._element(element, name, depth)

    def _element(self, element: etree._Element, name: str, depth: int) -> None:
        if _get(element, "text:display") == "none" or _get(element, "text:style-name") in self._hidden_styles:
            self.builder.hidden(words(element))
            return
        match name:
            case "h":
                level = _get(element, "text:outline-level")
                self.builder.heading(words(element), int(level) if level.isdecimal() else 1)
            case "p":
                self._paragraph(element, depth)
            case "list":
                self._list(element, depth, 1)
            case "table":
                self._table(element)
            case "page":
                self._page(element, depth)
            case _:
                self.read(element, depth + 1)

    def _paragraph(self, element: etree._Element, depth: int) -> None:
        self.builder.paragraph(words(element))
        for box in element.iter(_tag("draw:text-box")):
            self.read(box, depth + 1)

    def _list(self, listing: etree._Element, depth: int, level: int) -> None:
        for item in listing:
            for part in item.iterchildren(etree.Element):
                if part.tag == _tag("text:list") and level < MAX_DEPTH:
                    self._list(part, depth, level + 1)
                elif part.tag == _tag("text:h"):
                    self._element(part, "h", depth)
                else:
                    marker = f"{item.get(_LABEL) or '-'} "
                    self.builder.list_item(marker + words(part) if words(part).strip() else "", level)

    def _page(self, page: etree._Element, depth: int) -> None:
        """Append a slide: its title first, whatever order it was drawn in, its notes last."""
        self.builder.page = (self.builder.page or 0) + 1
        self.builder.close_headings()
        shapes = list(page.iterchildren(etree.Element))
        notes = [shape for shape in shapes if shape.tag == _tag("presentation:notes")]
        for shape in shapes:
            if _get(shape, "presentation:class") == "title":
                self.builder.heading(words(shape, "\n"), 1)
        for shape in shapes:
            if shape not in notes and _get(shape, "presentation:class") not in ("title", "page-number"):
                self.read(shape, depth + 1)
        for note in notes:
            for box in note.iter(_tag("draw:text-box")):
                self.read(box, depth + 1)

    def _table(self, table: etree._Element) -> None:
        rows = list(lay(_rows(table)))
        if etree.QName(table.getparent()).localname == "spreadsheet":
            append_sheet(self.builder, rows, _get(table, "table:name"))
        else:
            self.builder.table(rows)


def _rows(table: etree._Element) -> Iterator[list[Cell]]:
    count = 0
    for row in table.iter(_tag("table:table-row")):
        if next(row.iterancestors(_tag("table:table"))) is not table:
            continue  # of a table in a cell
        cells = [cell for element in row for cell in _cells(element)]
        while cells and not cells[-1].text:
            cells.pop()
        # A sheet ends with a million repetitions of an empty row.
        for _ in range(_number(row, "table:number-rows-repeated") if cells else 1):
            count += 1
            if count > MAX_ROWS:
                raise ParsingError(
                    f"A table has more than {MAX_ROWS:,} rows. Split the file and upload the parts."
                )
            yield cells


def _cells(element: etree._Element) -> Iterator[Cell]:
    if element.tag == _tag("table:table-cell"):
        text = "\n".join(words(part) for part in element.iterchildren(etree.Element))
        cell = Cell(
            text.strip(),
            _number(element, "table:number-columns-spanned"),
            _number(element, "table:number-rows-spanned"),
        )
        yield from [cell] * _number(element, "table:number-columns-repeated")


def words(element: etree._Element, between: str = "") -> str:
    """Return the words of an element; boxes in it are read on their own."""
    name = etree.QName(element).localname
    match name:
        case "s":
            return " " * _number(element, "text:c")
        case "tab":
            return " "
        case "line-break":
            return "\n"
        case "annotation" | "note-citation" | "object" | "tracked-changes":
            return ""
        case "text-box" if not between:
            return ""
    parts = [element.text or ""]
    for child in element.iterchildren(etree.Element):
        is_block = etree.QName(child).localname in ("p", "h", "list-item", "list", "note")
        label = f"{child.get(_LABEL)} " if child.get(_LABEL) else ""
        parts += ["\n" if is_block else "", label, words(child, between), child.tail or ""]
    return "".join(parts)


def _counted(root: etree._Element | None) -> dict[tuple[str, int], _Counting]:
    """Return by list style and depth how lists with numbers count."""
    return {
        (_get(style, "style:name"), _number(level, "text:level")): _Counting(
            _FORMATS.get(_get(level, "style:num-format"), ""),
            _get(level, "style:num-prefix"),
            _get(level, "style:num-suffix"),
            _number(level, "text:start-value"),
        )
        for style in (root.iter(_tag("text:list-style")) if root is not None else ())
        for level in style.iter(_tag("text:list-level-style-number"))
        if _get(level, "style:num-format")
    }


def _number_lists(root: etree._Element, levels: dict[tuple[str, int], _Counting]) -> None:
    """Note at every item of a numbered list the number that it shows."""
    last: dict[tuple[str, int], int] = {}
    for listing in root.iter(_tag("text:list")):
        above = list(listing.iterancestors(_tag("text:list")))
        if above and not _get(listing, "text:style-name"):
            listing.set(_tag("text:style-name"), _get(above[0], "text:style-name"))
        place = (_get(listing, "text:style-name"), len(above) + 1)
        counting = levels.get(place)
        if counting is None:
            continue
        goes_on = _get(listing, "text:continue-numbering") == "true"
        count = last.get(place, counting.start - 1) if goes_on else counting.start - 1
        for item in listing.iterfind("text:list-item", _NAMESPACES):
            if len(item) and item[0].tag != _tag("text:list"):  # else its number stands further down
                count = _number(item, "text:start-value", count + 1)
                written = formatted(count, counting.number_format)
                item.set(_LABEL, f"{counting.prefix}{written}{counting.suffix}")
        last[place] = count


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _get(element: etree._Element, name: str) -> str:
    return str(element.get(_tag(name)) or "")


def _number(element: etree._Element, name: str, default: int = 1) -> int:
    found = _get(element, name)
    return min(max(int(found), 1), MAX_REPEATED) if found.isdecimal() else default
