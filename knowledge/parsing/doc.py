"""Old Word: from a .doc file ([MS-DOC]) to blocks.

The text lies in pieces, the looks of paragraphs in pages of their own. We take the text, the
headings (their styles are numbered 1 to 9 in every file) and the rows of tables.
"""

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.compound import Compound, NotCompound

_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_TEXT_LENGTH, _PIECES_PLACE, _LOOKS_PLACE = 0x4C, 0x1A2, 0x102
_PAGE = 512
_END_OF_ROW = b"\x17\x24\x01"  # sprmPFTtp, set
_IN_LIST = b"\x0b\x46"  # sprmPIlfo
_MARKS = re.compile("[\r\x07\x0c]")
# A field: its code, what it shows, its end. Objects and footnote marks are single characters.
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))")
_SIGNS = re.compile("[\x01-\x06\x08\x0e-\x12\x14-\x1d]")
_DAMAGED = "This Word file is damaged and cannot be read. Open it, save it as .docx and upload the new copy."


class _Piece(NamedTuple):
    start: int
    end: int
    place: int
    width: int


class _Look(NamedTuple):
    style: int
    ends_row: bool
    is_listed: bool


def parse_doc(path: Path) -> ParsedDocument:
    """Parse a document of Word 97 to 2003."""
    try:
        container = Compound(path.read_bytes())
        main = container.stream("WordDocument") or b""
        flags = struct.unpack_from("<H", main, 0x0A)[0]
        if flags & _ENCRYPTED:
            raise ParsingError(
                "This file is protected by a password. Save it without a password and upload it again."
            )
        table = container.stream("1Table" if flags & _SECOND_TABLE else "0Table") or b""
        builder = DocumentBuilder()
        _append(builder, list(_paragraphs(main, table)))
    except (NotCompound, struct.error, IndexError, UnicodeDecodeError) as error:
        raise ParsingError(_DAMAGED) from error
    return builder.finish()


def _append(builder: DocumentBuilder, paragraphs: list[tuple[str, str, _Look]]) -> None:
    """Append paragraphs; cells end with a mark of their own and are gathered into rows."""
    rows: list[list[str]] = []
    row: list[str] = []
    cell: list[str] = []
    for text, mark, look in paragraphs:
        is_cell = mark == "\x07"
        if is_cell and look.ends_row:
            rows.append(row)
            row, cell = [], []
        elif is_cell:
            row.append("\n".join([*cell, text]))
            cell = []
        elif row or (rows and cell):
            cell.append(text)
        else:
            builder.table(rows)
            rows = []
            _append_one(builder, text, look)
    builder.table([*rows, row] if row else rows)


def _append_one(builder: DocumentBuilder, text: str, look: _Look) -> None:
    if 1 <= look.style <= 9:
        builder.heading(text, look.style)
    elif look.is_listed:
        builder.list_item(f"- {text}" if text.strip() else "")
    else:
        builder.paragraph(text)


def _paragraphs(main: bytes, table: bytes) -> Iterator[tuple[str, str, _Look]]:
    """Yield each paragraph's text, the mark that ends it, and its look."""
    pieces = list(_pieces(main, table))
    limit = struct.unpack_from("<I", main, _TEXT_LENGTH)[0]
    text = "".join(_text(main, piece) for piece in pieces)[:limit]
    starts, looks = _looks(main, table)
    begin = 0
    for found in _MARKS.finditer(text):
        place = bisect_right(starts, _place(pieces, found.start())) - 1
        look = looks[place] if 0 <= place < len(looks) else _Look(0, False, False)
        yield _shown(text[begin : found.start()]), found.group(), look
        begin = found.end()
    yield _shown(text[begin:]), "\r", _Look(0, False, False)


def _shown(text: str) -> str:
    """Return a paragraph as it is printed: what fields show, not what they compute."""
    while (without := _FIELD_CODE.sub("", text)) != text:
        text = without
    return _SIGNS.sub("", text.replace("\x0b", "\n").replace("\x1e", "-").replace("\xa0", " "))


def _pieces(main: bytes, table: bytes) -> Iterator[_Piece]:
    place, size = struct.unpack_from("<2I", main, _PIECES_PLACE)
    data = table[place : place + size]
    at = 0
    while at < len(data) and data[at] == 1:  # changes made while saving fast
        at += 3 + struct.unpack_from("<H", data, at + 1)[0]
    count = (struct.unpack_from("<I", data, at + 1)[0] - 4) // 12
    at += 5
    bounds = struct.unpack_from(f"<{count + 1}I", data, at)
    for index in range(count):
        where = struct.unpack_from("<I", data, at + 4 * (count + 1) + 8 * index + 2)[0]
        is_narrow = bool(where & 0x40000000)
        where &= 0x3FFFFFFF
        yield _Piece(
            bounds[index], bounds[index + 1], where // 2 if is_narrow else where, 1 if is_narrow else 2
        )


def _text(main: bytes, piece: _Piece) -> str:
    data = main[piece.place : piece.place + (piece.end - piece.start) * piece.width]
    return data.decode("cp1252" if piece.width == 1 else "utf-16-le", errors="replace")


def _place(pieces: list[_Piece], position: int) -> int:
    """Return where in the file the character at ``position`` is kept."""
    index = max(bisect_right(pieces, position, key=lambda piece: piece.start) - 1, 0)
    return pieces[index].place + (position - pieces[index].start) * pieces[index].width


def _looks(main: bytes, table: bytes) -> tuple[list[int], list[_Look]]:
    """Return where paragraphs begin in the file, and the look of each."""
    place, size = struct.unpack_from("<2I", main, _LOOKS_PLACE)
    count = max((size - 4) // 8, 0)
    starts: list[int] = []
    looks: list[_Look] = []
    for index in range(count):
        number = struct.unpack_from("<I", table, place + 4 * (count + 1) + 4 * index)[0]
        page = main[number * _PAGE : (number + 1) * _PAGE]
        runs = page[-1] if len(page) == _PAGE else 0
        starts += struct.unpack_from(f"<{runs}I", page, 0) if runs else ()
        looks += [_look(page, page[4 * (runs + 1) + 13 * run] * 2) for run in range(runs)]
    return starts, looks


def _look(page: bytes, at: int) -> _Look:
    if not at:
        return _Look(0, False, False)
    words = page[at]
    begin, size = (at + 1, 2 * words - 1) if words else (at + 2, 2 * page[at + 1])
    changes = page[begin + 2 : begin + size]
    return _Look(struct.unpack_from("<H", page, begin)[0], _END_OF_ROW in changes, _IN_LIST in changes)
