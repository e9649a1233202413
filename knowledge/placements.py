"""Placements: where edits came to lie, and from a place of the source to one of the edited text and back.

Pure. A version stores its placements, so that its source text and the place of every passage
in it can be told without parsing the file again.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class OverlayKind(StrEnum):
    """What an overlay does at its stretch; the values are those of ``EditKind``."""

    REPLACE = "replace"
    DISABLE = "disable"
    ADD = "add"
    SPLIT = "split"
    MERGE = "merge"


TEXTUAL = frozenset({OverlayKind.REPLACE, OverlayKind.ADD})


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an overlay came to lie: its span of the source and of the edited text, and what stood there."""

    edit: int
    kind: OverlayKind
    start: int
    end: int
    new_start: int
    new_end: int
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the placement as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a placement back from its JSON object."""
        return cls(**{**data, "kind": OverlayKind(data["kind"])})


def forward(placements: Sequence[Placement], place: int, is_end: bool = False) -> int:
    """Return where a place of the source is in the edited text; ``is_end`` if a stretch ends there."""
    rows = [(row.start, row.end, row.new_start, row.new_end) for row in placements if row.kind in TEXTUAL]
    return _moved(rows, place, is_end)


def backward(placements: Sequence[Placement], place: int, is_end: bool = False) -> int:
    """Return where a place of the edited text is in the source; within an edit, at its rim."""
    rows = [(row.new_start, row.new_end, row.start, row.end) for row in placements if row.kind in TEXTUAL]
    return _moved(rows, place, is_end)


def _moved(rows: list[tuple[int, int, int, int]], place: int, is_end: bool) -> int:
    before = bisect_left(rows, place, key=lambda row: row[0])
    if before and rows[before - 1][1] > place:
        return rows[before - 1][3] if is_end else rows[before - 1][2]
    while not is_end and before < len(rows) and rows[before][1] == place:
        before += 1  # what is inserted here comes before what begins here
    return place + (rows[before - 1][3] - rows[before - 1][1] if before else 0)


def source_of(text: str, placements: Sequence[Placement]) -> str:
    """Return the text as the parser gave it, from the edited text and its placements."""
    pieces: list[str] = []
    done = 0
    for row in placements:
        if row.kind in TEXTUAL:
            pieces += [text[done : row.new_start], row.source]
            done = row.new_end
    return "".join((*pieces, text[done:]))
