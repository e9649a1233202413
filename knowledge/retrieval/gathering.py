"""Gathering: from ranked passages to the few that are worth reading.

The same text twice is read once, and neighbours become one passage, so that a list or a
thought is not cut in half where a chunk happened to end.
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.comparing import likeness, shingles
from knowledge.passages import Passage

TWIN = 0.9  # share of the runs of words that two texts have in common
LONGEST = 2400  # characters of a passage made of neighbours; about 600 tokens
WIDEST_GAP = 2  # characters between neighbours
MOST_READ = 3  # times the limit; further down there is nothing to be gained


def gather(ranked: Sequence[Passage], limit: int) -> list[Passage]:
    """Return at most ``limit`` passages, best first, without twins, neighbours joined into the better one."""
    kept: list[Passage] = []
    read: list[frozenset[int]] = []
    for passage in ranked[: MOST_READ * limit]:
        place = next((n for n, other in enumerate(kept) if _are_neighbours(passage, other)), None)
        if place is not None:
            kept[place] = joined(kept[place], passage)
            continue
        if len(kept) == limit:
            continue
        words = shingles(passage.text)
        if not any(likeness(words, other) >= TWIN for other in read):
            kept.append(passage)
            read.append(words)
    return kept


def joined(better: Passage, other: Passage) -> Passage:
    """Return two neighbours as one passage, with the scores of the better one."""
    first, second = sorted((better, other), key=lambda passage: passage.start)
    gap = second.start - first.end  # blocks are parted by empty lines; chunks may share a sentence
    text = first.text + "\n" * gap + second.text[max(-gap, 0) :]
    return replace(better, text=text, start=first.start, end=max(first.end, second.end), page=first.page)


def _are_neighbours(one: Passage, other: Passage) -> bool:
    if (one.version_id, one.heading_path) != (other.version_id, other.heading_path):
        return False
    if any(len(passage.text) != passage.end - passage.start for passage in (one, other)):
        return False  # edited by staff, or a part of a table: the text is not the document's
    first, second = sorted((one, other), key=lambda passage: passage.start)
    return (
        not (one.question or other.question)
        and first.start < second.start
        and first.end < second.end
        and second.start <= first.end + WIDEST_GAP
        and second.end - first.start <= LONGEST
    )
