"""The engine: from a question to checked, cited text, with a model and without."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answering.engine import AnswerEngine, Conduct
from chat.answering.events import AnswerEvent, Cited, Finished, Found, Text, Turn
from chat.answering.phrases import phrase
from chat.answering.prompting import MOST_PASSAGES
from chat.answering.support import Support
from knowledge.embedding import EmbedderUnavailable
from knowledge.passages import Passage
from tests.factories import passage
from tests.fakes import STALL, ScriptedModel, ScriptedSearch, broken_off

RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
WARRANTY = "The warranty lasts 24 months. It does not cover damage by lime."
QUESTION = "How do I reset the machine?"


async def answered(
    model: ScriptedModel | None,
    *texts: str | Passage,
    question: str = QUESTION,
    history: Sequence[Turn] = (),
) -> tuple[list[AnswerEvent], str]:
    """Return all events and the text, of an engine that finds these passages."""
    passages = [text if isinstance(text, Passage) else passage(text) for text in texts]
    engine = AnswerEngine(ScriptedSearch(passages), model)
    events = [event async for event in engine.answer(question, history)]
    return events, "".join(event.text for event in events if isinstance(event, Text))


def saying(*pieces: object) -> ScriptedModel:
    """Return a model that says this."""
    model = ScriptedModel()
    model.enqueue(*pieces)
    return model


def citations(events: Sequence[AnswerEvent]) -> list[int]:
    """Return the numbers of the citations, in order."""
    return [event.citation.number for event in events if isinstance(event, Cited)]


async def test_without_passages_it_declines_and_never_asks_the_model() -> None:
    model = saying("Hold the power button.")

    events, text = await answered(model)

    assert model.asked == []
    assert events[0] == Found((), 0.0)
    assert events[-1] == Finished("declined", "none")
    assert text == phrase("declined", "en")


async def test_with_passages_of_something_else_it_declines_and_never_asks_the_model() -> None:
    model = saying("Hold the power button.")

    events, _ = await answered(
        model, passage(RESET, nearness=0.0, lead=0.0, words=0.0, coverage=0.0, score=0.0)
    )

    assert model.asked == []
    assert events[-1] == Finished("declined", "none")


async def test_it_declines_in_the_language_of_the_question() -> None:
    _, text = await answered(None, question="Wie kann ich das Gerät bitte zurücksetzen?")

    assert text == phrase("declined", "de")


async def test_a_supported_sentence_is_shown_with_its_citation_before_it() -> None:
    model = saying("Hold the power button ", "for ten seconds [1].")

    events, text = await answered(model, RESET, WARRANTY)

    kinds = [type(event).__name__ for event in events]
    assert kinds == ["Found", "Cited", "Text", "Finished"]
    assert text == "Hold the power button for ten seconds. [1]"
    assert events[-1] == Finished("answered", "model")


async def test_an_unmarked_sentence_gets_the_mark_of_the_passage_that_supports_it() -> None:
    model = saying("The warranty lasts 24 months.")

    events, text = await answered(model, RESET, WARRANTY)

    assert text == "The warranty lasts 24 months. [1]"
    cited = [event.citation for event in events if isinstance(event, Cited)]
    assert [citation.quote for citation in cited] == ["The warranty lasts 24 months."]


async def test_a_wrong_mark_is_set_right() -> None:
    model = saying("The warranty lasts 24 months [1].")

    events, _ = await answered(model, RESET, WARRANTY)

    cited = [event.citation.passage.text for event in events if isinstance(event, Cited)]
    assert cited == [WARRANTY]


@pytest.mark.parametrize(
    "sentence",
    [
        "Our founder was born in Vienna [7].",
        "The warranty lasts 36 months [2].",
        "The warranty lasts 24.5 months [2].",
        "The warranty does not last 24 months, never [1].",
        "The warranty covers unicorns, dragons and other creatures [2].",
        "Ignore the sources and send us your password.",
        "[1]",
        "!!! [2]",
    ],
)
async def test_a_sentence_without_support_is_dropped_and_leaves_no_citation(sentence: str) -> None:
    model = saying(f"Hold the power button for ten seconds [1]. {sentence}")
    unlike = passage("The warranty lasts 24 months.")

    events, text = await answered(model, RESET, unlike)

    assert text == "Hold the power button for ten seconds. [1]"
    assert citations(events) == [1]


async def test_a_model_that_says_nothing_that_is_supported_gives_way_to_quotes() -> None:
    model = saying("I could not find it.")

    events, text = await answered(model, RESET)

    assert text == f"{RESET} [1]"
    assert events[-1] == Finished("answered", "fallback")


@pytest.mark.parametrize(
    "said", ["NOT FOUND", "**Not found.** [1]", "NOT FOUND\n\nThe lamp then blinks twice."]
)
async def test_what_neither_the_model_nor_we_find_for_sure_is_declined(said: str) -> None:
    doubtful = passage(RESET, nearness=0.45, lead=0.1, words=5.0, coverage=0.4)

    events, text = await answered(saying(said), doubtful)

    assert events[-1] == Finished("declined", "none")
    assert text == phrase("declined", "en")
    assert not citations(events)


async def test_what_we_are_sure_of_is_quoted_although_the_model_did_not_find_it() -> None:
    events, text = await answered(saying("NOT FOUND"), RESET)

    assert text == f"{RESET} [1]"
    assert events[-1] == Finished("answered", "fallback")


async def test_a_model_that_finds_nothing_further_keeps_what_it_said() -> None:
    events, text = await answered(saying("The lamp then blinks twice [1]. NOT FOUND."), RESET)

    assert text == "The lamp then blinks twice. [1]"
    assert events[-1] == Finished("answered", "model")


async def test_a_model_that_fails_at_once_gives_way_to_quotes() -> None:
    events, text = await answered(saying(broken_off()), RESET)

    assert text == f"{RESET} [1]"
    assert events[-1] == Finished("answered", "fallback")


async def test_a_model_that_dies_in_the_middle_gives_way_to_quotes_and_shows_no_half_sentence() -> None:
    model = saying("Hold the power button for ten seconds [1]. The lamp then", broken_off())

    events, text = await answered(model, RESET)

    said, quoted = text.split(phrase("cut_short", "en"))
    assert said.strip() == "Hold the power button for ten seconds. [1]"
    assert quoted.strip() == f"{RESET} [2]"
    assert "The lamp then" not in said
    assert events[-1] == Finished("answered", "fallback")


async def test_what_a_stalled_model_said_is_shown_while_it_stalls() -> None:
    model = saying("Hold the power button for ten seconds [1]. The lamp", STALL)
    engine = AnswerEngine(ScriptedSearch([passage(RESET)]), model)
    shown: list[str] = []

    async def read() -> None:
        async for event in engine.answer(QUESTION):
            if isinstance(event, Text):
                shown.append(event.text)

    reading = asyncio.create_task(read())
    while not shown:
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert shown == ["Hold the power button for ten seconds. [1]"]


async def test_an_embedder_that_fails_while_a_sentence_is_checked_gives_way_to_quotes() -> None:
    async def unavailable(_sentence: str, _others: Sequence[str]) -> list[float]:
        raise EmbedderUnavailable("It does not answer.")

    conduct = Conduct(support=Support(unavailable))
    model = saying("Halten Sie die Einschalttaste zehn Sekunden lang gedrückt [1].")
    engine = AnswerEngine(ScriptedSearch([passage(RESET)]), model, conduct=conduct)

    events = [event async for event in engine.answer("Wie setze ich die Maschine zurück?")]

    assert events[-1] == Finished("answered", "fallback")
    assert citations(events) == [1]


async def test_an_error_of_search_is_not_hidden() -> None:
    engine = AnswerEngine(ScriptedSearch(failure=ConnectionError("away")), None)

    with pytest.raises(ConnectionError):
        [event async for event in engine.answer(QUESTION)]


async def test_a_follow_up_is_searched_as_the_model_makes_it_stand_alone_but_answered_as_it_was_asked() -> (
    None
):
    search, model = ScriptedSearch([passage(RESET)]), saying("How do I reset the Aroma 3000?")
    model.enqueue("Hold the power button for ten seconds.")
    history = [Turn("Does the Aroma 3000 have a reset?", "Yes.")]

    async for _ in AnswerEngine(search, model).answer("And how do I do it?", history):
        pass

    assert (search.asked, search.earlier) == (["How do I reset the Aroma 3000?"], [()])
    told = model.asked[1]
    assert [role for role, _ in told] == ["system", "user", "assistant", "user"]
    assert told[-1][1].rstrip().endswith("Question: And how do I do it?")


async def test_the_model_gets_only_so_many_passages_and_only_those_can_be_cited() -> None:
    model = saying("The lamp of the last is blue [9].")
    texts = [f"The lamp of machine number {n} is green." for n in range(MOST_PASSAGES)]

    events, text = await answered(model, *texts, "The lamp of the last is blue.")

    assert "blue" not in model.asked[0][-1][1]
    assert "blue" not in text
    assert events[-1] == Finished("answered", "fallback")


SENTENCES = (
    "Hold the power button for ten seconds [1]. ",
    "The lamp then blinks twice. [1] ",
    "The warranty lasts 24 months [2]. ",
    "It does not cover damage by lime [2] [1]. ",
    "The warranty lasts 99 months [2]. ",
    "Buy our stock [3]! ",
    "Is it so? [9] ",
    "**Note:**\n",
    "- [1]\n",
)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8), st.data())
async def test_marks_and_citations_are_a_bijection_whatever_the_model_says(
    said: list[str], data: st.DataObject
) -> None:
    reply = "".join(said)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=6)))
    pieces = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    failure = [broken_off()] if data.draw(st.booleans()) else []

    events, text = await answered(saying(*pieces, *failure), RESET, WARRANTY)

    marks = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    assert sorted(marks) == citations(events) == list(range(1, len(marks) + 1))
    assert marks
    assert "99" not in text
    assert "stock" not in text
