"""Diffing: from two texts to rows that a person can read side by side.

Pure data for a template. Paragraphs are aligned first, then words within those that were
changed; what stayed is folded. All of it is bounded: a diff too large to read is cut and says so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from knowledge.parsing.base import SEPARATOR

CONTEXT = 1  # unchanged paragraphs shown on each side of a change
MOST_PARAGRAPHS = 3_000  # compared on each side, beyond the ends that are the same
MOST_WORDS = 1_500  # of a paragraph compared word by word
MOST_ROWS = 600
ALIKE = 0.4  # share of common words from which two paragraphs are one that was changed
REACH = 6  # how far ahead the changed form of a paragraph is looked for
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class RowKind(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text; ``marked`` where the other side says something else."""

    text: str
    marked: bool = False


Segments = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diff: a paragraph before and after, or how many unchanged ones are ``folded``."""

    kind: RowKind
    left: Segments = ()
    right: Segments = ()
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """The rows of a comparison, how many paragraphs differ, and a sentence when not all is shown."""

    rows: tuple[Row, ...]
    changes: int
    note: str = ""


def compare_texts(before: str, after: str) -> Diff:
    """Compare two versions' texts paragraph by paragraph."""
    return compare(_paragraphs(before), _paragraphs(after))


def compare(before: Sequence[str], after: Sequence[str]) -> Diff:
    """Compare two lists of paragraphs."""
    head = _common(zip(before, after, strict=False))
    rest = min(len(before), len(after)) - head
    ends = (before[len(before) - rest :], after[len(after) - rest :])
    tail = _common(zip(*map(reversed, ends), strict=True))
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    note = ""
    if max(len(old), len(new)) > MOST_PARAGRAPHS:
        old, new = old[:MOST_PARAGRAPHS], new[:MOST_PARAGRAPHS]
        note = f"Only the first {MOST_PARAGRAPHS} paragraphs from the first change on were compared."
    same = (_same(text) for text in before[:head])
    rows = list(_folded([*same, *_rows(old, new), *(_same(text) for text in before[len(before) - tail :])]))
    changes = sum(row.kind not in (RowKind.SAME, RowKind.FOLDED) for row in rows)
    if len(rows) > MOST_ROWS:
        rows = rows[:MOST_ROWS]
        note = note or f"Only the first {MOST_ROWS} of the lines that differ are shown."
    return Diff(tuple(rows), changes, note)


def words(before: str, after: str) -> tuple[Segments, Segments]:
    """Return both texts in segments, marked where their words differ."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return (Segment(before, True),), (Segment(after, True),)
    left: list[Segment] = []
    right: list[Segment] = []
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, text in ((left, "".join(old[first:last])), (right, "".join(new[start:end]))):
            if text:
                side.append(Segment(text, kind != "equal"))
    return tuple(_bridged(left)), tuple(_bridged(right))


def _bridged(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Mark the space between two marked words too, and join what is marked alike."""
    waiting: Segment | None = None
    for place, found in enumerate(segments):
        is_space = not found.text.strip() and 0 < place < len(segments) - 1
        segment = replace(found, marked=found.marked or is_space)
        if waiting and waiting.marked == segment.marked:
            waiting = Segment(waiting.text + segment.text, segment.marked)
            continue
        if waiting:
            yield waiting
        waiting = segment
    if waiting:
        yield waiting


def _paragraphs(text: str) -> list[str]:
    return text.split(SEPARATOR) if text else []


def _common(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _same(text: str) -> Row:
    return Row(RowKind.SAME, (Segment(text),), (Segment(text),))


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    # The matcher's own shortcut for frequent lines keeps it fast on tables and lists.
    for kind, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield from map(_same, old[first:last])
        else:
            yield from _changed(old[first:last], new[start:end])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Pair each old paragraph with the first of the next few new ones that is like it."""
    place = 0
    held = [_bag(text) for text in new]
    for text in old:
        bag = _bag(text)
        reach = range(place, min(place + REACH, len(new)))
        twin = next((number for number in reach if _alike(bag, held[number])), None)
        if twin is None:
            yield Row(RowKind.REMOVED, left=(Segment(text, True),))
            continue
        yield from (_added(other) for other in new[place:twin])
        yield Row(RowKind.CHANGED, *words(text, new[twin]))
        place = twin + 1
    yield from map(_added, new[place:])


def _added(text: str) -> Row:
    return Row(RowKind.ADDED, right=(Segment(text, True),))


def _bag(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one | other) and len(one & other) >= ALIKE * max(len(one), len(other))


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Fold long runs of unchanged paragraphs but for those beside a change."""
    changed = [place for place, row in enumerate(rows) if row.kind is not RowKind.SAME]
    kept = {near for place in changed for near in range(place - CONTEXT, place + CONTEXT + 1)}
    count = 0
    for place, row in enumerate(rows):
        if place not in kept:
            count += 1
            continue
        if count:
            yield Row(RowKind.FOLDED, folded=count)
            count = 0
        yield row
    if count:
        yield Row(RowKind.FOLDED, folded=count)
