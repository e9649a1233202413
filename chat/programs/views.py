"""Views: from the engine's events to what a program is told, with the same words by REST and MCP."""

import uuid
from collections.abc import Sequence
from contextlib import aclosing

from pydantic import BaseModel, Field

from chat.answering.events import CitationDraft, Cited, Finished, Found, Text, Turn
from chat.conversations.transcript import passage_url
from chat.programs.asking import Prepared
from knowledge.passages import Passage


class PassageView(BaseModel):
    """A passage that may answer the question."""

    place: str = Field(description="Where it stands: title, page and headings.")
    text: str
    document_id: uuid.UUID
    version_id: uuid.UUID
    page: int | None
    start: int = Field(description="Characters from the beginning of the version's text.")
    end: int
    language: str
    score: float = Field(description="Higher is better.")
    url: str = Field(description="Where people read it, highlighted.")

    @classmethod
    def of(cls, passage: Passage, base: str) -> "PassageView":
        """Return a passage with its address at ``base``."""
        same = (
            "place",
            "text",
            "document_id",
            "version_id",
            "page",
            "start",
            "end",
            "language",
            "score",
        )
        url = passage_url(passage.version_id, passage.start, passage.end, passage.page)
        return cls(**{name: getattr(passage, name) for name in same}, url=base + url)


class CitationView(BaseModel):
    """A numbered pointer to the words that bear a sentence out."""

    number: int = Field(description="What stands in brackets in the text.")
    quote: str
    place: str = Field(description="Where it stands: title, page and headings.")
    document_id: uuid.UUID | None = Field(description="Null: a curated answer without a document.")
    version_id: uuid.UUID | None
    page: int | None
    start: int = Field(description="Characters from the beginning of the version's text.")
    end: int
    url: str = Field(description="Where people read it, highlighted; may be empty for a curated answer.")

    @classmethod
    def of(cls, citation: CitationDraft, base: str) -> "CitationView":
        """Return a citation with its address at ``base``."""
        passage = citation.passage
        url = citation.url
        if citation.opens:
            url = base + passage_url(passage.version_id, citation.start, citation.end, passage.page)
        return cls(
            number=citation.number,
            quote=citation.quote,
            place=passage.place,
            document_id=passage.document_id if citation.opens else None,
            version_id=passage.version_id if citation.opens else None,
            page=passage.page,
            start=citation.start,
            end=citation.end,
            url=url,
        )


class AnswerView(BaseModel):
    """A whole answer with what bears it out."""

    outcome: str = Field(description="answered, declined, clarified, curated, courtesy, handoff …")
    confidence: float | None = Field(
        description="The probability that the passages hold the answer; null where nobody had to ask."
    )
    answerer: str = Field(description="Who wrote it: model, quoting, fallback, curated or none.")
    text: str = Field(description="Markdown; numbers in brackets are those of the citations.")
    citations: list[CitationView]
    readings: list[str] = Field(description="What the question could mean, when it is asked back.")


def rounded(confidence: float | None) -> float | None:
    """Return a probability to one hundredth: further down it tells which words stand in hidden documents."""
    return None if confidence is None else round(confidence, 2)


async def told(prepared: Prepared, question: str, history: Sequence[Turn], base: str) -> AnswerView:
    """Return the answer to a question once it is whole; links lead to ``base``."""
    view = AnswerView(outcome="stopped", confidence=None, answerer="none", text="", citations=[], readings=[])
    async with aclosing(prepared.answerer.answer(question, history, prepared.language)) as events:
        async for event in events:
            match event:
                case Found(_, confidence):
                    view.confidence = rounded(confidence)
                case Cited(citation):
                    view.citations.append(CitationView.of(citation, base))
                case Text(text):
                    view.text += text
                case Finished():
                    view.outcome, view.answerer = event.outcome, event.answerer
                    view.readings = list(event.readings)
    return view
