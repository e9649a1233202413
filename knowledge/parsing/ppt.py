"""Old PowerPoint: from a .ppt file ([MS-PPT]) to blocks, a page for each slide.

Texts lie in an outline, slide by slide, and in the boxes drawn on the slides, which may point
back into the outline. A table is a group of boxes; where they stand tells rows and columns.
"""

import struct
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.compound import Compound, NotCompound
from knowledge.parsing.spans import Cell, lay

_DOCUMENT, _SLIDE, _LIST, _PERSIST, _DIRECTORY = 1000, 1006, 4080, 1011, 6002
_HEADER, _WIDE, _NARROW, _POINTER = 3999, 4000, 4008, 3998
_GROUP, _SHAPE, _PLACE, _WORDS = 0xF003, 0xF004, 0xF00F, 0xF00D
_PROPERTIES = (0xF00B, 0xF121, 0xF122)
_TABLE_PROPERTY = 0x039F
_TITLES = (0, 6)
MAX_DEPTH = 30
MAX_CELLS = 10_000
_DAMAGED = (
    "This presentation is damaged and cannot be read. Open it, save it as .pptx and upload the new copy."
)


class _Record(NamedTuple):
    kind: int
    instance: int
    is_container: bool
    body: bytes


class _Text(NamedTuple):
    """What a box says; a table has rows and no text of its own."""

    kind: int
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


class _Box(NamedTuple):
    """A cell of a table, and where it is drawn."""

    left: int
    top: int
    right: int
    bottom: int
    text: str


def parse_ppt(path: Path) -> ParsedDocument:
    """Parse a presentation of PowerPoint 97 to 2003."""
    try:
        container = Compound(path.read_bytes())
        if container.stream("EncryptedSummary") is not None:
            raise ParsingError(
                "This file is protected by a password. Save it without a password and upload it again."
            )
        data = container.stream("PowerPoint Document") or b""
        builder = DocumentBuilder()
        count = 0
        for count, texts in enumerate(_slides(data), start=1):
            builder.page = count
            builder.close_headings()
            _append(builder, texts)
    except (NotCompound, struct.error, IndexError) as error:
        raise ParsingError(_DAMAGED) from error
    return builder.finish(pages=count)


def _append(builder: DocumentBuilder, texts: list[_Text]) -> None:
    for text in sorted(texts, key=lambda text: text.kind not in _TITLES):
        lines = [line for line in text.text.replace("\x0b", "\n").split("\r") if line.strip()]
        if text.rows:
            builder.table(text.rows)
        elif text.kind in _TITLES:
            builder.heading(" ".join(lines), 1)
        elif len(lines) > 1:
            for line in lines:
                builder.list_item(f"- {line}")
        else:
            builder.paragraph("".join(lines))


def _slides(data: bytes) -> Iterator[list[_Text]]:
    """Yield the texts of each slide in the order in which they are shown."""
    offsets: dict[int, int] = {}
    top = list(_records(data))
    for record in top:
        if record.kind == _DIRECTORY:
            offsets |= _directory(record.body)
    for reference, outline in _outline(top):
        offset = offsets.get(reference, len(data))
        slide = next(_records(data[offset:]), None)
        drawn = list(_texts(slide.body, outline, 0)) if slide and slide.kind == _SLIDE else []
        yield drawn or outline


def _directory(body: bytes) -> dict[int, int]:
    offsets: dict[int, int] = {}
    at = 0
    while at + 4 <= len(body):
        head = struct.unpack_from("<I", body, at)[0]
        first, count = head & 0xFFFFF, head >> 20
        for index, offset in enumerate(struct.unpack_from(f"<{count}I", body, at + 4)):
            offsets[first + index] = offset
        at += 4 + 4 * count
    return offsets


def _outline(top: list[_Record]) -> Iterator[tuple[int, list[_Text]]]:
    """Yield for each slide its number in the directory and its texts in the outline."""
    for document in top:
        for record in _records(document.body) if document.kind == _DOCUMENT else ():
            if record.kind != _LIST or record.instance != 0:
                continue
            group: list[_Record] = []
            reference = None
            for part in _records(record.body):
                if part.kind == _PERSIST:
                    if reference is not None:
                        yield reference, _joined(group)
                    reference, group = struct.unpack_from("<I", part.body)[0], []
                else:
                    group.append(part)
            if reference is not None:
                yield reference, _joined(group)


def _joined(records: list[_Record]) -> list[_Text]:
    """Return texts, each with the kind that the header before it tells."""
    texts: list[_Text] = []
    kind = -1
    for record in records:
        if record.kind == _HEADER:
            kind = struct.unpack_from("<I", record.body)[0]
        elif record.kind in (_WIDE, _NARROW):
            encoding = "utf-16-le" if record.kind == _WIDE else "latin-1"
            texts.append(_Text(kind, record.body.decode(encoding, errors="replace")))
    return texts


def _texts(data: bytes, outline: list[_Text], depth: int) -> Iterator[_Text]:
    records = list(_records(data))
    yield from _joined(records)
    for record in records:
        if record.kind == _POINTER:
            index = struct.unpack_from("<I", record.body)[0]
            if index < len(outline):
                yield outline[index]
        elif record.kind == _GROUP and _is_table(record.body):
            yield _Text(-1, "", tuple(_rows(record.body, outline, depth + 1)))
        elif record.is_container and depth < MAX_DEPTH:
            yield from _texts(record.body, outline, depth + 1)


def _is_table(group: bytes) -> bool:
    """Whether the first shape of a group, which stands for the whole, says that it is a table."""
    first = next(_records(group), None)
    for record in _records(first.body) if first and first.kind == _SHAPE else ():
        if record.kind in _PROPERTIES:
            properties = record.body[: min(record.instance, len(record.body) // 6) * 6]
            for name, number in struct.iter_unpack("<HI", properties):
                if name & 0x3FFF == _TABLE_PROPERTY and number & 1:
                    return True
    return False


def _rows(group: bytes, outline: list[_Text], depth: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table; a cell reaches over the places where others begin."""
    shapes = [record for record in _records(group) if record.kind == _SHAPE][:MAX_CELLS]
    boxes = [box for shape in shapes for box in _box(shape.body, outline, depth)]
    lefts, tops = sorted({box.left for box in boxes}), sorted({box.top for box in boxes})
    rows = defaultdict(list)
    for box in sorted(boxes):
        right = bisect_left(lefts, box.right) - bisect_left(lefts, box.left)
        down = bisect_left(tops, box.bottom) - bisect_left(tops, box.top)
        rows[box.top].append(Cell(box.text, max(right, 1), max(down, 1)))
    yield from map(tuple, lay(rows[top] for top in tops))


def _box(shape: bytes, outline: list[_Text], depth: int) -> Iterator[_Box]:
    """Yield a cell of a table: a shape that may hold text, unlike the lines drawn between them."""
    parts = {record.kind: record.body for record in _records(shape)}
    if _WORDS in parts and len(parts.get(_PLACE, b"")) >= 16:
        text = "\n".join(found.text for found in _texts(parts[_WORDS], outline, depth + 1))
        left, top, right, bottom = struct.unpack_from("<4i", parts[_PLACE])
        yield _Box(left, top, right, bottom, text.replace("\r", "\n").replace("\x0b", "\n"))


def _records(data: bytes) -> Iterator[_Record]:
    at = 0
    while at + 8 <= len(data):
        head, kind, size = struct.unpack_from("<2HI", data, at)
        yield _Record(kind, head >> 4, head & 0xF == 0xF, data[at + 8 : at + 8 + size])
        at += 8 + size
