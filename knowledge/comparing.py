"""Comparing: do two texts say the same, and do two nearly equal sentences contradict each other?

Pure. A contradiction is a hint for staff: two sentences about the same thing in nearly the same
words, of which one has another price, number, date or share, or denies what the other affirms.
Numbers that are part of a name ("Aroma 3000") tell things apart and contradict nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.facts import (
    Date,
    Quantity,
    affirmed,
    dates_in,
    is_denial,
    name_spans,
    names_in,
    quantities_in,
    unit_words,
    value,
)
from knowledge.sentences import sentences

SHINGLE = 5  # words
ALIKE = 0.75  # share of all words of two sentences that both have
LEAST_SHARED = 3  # words
MOST_SHINGLES = 60_000  # words of a document that are compared

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LIGHT = frozenset({"do", "does", "did"})  # "it does not leak", "it leaks"


class Reason(StrEnum):
    """Why two sentences contradict each other."""

    NUMBER = "number"
    DATE = "date"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is compared: its words, its quantities by what they measure, and the names in it."""

    text: str
    start: int
    words: frozenset[str]
    quantities: frozenset[Quantity]
    dates: frozenset[str]
    names: frozenset[str]
    negates: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both hold, and in what they differ."""

    mine: Statement
    theirs: Statement
    reason: Reason
    values: tuple[str, str]


def statements(text: str, language: str, is_table: bool = False) -> list[Statement]:
    """Return the sentences of a passage that could contradict others; a row is read with its header.

    A question states nothing, and a row speaks of what its first cell names.
    """
    found: list[Statement] = []
    header = ""
    for start, end in sentences(text, language):
        sentence = text[start:end]
        is_row = is_table and sentence.startswith("|")
        if is_row and not header:
            header = sentence
        elif not sentence.endswith(("?", "？", "؟")):
            found.append(_statement(sentence, start, header if is_row else "", language))
    return [statement for statement in found if len(statement.words) >= LEAST_SHARED]


def contradictions(
    mine: Sequence[Statement], theirs: Sequence[Statement], names: tuple[frozenset[str], frozenset[str]]
) -> Iterator[Contradiction]:
    """Yield what two passages say against each other; ``names`` are those of their titles and headings."""
    if _are_of_other_things(*names):
        return
    for one in mine:
        for other in theirs:
            found = contradiction(one, other)
            if found:
                yield found


def contradiction(mine: Statement, theirs: Statement) -> Contradiction | None:
    """Return in what two nearly equal sentences contradict each other, or None."""
    shared, both = len(mine.words & theirs.words), len(mine.words | theirs.words)
    if shared < LEAST_SHARED or shared < ALIKE * both or mine.names != theirs.names:
        return None
    if mine.negates != theirs.negates and mine.quantities == theirs.quantities:
        return Contradiction(mine, theirs, Reason.NEGATION, ("", ""))
    if mine.dates and theirs.dates and not mine.dates & theirs.dates:
        return Contradiction(mine, theirs, Reason.DATE, (_said(mine.dates), _said(theirs.dates)))
    for measure in sorted({quantity.kind for quantity in mine.quantities}):
        ours = {quantity for quantity in mine.quantities if quantity.kind == measure}
        others = {quantity for quantity in theirs.quantities if quantity.kind == measure}
        if others and not ours & others:
            return Contradiction(mine, theirs, Reason.NUMBER, (_written(ours), _written(others)))
    return None


def shingles(text: str) -> frozenset[int]:
    """Return the runs of five words of a text, as hashes of this process."""
    words = _words_in_order(text)[:MOST_SHINGLES]
    return frozenset(
        hash(tuple(words[place : place + SHINGLE])) for place in range(max(len(words) - SHINGLE + 1, 1))
    )


def likeness(mine: frozenset[int], theirs: frozenset[int]) -> float:
    """Return the share of the larger text's runs of words that both texts have, 0 to 1."""
    return len(mine & theirs) / max(len(mine), len(theirs), 1)


def _statement(text: str, start: int, header: str, language: str) -> Statement:
    names = names_in(text)
    if header:
        names |= {text.strip("| ").partition(" | ")[0].casefold()}
    dates = dates_in(text, language)
    quantities = frozenset(quantities_in(text, language))
    words = frozenset(_words_in_order(f"{header} {_without_facts(text, dates, quantities)}"))
    content = frozenset(affirmed(word) or word for word in words if affirmed(word) or not is_denial(word))
    measures = {f"#{one.kind}" for one in quantities if one.kind != "count"}  # € and euros are one word
    return Statement(
        text=text,
        start=start,
        words=(content - _LIGHT - unit_words()) | measures,
        quantities=quantities,
        dates=frozenset(map(str, dates)),
        names=names,
        negates=any(map(is_denial, words)),
    )


def _without_facts(text: str, dates: Sequence[Date], quantities: Iterable[Quantity]) -> str:
    """Blank names, dates and number words with their units, which are compared by themselves."""
    spans = name_spans(text)
    spans += [(date.start, date.end) for date in dates]
    spans += [(quantity.start, quantity.end) for quantity in quantities]
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _are_of_other_things(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine and theirs) and not mine & theirs


def _words_in_order(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))


def _written(quantities: Iterable[Quantity]) -> str:
    return _said({value(one.written) if one.written[:1].isdigit() else one.written for one in quantities})


def _said(values: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(values))
