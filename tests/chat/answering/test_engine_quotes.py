"""The engine where it quotes: what it quotes for, and what is too little to be an answer."""

from dataclasses import replace

import pytest

from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Finished, Text, Turn
from chat.answering.phrases import phrase
from chat.errors import ModelFailed
from knowledge.passages import Passage
from tests.factories import passage
from tests.fakes import ScriptedModel, ScriptedSearch


async def answered(
    model: ScriptedModel | None, source: Passage, question: str, *history: Turn
) -> tuple[list[AnswerEvent], str]:
    """Return all events and the text, of an engine that finds this passage."""
    engine = AnswerEngine(ScriptedSearch([source]), model)
    events = [event async for event in engine.answer(question, history)]
    return events, "".join(event.text for event in events if isinstance(event, Text))


async def test_what_says_little_is_quoted_for_with_the_question_it_leans_on() -> None:
    rows = [
        "| Programme | A | B |",
        "| Eco | 3:45 | 3:30 |",
        "| Auto | 2:10 | 2:05 |",
        "| Intensive | 2:35 | 2:25 |",
    ]
    table = passage("\n".join(rows), kind="table")
    before = Turn("How long does the Intensive programme take on A?", "2:35 [1]")

    _, text = await answered(None, table, "And on the other model?", before)

    assert "Intensive" in text
    assert "Eco" not in text


@pytest.mark.parametrize("said", ["", "The moon is made of cheese."])
async def test_passages_of_nothing_but_headings_are_no_answer(said: str) -> None:
    model = ScriptedModel() if said else None
    if model is not None:
        model.enqueue(said)

    events, text = await answered(
        model, passage("Reset", heading_path=("Reset",)), "How do I reset the machine?"
    )

    assert events[-1] == Finished("declined", "none")
    assert text == phrase("declined", "en")


DOUBTFUL = passage("Hold the power button.", nearness=0.45, lead=0.1, words=5.0, coverage=0.4)


@pytest.mark.parametrize("model", [None, ScriptedModel()])
async def test_what_may_not_be_the_answer_is_said_to_be_so(model: ScriptedModel | None) -> None:
    if model is not None:
        model.enqueue(ModelFailed("away"))

    events, text = await answered(model, DOUBTFUL, "How do I reset the machine?")

    assert text == f"{phrase('unsure', 'en')}\n\nHold the power button. [1]"
    assert events[-1] == Finished("answered", "fallback" if model else "quoting")


async def test_it_is_said_in_the_customers_language() -> None:
    source = replace(DOUBTFUL, text="Halten Sie die Taste gedrückt.", language="de")

    _, text = await answered(None, source, "Wie setze ich die Maschine zurück?")

    assert text.startswith(phrase("unsure", "de"))


async def test_what_is_sure_or_said_by_a_model_needs_no_such_words() -> None:
    model = ScriptedModel()
    model.enqueue("Hold the power button [1].")

    for text in (
        (await answered(None, passage("Hold the power button."), "How do I reset it?"))[1],
        (await answered(model, DOUBTFUL, "How do I reset the machine?"))[1],
    ):
        assert text == "Hold the power button. [1]"


async def test_doubtful_passages_of_nothing_but_headings_are_no_answer_either() -> None:
    source = passage("Reset", heading_path=("Reset",), nearness=0.45, lead=0.1, words=5.0, coverage=0.4)

    _, text = await answered(None, source, "How do I reset the machine?")

    assert text == phrase("declined", "en")
