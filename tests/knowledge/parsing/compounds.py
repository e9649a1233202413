"""Small files of old Office and Outlook for tests: what Word, PowerPoint and Outlook need, and no more."""

import struct
from collections.abc import Sequence
from pathlib import Path

SECTOR, SMALL, CUTOFF = 512, 64, 4_096
END, FREE, TABLE_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
ENTRIES_A_SECTOR = SECTOR // 128
Box = tuple[int, int, int, int, str]


def compound(path: Path, streams: dict[str, bytes]) -> Path:
    """Write streams into a compound file, small ones into the stream for small ones."""
    small, small_table, places = _small(streams)
    large = [data for data in streams.values() if len(data) >= CUTOFF]
    folder_size = -(-(len(streams) + 1) // ENTRIES_A_SECTOR) * SECTOR
    table, body = [TABLE_SECTOR], b""
    starts: list[int] = []
    for data in (*large, small, small_table, bytes(folder_size)):
        count = -(-len(data) // SECTOR)
        starts.append(len(table) if count else END)
        table += [*range(len(table) + 1, len(table) + count), END] if count else []
        body += data.ljust(count * SECTOR, b"\0")
    first_of_large = iter(starts)
    entries = [_entry("Root Entry", 5, (FREE, 1), (starts[-3], len(small)))]
    for number, (name, data) in enumerate(streams.items(), start=1):
        first = places[name] if name in places else next(first_of_large)
        following = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, 2, (following, FREE), (first, len(data))))
    folder = b"".join(entries).ljust(folder_size, b"\0")
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    assert len(allocation) == SECTOR, "one sector of the table is all we write"
    head = _head(first_folder=starts[-1], first_small=starts[-2])
    path.write_bytes(head + allocation + body[: len(body) - folder_size] + folder)
    return path


def _small(streams: dict[str, bytes]) -> tuple[bytes, bytes, dict[str, int]]:
    """Return the small streams one after the other, their table, and where each begins."""
    table: list[int] = []
    places: dict[str, int] = {}
    packed = b""
    for name, data in streams.items():
        if len(data) < CUTOFF:
            places[name] = len(table)
            count = max(-(-len(data) // SMALL), 1)
            table += [*range(len(table) + 1, len(table) + count), END]
            packed += data.ljust(count * SMALL, b"\0")
    return packed, struct.pack(f"<{len(table)}I", *table), places


def _head(first_folder: int, first_small: int) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, first_folder, 0, CUTOFF, first_small, 1, END, 0)
    return head + struct.pack("<I", 0) + b"\xff" * (4 * 108)


def _entry(name: str, kind: int, family: tuple[int, int], place: tuple[int, int]) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    following, child = family
    links = struct.pack("<3I", FREE, following, child)
    return (
        written.ljust(64, b"\0") + struct.pack("<H2B", len(written), kind, 1) + links + bytes(36)
    ) + struct.pack("<3I", *place, 0)


def message(path: Path, subject: str, body: str) -> Path:
    """Write a message as Outlook saves it."""
    texts = {"0037": subject, "0C1A": "Ada", "1000": body}
    return compound(
        path, {f"__substg1.0_{number}001F": text.encode("utf-16-le") for number, text in texts.items()}
    )


def letter(path: Path, heading: str, paragraph: str) -> Path:
    """Write a Word document of a heading and a paragraph."""
    text = f"{heading}\r{paragraph}\r"
    begin = 1_024
    bounds = (begin, begin + 2 * (len(heading) + 1), begin + 2 * len(text))
    looks = bytearray(512)
    struct.pack_into("<3I", looks, 0, *bounds)
    for run, style in enumerate((1, 0)):
        at = 480 + 8 * run
        looks[12 + 13 * run] = at // 2
        struct.pack_into("<BH", looks, at, 2, style)
    looks[-1] = 2
    main = bytearray(begin)
    struct.pack_into("<I", main, 0x4C, len(text))
    pieces = struct.pack("<2I", 0, len(text)) + struct.pack("<HIH", 0, begin, 0)
    pieces = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    page = struct.pack("<3I", bounds[0], bounds[-1], (begin + CUTOFF) // 512)
    struct.pack_into("<2I", main, 0x1A2, 0, len(pieces))
    struct.pack_into("<2I", main, 0x102, len(pieces), len(page))
    stream = bytes(main) + text.encode("utf-16-le").ljust(CUTOFF, b"\0") + bytes(looks)
    return compound(path, {"WordDocument": stream, "0Table": pieces + page})


def slide(path: Path, title: str, boxes: Sequence[Box]) -> Path:
    """Write a presentation of one slide: its title, and a table of boxes (left, top, right, bottom, text)."""
    heading = _record(0xF004, _record(0xF00D, _words(title, kind=0)))
    mark = _record(0xF004, _record(0xF122, struct.pack("<HI", 0x039F, 1), instance=1, is_leaf=True))
    cells = b"".join(
        _record(
            0xF004,
            _record(0xF00F, struct.pack("<4i", *place), is_leaf=True) + _record(0xF00D, _words(text)),
        )
        for *place, text in boxes
    )
    border = _record(0xF004, _record(0xF00F, struct.pack("<4i", 5, 5, 5, 9), is_leaf=True))
    shown = _record(1006, _record(0xF003, heading + _record(0xF003, mark + cells + border)))
    listed = _record(4080, _record(1011, struct.pack("<I", 1), is_leaf=True))
    document = _record(1000, listed)
    places = _record(6002, struct.pack("<2I", 1 | 1 << 20, len(document)), is_leaf=True)
    return compound(path, {"PowerPoint Document": document + shown + places})


def _words(text: str, kind: int = 4) -> bytes:
    head = _record(3999, struct.pack("<I", kind), is_leaf=True)
    return head + _record(4000, text.encode("utf-16-le"), is_leaf=True)


def _record(kind: int, body: bytes, instance: int = 0, is_leaf: bool = False) -> bytes:
    return struct.pack("<2HI", instance << 4 | (0 if is_leaf else 0xF), kind, len(body)) + body
