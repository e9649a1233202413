"""Weighing: a sentence against one passage, or two together, by words and facts alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chat.answering.support import weights
from chat.answering.support.claims import Claim, Word
from chat.answering.support.sources import Source, is_met, share, units_of, weight
from chat.answering.support.vetoes import Veto, veto

LONGEST_WINDOW = 3  # sentences that together bear one out
PRICE = 0.04  # share of the words that one more sentence has to bring


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a sentence.

    Shares of its weighted words, 0 to 1: in the best sentences of the passage, of its least
    covered clause, and in the whole passage; its names that nobody knows; the weight of its words
    that those best sentences do not have; whether it takes two passages. The first only says where to look.
    """

    window: float
    clause: float
    passage: float
    strange_names: int
    unmet: float = 0.0
    is_of_two: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence held against sources, with its best evidence as a span of each one's text."""

    sources: tuple[Source, ...]
    spans: tuple[tuple[int, int], ...]
    signs: Signs
    veto: Veto | None
    probability: float
    is_verbatim: bool = False

    @property
    def is_foreign(self) -> bool:
        """Say whether the words could not be compared."""
        return self.signs.window < 0


def weigh(claim: Claim, sources: tuple[Source, ...], language: str) -> Weighed:
    """Hold a sentence against sources."""
    verbatim = word_for_word(claim.exact, sources)
    if verbatim is not None:
        return verbatim
    is_foreign = any(source.passage.language != language for source in sources)
    around = frozenset[str]().union(*(source.around for source in sources))
    known = {word for word in claim.words if is_met(word, around)}
    met = [[_met(claim, unit) for unit in source.units] for source in sources]
    runs = [_best_run(claim, known, of_source) for of_source in met]
    window = [
        unit for source, run in zip(sources, runs, strict=True) for unit in source.units[run[0] : run[1]]
    ]
    near = known.union(*(m for of, run in zip(met, runs, strict=True) for m in of[run[0] : run[1]]))
    anywhere = known.union(*(m for of_source in met for m in of_source))
    signs = Signs(
        window=share(claim.words, near, claim.names),
        clause=min(
            (share(one.words, near, claim.names) for one in claim.clauses if len(one.words) > 1), default=1.0
        ),
        passage=share(claim.words, anywhere, claim.names),
        strange_names=sum(not word.isdisjoint(claim.names) for word in claim.words - anywhere),
        unmet=sum(weight(word, claim.names) for word in claim.words - near),
        is_of_two=len(sources) > 1,
    )
    # Across languages words do not meet, so any sentence of the passage may be the one.
    evidence = units_of(sources) if is_foreign else window
    found = veto(claim, sources, evidence, language)
    spans = tuple(
        (source.units[first].start, source.units[end - 1].end) if source.units else (0, 0)
        for source, (first, end) in zip(sources, runs, strict=True)
    )
    if is_foreign:
        signs = replace(signs, window=-1.0)
        spans = tuple((0, len(source.passage.text)) for source in sources)
    probable = 0.0 if found or is_foreign else probability(signs)
    if len(claim.words) + len(claim.quantities) <= weights.SHORT and signs.window < weights.SHORT_NEEDS:
        probable = min(probable, weights.SHORT_AT_MOST)
    return Weighed(sources, spans, signs, found, probable)


def probability(signs: Signs) -> float:
    """Return how probable it is that a sentence without a mistake in its facts is borne out."""
    logit = weights.INTERCEPT + weights.CLAUSE * signs.clause + weights.PASSAGE * signs.passage
    logit += weights.STRANGE_NAME * min(signs.strange_names, 3)
    logit += weights.UNMET * min(signs.unmet, weights.MOST_UNMET) + weights.OF_TWO * signs.is_of_two
    return 1 / (1 + math.exp(-logit))


def word_for_word(wanted: str, sources: Sequence[Source]) -> Weighed | None:
    """Return the passage's own sentence, or run of them, if these words and signs are one."""
    for source in sources:
        for first, unit in enumerate(source.units):
            said = ""
            for last in range(first, min(first + LONGEST_WINDOW, len(source.units))):
                said = f"{said} {source.units[last].exact}".strip()
                if wanted and said == wanted:
                    span = (unit.start, source.units[last].end)
                    return Weighed((source,), (span,), Signs(1, 1, 1, 0), None, 1.0, is_verbatim=True)
    return None


def _met(claim: Claim, unit: Claim) -> frozenset[Word]:
    return frozenset(word for word in claim.words if is_met(word, unit.lexemes))


def _best_run(claim: Claim, known: set[Word], met: Sequence[frozenset[Word]]) -> tuple[int, int]:
    """Return the run of neighbouring sentences that meets most, as short as it can be."""
    runs = [
        (first, first + size)
        for size in range(1, LONGEST_WINDOW + 1)
        for first in range(max(len(met) - size + 1, 0))
    ]
    # Facts say where to look when words are the same everywhere.
    return max(
        runs,
        key=lambda run: (
            share(claim.words, known.union(*met[run[0] : run[1]]), claim.names) - PRICE * (run[1] - run[0]),
            len(frozenset[Word]().union(*met[run[0] : run[1]])),
        ),
        default=(0, 0),
    )
