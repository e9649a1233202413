"""Anchors: from a stretch that staff saw once to the place where a newer text says the same.

Pure. A stretch is looked for as it was, white space aside; what is merely similar is never
taken for it but only offered to staff as what stands there now.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.parsing.base import Block, ParsedDocument
from knowledge.sentences import Span, sentences

# Under another heading a short sentence is likely another one: "Keep the receipt." stands everywhere.
TELLING_LENGTH = 40
SIMILAR = 0.35  # share of words in common below which nothing "stands there now"
MOST_WINDOWS = 20_000
FINALISTS = 8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a stretch began, what stood there, and under which headings."""

    start: int
    text: str
    heading_path: tuple[str, ...] = ()


def find(parsed: ParsedDocument, anchor: Anchor) -> Span | None:
    """Return the span that says what ``anchor`` says: in its place, else the nearest; None if none does."""
    end = anchor.start + len(anchor.text)
    if anchor.text and parsed.text[anchor.start : end] == anchor.text:
        return anchor.start, end
    found = list(_occurrences(parsed.text, anchor.text))
    at_home = [span for span in found if path_at(parsed.blocks, span[0]) == anchor.heading_path]
    if not at_home and len(anchor.text) < TELLING_LENGTH:
        return None
    return min(at_home or found, key=lambda span: abs(span[0] - anchor.start), default=None)


def nearest(parsed: ParsedDocument, anchor: Anchor) -> Span | None:
    """Return the stretch of as many sentences that is most like ``anchor``, or None if nothing is."""
    wanted = _words(anchor.text)
    length = max(len(sentences(anchor.text, parsed.language)), 1)
    units = list(_units(parsed, anchor.start))
    scored: list[tuple[float, int, Span]] = []
    for place in range(max(len(units) - length + 1, 1)):
        window = units[place : place + length]
        if not window:
            break
        held = set().union(*(words for _, _, words in window))
        score = 2 * len(held & set(wanted)) / max(len(held) + len(set(wanted)), 1)
        span = (window[0][0], window[-1][1])
        scored.append((score, -abs(span[0] - anchor.start), span))
    best = sorted(scored, reverse=True)[:FINALISTS]
    ranked = [(_likeness(parsed, span, anchor, wanted), near, span) for _, near, span in best]
    score, _, span = max(ranked, default=(0.0, 0, (0, 0)))
    return span if score >= SIMILAR else None


def path_at(blocks: Sequence[Block], position: int) -> tuple[str, ...]:
    """Return the heading path of the block at ``position``."""
    place = bisect_right(blocks, position, key=lambda block: block.start) - 1
    return blocks[place].heading_path if place >= 0 else ()


def _occurrences(text: str, wanted: str) -> Iterator[Span]:
    words = wanted.split()
    if not words:
        return
    # "24 months" does not stand in "124 months".
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    pattern = before + r"\s+".join(map(re.escape, words)) + after
    for match in re.finditer(pattern, text):
        yield match.span()


def _units(parsed: ParsedDocument, around: int) -> Iterator[tuple[int, int, set[str]]]:
    """Yield the sentences, those about ``around`` only where there are very many."""
    first = max(bisect_right(parsed.blocks, around, key=lambda block: block.start) - MOST_WINDOWS // 4, 0)
    count = 0
    for block in parsed.blocks[first:]:
        for start, end in sentences(block.text, parsed.language):
            yield block.start + start, block.start + end, set(_words(block.text[start:end]))
            count += 1
        if count > MOST_WINDOWS:
            return


def _likeness(parsed: ParsedDocument, span: Span, anchor: Anchor, wanted: list[str]) -> float:
    """Return how much of the words is the same in the same order; the same headings weigh a tenth."""
    ratio = SequenceMatcher(None, _words(parsed.text[slice(*span)]), wanted).ratio()
    is_home = path_at(parsed.blocks, span[0]) == anchor.heading_path
    return ratio + 0.1 if is_home and ratio >= SIMILAR - 0.1 else ratio


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
