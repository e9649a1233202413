"""Judging: from a sentence and the passages it may lean on to what bears it out, or nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from chat.answering.support import weights
from chat.answering.support.claims import Claim, exact, read
from chat.answering.support.sources import source_of
from chat.answering.support.vetoes import Veto
from chat.answering.support.weighing import Weighed, weigh, word_for_word
from knowledge.passages import Passage

# How like a sentence some others are, whatever language they are in: 0 for unrelated ones, 1 for the same.
Like = Callable[[str, Sequence[str]], Awaitable[Sequence[float]]]
Judge = Callable[[Sequence[tuple[str, str]]], Awaitable[Sequence[float]]]
MARKED_LEAD = 0.1  # of probability: in doubt the model knows what it leant on
HOPELESS = 0.02  # probability below which nobody is asked any more
SURE = 0.95  # of what is not word for word the passage's own


@dataclass(frozen=True, slots=True)
class Borne:
    """The stretches (passage, start, end) that bear a sentence out, and how probable it is that they do."""

    parts: tuple[tuple[Passage, int, int], ...]
    probability: float


class Support:
    """Decides which passages bear a sentence out; meaning and a judge are asked if there are any."""

    def __init__(self, like: Like | None = None, judge: Judge | None = None) -> None:
        """Take the ports.

        Args:
            like: Compares sentences by what they mean; asked where the languages differ.
            judge: Gives the probability that the second text of each pair follows from the first.
        """
        self._like = like
        self._judge = judge

    async def supporting(
        self, sentence: str, marked: Sequence[Passage], given: Sequence[Passage], language: str
    ) -> Borne | None:
        """Return what bears a sentence out, or None; where two passages do as well, the marked one.

        Where meaning cannot be compared a passage in another language has to be marked, for nothing else
        can tell.

        Raises:
            KnowledgeError: Meaning could not be compared.
            ModelFailed: The judge could not judge.
        """
        best = await self.weighed(sentence, marked, given, language)
        if best is None or best.veto is not None or best.probability < weights.ENOUGH:
            return None
        places = zip(best.sources, best.spans, strict=True)
        return Borne(tuple((source.passage, *span) for source, span in places), best.probability)

    async def weighed(
        self, sentence: str, marked: Sequence[Passage], given: Sequence[Passage], language: str
    ) -> Weighed | None:
        """Return the best evidence for a sentence, good or bad; None when there is no passage at all."""
        own = word_for_word(exact(sentence), [source_of(passage) for passage in marked])
        if own is not None:  # nothing can overrule it
            return own
        claim = read(sentence.strip(), language)
        passages = dict.fromkeys([*marked, *given])
        found = [weigh(claim, (source_of(passage),), language) for passage in passages]
        found = [await self._looked_at(claim, one, one.sources[0].passage in marked) for one in found]
        found = _without_gainsaid(found)
        best = _best(found, marked)
        if best is not None and best.veto is None and best.probability < weights.ENOUGH:
            best = _best([best, *self._pairs(claim, found, language)], marked)
        return await self._judged(claim, best) if best is not None else None

    def _pairs(self, claim: Claim, found: Sequence[Weighed], language: str) -> list[Weighed]:
        """Return what two passages bear out together that none does alone."""
        own = [one for one in found if not one.is_foreign]
        leading = sorted(own, key=lambda one: one.signs.window, reverse=True)[:3]
        return [weigh(claim, (*one.sources, *two.sources), language) for one, two in combinations(leading, 2)]

    async def _looked_at(self, claim: Claim, one: Weighed, is_marked: bool) -> Weighed:
        """Compare meaning where words cannot be compared: with a passage in another language."""
        if one.veto is not None or not one.is_foreign:
            return one
        if self._like is None:
            return replace(one, probability=SURE if is_marked else 0.0)
        units = one.sources[0].units
        alike = await self._like(claim.text, [unit.text for unit in units]) if units else []
        most = max(alike, default=0.0)
        if most < weights.FOREIGN_LIKENESS:
            return one
        nearest = units[alike.index(most)]
        probable = min(weights.ENOUGH + (1 - weights.ENOUGH) * most, SURE)
        return replace(one, spans=((nearest.start, nearest.end),), probability=probable)

    async def _judged(self, claim: Claim, best: Weighed) -> Weighed:
        """Let the judge decide what is not the passage's own sentence and has no fact wrong."""
        if self._judge is None or best.is_verbatim or best.veto is not None or best.probability < HOPELESS:
            return best
        text = "\n\n".join(source.passage.text for source in best.sources)
        (judged,) = await self._judge([(text, claim.text)])
        return replace(best, probability=judged)


def _without_gainsaid(found: Sequence[Weighed]) -> list[Weighed]:
    """Let a passage that says nearly the same, but for a fact, overrule those that are less near."""
    against = max((one.signs.window for one in found if one.veto is not None), default=0.0)
    is_near = against >= weights.NEAR
    return [
        replace(one, probability=0.0, veto=Veto.GAINSAID)
        if is_near and not one.is_verbatim and one.veto is None and one.signs.window < against
        else one
        for one in found
    ]


def _best(found: Sequence[Weighed], marked: Sequence[Passage]) -> Weighed | None:
    def rank(one: Weighed) -> tuple[float, float]:
        lead = MARKED_LEAD if all(source.passage in marked for source in one.sources) else 0.0
        return one.probability + lead if one.probability else 0.0, one.signs.window

    return max(found, key=rank, default=None)
