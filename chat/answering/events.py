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
    """The passages the answer will be built from, best first.

    ``confidence`` is the probability that they hold the answer; None where nobody had to ask.
    """

    passages: tuple[Passage, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class CitationDraft:
    """A numbered pointer to a passage; ``quote`` is the stretch that bears the sentence out.

    Without a document to open (``opens`` is false), ``url`` is where a customer can read on,
    if there is such a place.
    """

    number: int
    passage: Passage
    quote: str
    start: int
    end: int
    opens: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True)
class Curated:
    """A curated answer to the question as it was asked.

    ``source`` is the document it links to, as a passage without a span, or what stands in for
    one when ``opens`` is false; ``score`` says how likely both questions are the same.
    """

    answer_id: int
    question: str
    text: str
    source: Passage
    opens: bool
    url: str
    score: float


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
    """The end: how it ended and who wrote it; the text is the sum of the pieces.

    ``curated`` is the curated answer that was given, if one was; ``readings`` are what a
    question could mean that was asked back.
    """

    outcome: str
    answerer: str
    curated: Curated | None = None
    readings: tuple[str, ...] = ()


AnswerEvent = Found | Cited | Text | Finished
