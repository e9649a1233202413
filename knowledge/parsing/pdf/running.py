"""Running heads: the lines at the edges of pages that repeat, and page numbers.

They would be cut into the middle of sentences, and every page would be found by the
title of the manual.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge.parsing.pdf.lines import Line

MIN_PAGES = 3
REPEATED = 0.6
EDGE_LINES = 2

_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_LEADERS = re.compile(r"(?:(?:\.\s?){4,}|…{2,})\s*\w{0,5}\s*$")
MIN_CONTENTS = 3


def without_running_heads(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Return the pages without edge lines that stand on most of them, and without contents lists."""
    # Books have one head on the left pages and another on the right ones.
    repeated = _repeated(pages) | _repeated(pages[::2]) | _repeated(pages[1::2])
    kept = [_without_contents(list(_kept(lines, repeated))) for lines in pages]
    # A line on every page and nothing else is what the document says: tickets, labels, cards.
    return kept if any(kept) else list(pages)


def _repeated(pages: Sequence[list[Line]]) -> set[str]:
    filled = [lines for lines in pages if lines]
    if len(filled) < MIN_PAGES:
        return set()
    anywhere = Counter(key for lines in filled for key in {_key(line) for line in _edges(lines)})
    usual = {key for key, count in anywhere.items() if count >= REPEATED * len(filled)}
    # "12  Chapter 3" stands on the pages of one chapter only, but always at the same height.
    placed = Counter(
        spot
        for lines in filled
        for spot in {(_key(line), round(line.baseline / 4)) for line in _edges(lines)}
    )
    return usual | {key for (key, _), count in placed.items() if "#" in key and count >= MIN_PAGES}


def _edges(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.baseline)
    return ordered[:EDGE_LINES] + ordered[EDGE_LINES:][-EDGE_LINES:]


def _kept(lines: Sequence[Line], repeated: set[str]) -> Iterator[Line]:
    edges = {id(line) for line in _edges(lines)}
    for line in lines:
        if id(line) not in edges or _key(line) not in repeated:
            yield line


def _key(line: Line) -> str:
    """Two lines that differ in numbers only are the same: "Page 3 of 12"."""
    return _NUMBERS.sub("#", line.text).casefold()


def _without_contents(lines: list[Line]) -> list[Line]:
    """Drop "Chapter ..... 12": it says where something is said, not what."""
    contents = [line for line in lines if _LEADERS.search(line.text)]
    if len(contents) < MIN_CONTENTS:
        return lines
    dropped = {id(line) for line in contents}
    return [line for line in lines if id(line) not in dropped]
