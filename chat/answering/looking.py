"""Looking: what was found for each question of a message, and what the message is told of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from chat.answering.citing import Citer
from chat.answering.curated import approved
from chat.answering.deciding import Decision, Kind
from chat.answering.events import Cited, Curated, Text
from chat.answering.phrases import phrase
from chat.answering.quoting import quote
from chat.answering.subquestions import ENOUGH, Subquestion, shown, telling
from knowledge.passages import Passage

# Confidence from which on passages are quoted although the model did not find the answer in them, and below
# which quotes say that they may not be it. Of what a model of 1.5B did not find, one in 28 was not there
# above it, and three in ten below. Without a model four in ten of the near misses that are answered lie
# below, and one in nine of what is answered rightly (docs/evaluation.md).
QUOTED_FROM = 0.4


@dataclass(frozen=True, slots=True)
class Look:
    """What was found for one question; ``sought`` is what its sentences are compared with.

    A curated answer to it wins over the passages.
    """

    question: Subquestion
    sought: str
    passages: tuple[Passage, ...]
    decision: Decision
    curated: Curated | None = None

    @property
    def holds(self) -> bool:
        """Say whether there is something good enough to answer from."""
        return self.curated is not None or self.decision.kind is not Kind.DECLINE

    @property
    def is_sure(self) -> bool:
        """Say whether it may be shown without a word of doubt."""
        return self.curated is not None or self.decision.confidence >= QUOTED_FROM


def together(looks: Sequence[Look]) -> tuple[Passage, ...]:
    """Return the passages of all questions, each once, the best of each question first."""
    ranks = zip_longest(*(look.passages for look in looks))
    found = {passage.chunk_id: passage for passage in chain.from_iterable(ranks) if passage is not None}
    return tuple(found.values())


@dataclass
class _Block:
    """What is quoted, and the questions it answers."""

    pieces: Sequence[Cited | Text]
    asked: list[str] = field(default_factory=list)
    is_sure: bool = False


def quoted(
    looks: Sequence[Look],
    citer: Citer,
    language: str,
    nearness: Sequence[Mapping[str, float]],
    *,
    goes_on: bool,
) -> Iterator[Cited | Text]:
    """Yield the passages' own words, with each question above them where several are answered.

    What may not be the answer says so, unless a model's words stand before it (``goes_on``). Nothing where
    there is nothing to show but headings.
    """
    blocks: dict[str, _Block] = {}
    for look, near in zip(looks, nearness, strict=True):
        pieces = list(
            quote(look.sought, look.passages, citer, language, near)
            if look.curated is None
            else approved(look.curated, citer)
        )
        block = blocks.setdefault(
            "".join(one.text for one in pieces if isinstance(one, Text)), _Block(pieces)
        )
        block.asked.append(f"> {shown(look.question)}")
        block.is_sure |= look.is_sure
    blocks.pop("", None)
    if goes_on and blocks:
        yield Text(f"\n\n{phrase('cut_short', language)}\n\n")
    for number, block in enumerate(blocks.values()):
        above = block.asked if len(blocks) > 1 else []
        doubt = [] if block.is_sure or goes_on else [phrase("unsure", language)]
        if lead := "".join(f"{line}\n\n" for line in (*above, *doubt)):
            yield Text(f"\n\n{lead}" if number else lead)
        yield from block.pieces


def left_open(looks: Sequence[Look], language: str) -> Iterator[Text]:
    """Yield which of several questions nothing was found for; "Any advice?" is not worth the words."""
    for look in looks:
        if not look.holds and telling(look.question.asked, language) >= ENOUGH:
            yield Text(f"\n\n{phrase('left_open', language).format(question=shown(look.question))}")
