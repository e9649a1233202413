"""Gathering: from ranked passages to the few that are worth reading.

The same text twice is read once, and neighbours become one passage, so that a list or a
thought is not cut in half where a chunk happened to end. What differs in a figure, a name or a word
that has an opposite is not the same, in however many words: two tariffs, two models, "on" and "off".
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.comparing import likeness, shingles
from knowledge.facts import codes_in, names_in, opposites_of, proper_names
from knowledge.lexemes import lexemes
from knowledge.passages import Passage

TWIN = 0.9  # share of the runs of words that two texts have in common
LONGEST = 2400  # characters of a passage made of neighbours; about 600 tokens
WIDEST_GAP = 2  # characters between neighbours
MOST_READ = 3  # times the limit; further down there is nothing to be gained


def gather(ranked: Sequence[Passage], limit: int) -> list[Passage]:
    """Return at most ``limit`` passages, best first, without twins, neighbours joined into the better one."""
    kept: list[Passage] = []
    read: list[tuple[frozenset[int], Passage]] = []
    for passage in ranked[: MOST_READ * limit]:
        place = next((n for n, other in enumerate(kept) if _are_neighbours(passage, other)), None)
        if place is not None:
            kept[place] = joined(kept[place], passage)
            continue
        if len(kept) == limit:
            continue
        words = shingles(passage.text)
        if not any(likeness(words, seen) >= TWIN and _adds_nothing(passage, other) for seen, other in read):
            kept.append(passage)
            read.append((words, passage))
    return kept


def _adds_nothing(passage: Passage, other: Passage) -> bool:
    """Say whether a passage in nearly the words of another has no fact of its own."""
    return all(mine <= theirs for mine, theirs in zip(_facts(passage), _facts(other), strict=True))


def _facts(passage: Passage) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the figures, the names, and the words that have an opposite; of headings the names alone."""
    above, text = "\n".join((passage.title, *passage.heading_path)), passage.text
    turning = opposites_of(passage.language).keys() & set(lexemes(text, passage.language))
    return codes_in(text), proper_names(text) | names_in(above), frozenset(turning)


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
