"""Quotes from passages in another language than the question: chosen by what their sentences mean."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from chat.answering.engine import AnswerEngine, Conduct
from chat.answering.events import AnswerEvent, Cited, Text
from chat.realtime.engines import engine_for
from knowledge.embedding import EmbedderUnavailable
from tests.factories import passage, taken_in
from tests.fakes import ScriptedSearch

FILLER = "The committee met in the old town hall and talked about the weather of that year at great length. "
WANTED = "The fee is waived for children under six."
LONG = f"{FILLER * 4}\n\n{WANTED}\n\n{FILLER * 4}"
QUESTION = "Müssen kleine Kinder einen Eintritt bezahlen?"


class Compared:
    """Says how near texts are to a question, and keeps what it was asked."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[tuple[str, Sequence[str]]] = []
        self._failure = failure

    async def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return .4 for what is wanted, .3 for everything else."""
        self.asked.append((question, texts))
        if self._failure is not None:
            raise self._failure
        return [0.4 if text == WANTED else 0.3 for text in texts]


async def quotes(question: str, text: str, near: Compared, language: str = "en") -> list[str]:
    """Return what is quoted of a passage."""
    engine = AnswerEngine(ScriptedSearch([passage(text, language=language)]), conduct=Conduct(near=near))
    events = [event async for event in engine.answer(question)]
    assert any(isinstance(event, Text) for event in events)
    return [event.citation.quote for event in events if isinstance(event, Cited)]


async def test_the_sentence_that_is_nearest_to_the_question_is_quoted() -> None:
    near = Compared()

    (quote,) = await quotes(QUESTION, LONG, near)

    assert WANTED in quote
    assert [(question, set(texts)) for question, texts in near.asked] == [
        (QUESTION, {FILLER.strip(), WANTED})
    ]


async def test_a_question_in_the_language_of_the_passage_goes_by_its_words() -> None:
    near = Compared()

    (quote,) = await quotes("What did the committee talk about at the town hall?", LONG, near)

    assert near.asked == []
    assert WANTED not in quote


async def test_a_passage_in_no_known_language_is_not_compared() -> None:
    near = Compared()

    assert await quotes(QUESTION, LONG, near, language="")

    assert near.asked == []


async def test_an_embedder_that_is_away_costs_no_answer() -> None:
    near = Compared(EmbedderUnavailable("away"))

    assert await quotes(QUESTION, LONG, near)

    assert len(near.asked) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("brief")
def test_the_engine_of_customers_compares_with_the_embedder_of_the_documents(tmp_path: Path) -> None:
    taken_in(tmp_path, f"{FILLER * 4}\n\nReset it with the small button.\n\n{FILLER * 4}", "house.txt")

    engine = engine_for()

    async def events() -> list[AnswerEvent]:
        return [event async for event in engine.answer("Wie kann ich das bitte zurücksetzen?")]

    (quote,) = [one.citation.quote for one in async_to_sync(events)() if isinstance(one, Cited)]

    assert "Reset it with the small button." in quote
