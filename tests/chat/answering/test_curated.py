"""Curated answers in chat: they win, word for word, and are cited as what they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Cited, Curated, Finished, Found, Text, Turn
from chat.conversations.answers import claim_next
from chat.models import Answer, Citation, Event, Message
from chat.realtime.engines import NOWHERE, engine_for
from chat.realtime.making import Making, keep_all
from chat.realtime.together import Together
from knowledge.models import Audience, CuratedAnswer, Document
from tests.factories import asked, passage, shelf, taken_in
from tests.fakes import ScriptedModel, ScriptedSearch
from tests.knowledge.curated.approving import TEXT, approved

QUESTION = "How do I reset the machine?"
RESET = passage("To reset the machine, hold the power button for ten seconds.")


@dataclass
class ScriptedMatch:
    """A look for curated answers that finds what it was given, and keeps the questions."""

    found: Curated | None = None
    asked: list[str] = field(default_factory=list)

    async def __call__(self, question: str) -> Curated | None:
        """Return the curated answer."""
        self.asked.append(question)
        return self.found


def curated(text: str = "No. 7 costs 5 €, and never less.", language: str = "en", **columns: Any) -> Curated:
    """Return a curated answer to whatever is asked, of a document unless told otherwise."""
    source = passage(text, title="Prices", heading_path=(), language=language, chunk_id=0)
    values = {"answer_id": 1, "question": QUESTION, "text": text, "source": source, "opens": True}
    return Curated(**{**values, "url": "", "score": 1.0, **columns})


def unlinked(text: str = TEXT, language: str = "en", url: str = "") -> Curated:
    """Return a curated answer without a document."""
    source = passage(text, **{"title": "", "heading_path": (), "language": language, "version_id": NOWHERE})
    return curated(text, source=source, opens=False, url=url)


async def events_of(engine: AnswerEngine, history: Sequence[Turn] = ()) -> list[AnswerEvent]:
    """Return all events of an answer."""
    return [event async for event in engine.answer(QUESTION, history)]


def said(events: Sequence[AnswerEvent]) -> str:
    """Return the text of an answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


async def test_a_curated_answer_wins_word_for_word_and_nobody_else_is_asked() -> None:
    search, model = ScriptedSearch([RESET]), ScriptedModel()
    answer = curated()

    events = await events_of(AnswerEngine(search, model, ScriptedMatch(answer)))

    assert [type(event).__name__ for event in events] == ["Found", "Cited", "Text", "Finished"]
    assert said(events) == f"{answer.text} [1]"
    assert events[-1] == Finished("curated", "curated", answer)
    assert (search.asked, model.asked) == ([], [])


async def test_without_one_the_question_is_searched_as_ever() -> None:
    search, match = ScriptedSearch([RESET]), ScriptedMatch()

    events = await events_of(AnswerEngine(search, None, match))

    assert match.asked == search.asked == [QUESTION]
    assert events[-1] == Finished("answered", "quoting")


async def test_the_question_is_looked_for_as_it_was_asked_not_as_it_is_rewritten() -> None:
    search, match = ScriptedSearch([RESET]), ScriptedMatch()

    await events_of(AnswerEngine(search, None, match), [Turn("Tell me about the Aroma 3000.", "It is red.")])

    assert match.asked == [QUESTION]
    assert (search.asked, search.earlier) == ([QUESTION], [("Tell me about the Aroma 3000.",)])


async def test_a_linked_document_is_cited_as_such_with_the_answer_as_what_was_approved() -> None:
    events = await events_of(AnswerEngine(ScriptedSearch(), None, ScriptedMatch(curated())))

    cited = [event.citation for event in events if isinstance(event, Cited)]
    assert [(one.number, one.passage.title, one.passage.heading_path, one.opens) for one in cited] == [
        (1, "Prices", ("Approved answer",), True)
    ]
    assert isinstance(events[0], Found)
    assert len(events[0].passages) == 1


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Approved answer"), ("de", "Freigegebene Antwort"), ("fi", "Approved answer")],
)
async def test_without_a_document_the_citation_says_that_it_was_approved(language: str, title: str) -> None:
    answer = unlinked(language=language, url="https://example.com/reset")

    events = await events_of(AnswerEngine(ScriptedSearch(), None, ScriptedMatch(answer)))

    cited = [event.citation for event in events if isinstance(event, Cited)]
    assert [(one.passage.title, one.opens, one.url, one.quote) for one in cited] == [
        (title, False, "https://example.com/reset", TEXT)
    ]
    assert events[0] == Found(())


@pytest.mark.parametrize("text", ["| a |\n| - |\n| b |", "Run:\n```\nreset\n```"])
async def test_the_mark_does_not_become_part_of_a_table_or_a_code_block(text: str) -> None:
    events = await events_of(AnswerEngine(ScriptedSearch(), None, ScriptedMatch(curated(text))))

    assert said(events) == f"{text}\n\n [1]"


def made(question: str = QUESTION) -> dict[str, Any]:
    """Let a customer ask, a runner answer, and return the message of the event that ended it."""
    asked(question)
    work = claim_next("test", 1)[0]
    asyncio.run(Making(work, lambda _work: engine_for(), Together(keep_all)).run())
    message: dict[str, Any] = Event.objects.get(kind="answer.finished").data["message"]
    return message


@pytest.mark.usefixtures("knowledge")
def test_a_customer_gets_the_answer_with_a_citation_that_opens_the_document(tmp_path: Path) -> None:
    document = taken_in(tmp_path, "To reset, hold the button.", "manual.txt")
    approved(QUESTION, document=document)

    message = made()

    citation = message["citations"][0]
    assert (message["outcome"], message["answerer"], message["text"]) == ("curated", "curated", f"{TEXT} [1]")
    assert (citation["title"], citation["heading"]) == ("Manual", "Approved answer")
    assert citation["url"].startswith(reverse("reader", args=[document.live_version_id]))
    assert Citation.objects.get().document_id == document.id
    assert Message.objects.get(outcome="curated").text == f"{TEXT} [1]"
    assert [one["title"] for one in Answer.objects.get().evidence] == ["Manual"]
    assert CuratedAnswer.objects.get().hits == 1


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("url", ["", "https://example.com/reset"])
def test_without_a_document_the_citation_leads_to_the_source_if_there_is_one(url: str) -> None:
    approved(QUESTION, source_url=url)

    message = made()

    assert [(one["title"], one["url"], one["quote"]) for one in message["citations"]] == [
        ("Approved answer", url, TEXT)
    ]
    assert Answer.objects.get().evidence == []


@pytest.mark.usefixtures("knowledge")
def test_an_internal_curated_answer_never_reaches_a_customer(tmp_path: Path) -> None:
    document = taken_in(tmp_path, "The warranty lasts 24 months.", "manual.txt")
    approved(QUESTION, text="The secret code is GOLD-7.", audience=Audience.INTERNAL, document=document)
    approved("Where is the pump?", text="Inside.", collection=shelf("office", Audience.INTERNAL))
    Document.objects.update(is_published=False)

    messages = [made(QUESTION)["text"]]
    Event.objects.all().delete()
    messages.append(made("Where is the pump?")["text"])

    assert not any("GOLD" in text or "Inside" in text for text in messages)
    assert list(CuratedAnswer.objects.values_list("hits", flat=True)) == [0, 0]


@pytest.mark.usefixtures("knowledge")
def test_an_answer_that_another_attempt_took_over_is_not_counted() -> None:
    approved(QUESTION)
    asked(QUESTION)
    work = claim_next("test", 1)[0]
    Answer.objects.update(attempt=7)

    asyncio.run(Making(work, lambda _work: engine_for(), Together(keep_all)).run())

    assert CuratedAnswer.objects.get().hits == 0
