"""Answer events: the typed stream that every caller of the engine consumes."""

from dataclasses import dataclass

from knowledge.passages import Passage


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and its reply."""

    question: str
    reply: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages the answer will be built from, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class CitationDraft:
    """A numbered pointer to a passage; ``quote`` is the stretch that bears the sentence out."""

    number: int
    passage: Passage
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage got its number; comes before the text that uses it."""

    citation: CitationDraft


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer that has been checked and may be shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end: how it ended and who wrote it; the text is the sum of the pieces."""

    outcome: str
    answerer: str


AnswerEvent = Found | Cited | Text | Finished
