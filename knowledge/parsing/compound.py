"""Compound files: the container of old Word, PowerPoint and Outlook files, from bytes to its streams.

A small file system of its own ([MS-CFB]): sectors chained by a table, small streams in a
stream of their own. Every chain is bounded by the file's size, so loops end.
"""

import struct
from typing import NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above: no sector
_NONE = 0xFFFFFFFF
_ENTRY = 128
_HEADER_TABLE = 109
_SMALL_SECTOR = 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
MAX_ENTRIES = 100_000


class NotCompound(ValueError):
    """The bytes are no compound file, or too damaged to be read as one."""


class _Entry(NamedTuple):
    name: str
    kind: int
    left: int
    right: int
    child: int
    first: int
    size: int


class Compound:
    """An open compound file; streams are named by their path, lower-cased: "folder/name"."""

    def __init__(self, data: bytes) -> None:
        """Read the tables and the directory."""
        if data[:8] != SIGNATURE or len(data) < 512:
            raise NotCompound("no signature")
        self._data = data
        self._sector = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        first_folder, _, self._cutoff, first_small = struct.unpack_from("<4I", data, 48)
        self._table = self._read_table()
        entries = self._chain(first_folder)
        self._entries = [_entry(entries, at) for at in range(0, len(entries) - _ENTRY + 1, _ENTRY)][
            :MAX_ENTRIES
        ]
        if not self._entries or self._entries[0].kind != _ROOT:
            raise NotCompound("no root")
        small = self._chain(first_small)
        self._small_table = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])
        self._small = self._chain(self._entries[0].first)
        self._streams: dict[str, _Entry] = {}
        self._walk(self._entries[0].child)

    @property
    def names(self) -> list[str]:
        """The paths of all streams."""
        return list(self._streams)

    def stream(self, name: str) -> bytes | None:
        """Return the bytes of a stream, None if there is none of the name."""
        entry = self._streams.get(name.lower())
        if entry is None:
            return None
        if entry.size >= self._cutoff:
            return self._chain(entry.first)[: entry.size]
        return self._small_chain(entry.first)[: entry.size]

    def _read_table(self) -> tuple[int, ...]:
        places = list(struct.unpack_from(f"<{_HEADER_TABLE}I", self._data, 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        seen: set[int] = set()
        while following < _END and following not in seen:
            seen.add(following)
            numbers = self._numbers(self._at(following))
            places += numbers[:-1]
            following = numbers[-1] if numbers else _NONE
        return tuple(number for place in places if place < _END for number in self._numbers(self._at(place)))

    def _numbers(self, sector: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._data[start : start + self._sector]

    def _chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < len(self._table) and len(parts) * self._sector <= len(self._data):
            parts.append(self._at(sector))
            sector = self._table[sector]
        return b"".join(parts)

    def _small_chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < len(self._small_table) and len(parts) * _SMALL_SECTOR <= len(self._small):
            parts.append(self._small[sector * _SMALL_SECTOR : (sector + 1) * _SMALL_SECTOR])
            sector = self._small_table[sector]
        return b"".join(parts)

    def _walk(self, first: int) -> None:
        """Collect the streams; siblings form a tree, children hang below storages."""
        waiting = [(first, "")]
        seen: set[int] = set()
        while waiting:
            place, folder = waiting.pop()
            if place >= len(self._entries) or place in seen:
                continue
            seen.add(place)
            entry = self._entries[place]
            name = folder + entry.name.lower()
            if entry.kind == _STREAM:
                self._streams[name] = entry
            elif entry.kind == _STORAGE:
                waiting.append((entry.child, f"{name}/"))
            waiting += [(entry.left, folder), (entry.right, folder)]


def _entry(data: bytes, at: int) -> _Entry:
    length = max(min(struct.unpack_from("<H", data, at + 64)[0], 64) - 2, 0)
    name = data[at : at + length].decode("utf-16-le", errors="replace")
    left, right, child = struct.unpack_from("<3I", data, at + 68)
    first, size = struct.unpack_from("<2I", data, at + 116)
    return _Entry(name, data[at + 66], left, right, child, first, size)
