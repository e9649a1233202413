"""Whatever a model's endpoint does, the customer gets a labelled, cited answer or an honest refusal.

The real engine and the real client behind the real guard, with little patience; the endpoint
is a server on loopback. ``bench/model_failures.py`` measures the same with the patience of the
settings.
"""

import asyncio
import json
import re

import pytest
from pytest_django import Settings

from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Cited, Finished, Text
from chat.answering.phrases import phrase
from tests.chat.answering.misbehaviour import BROKEN_OFF, LIES, MALFORMED, REFUSALS, STALLS, TRUE
from tests.chat.answering.model_server import Script, Serve, Server, guarded
from tests.factories import passage
from tests.fakes import ScriptedSearch

RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
QUESTION = "How do I reset the machine?"
BOUND = 5.0  # seconds; far above the patience of these tests, far below never


async def answered(settings: Settings) -> list[AnswerEvent]:
    """Return all events of an answer."""
    engine = AnswerEngine(ScriptedSearch([passage(RESET)]), guarded(settings))
    async with asyncio.timeout(BOUND):
        return [event async for event in engine.answer(QUESTION)]


def text_of(events: list[AnswerEvent]) -> str:
    """Return the text of an answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


def assert_is_cited(events: list[AnswerEvent], answerer: str) -> None:
    """See that an answer says who wrote it, that its marks point to citations, and these into the passage."""
    citations = {event.citation.number: event.citation for event in events if isinstance(event, Cited)}
    marks = {int(number) for number in re.findall(r"\[(\d+)\]", text_of(events))}
    assert events[-1] == Finished("answered", answerer)
    assert marks == set(citations) != set()
    assert all(citation.quote in RESET for citation in citations.values())


@pytest.mark.parametrize("script", [*STALLS.values(), *REFUSALS.values()], ids=[*STALLS, *REFUSALS])
async def test_a_model_that_gives_nothing_is_replaced_by_quotes(
    serve: Serve, settings: Settings, script: Script
) -> None:
    serve(script)

    events = await answered(settings)

    assert_is_cited(events, "fallback")
    assert "hold the power button for ten seconds" in text_of(events)


@pytest.mark.parametrize("script", list(BROKEN_OFF.values()), ids=list(BROKEN_OFF))
async def test_what_a_model_began_is_completed_by_quotes_and_says_so(
    serve: Serve, settings: Settings, script: Script
) -> None:
    serve(script)

    events = await answered(settings)

    assert_is_cited(events, "fallback")
    assert phrase("cut_short", "en") in text_of(events)
    assert "[DONE]" not in text_of(events)


@pytest.mark.parametrize("script", list(MALFORMED.values()), ids=list(MALFORMED))
async def test_a_malformed_stream_ends_in_a_cited_answer(
    serve: Serve, settings: Settings, script: Script
) -> None:
    serve(script)

    events = await answered(settings)

    finished = events[-1]
    assert isinstance(finished, Finished)
    assert_is_cited(events, finished.answerer)
    assert finished.answerer in ("model", "fallback")
    assert "�" not in text_of(events)


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_is_not_shown(serve: Serve, settings: Settings, lie: str) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say(lie, reason="stop")
        server.end()

    serve(script)

    events = await answered(settings)

    assert_is_cited(events, "fallback")
    assert lie.partition(" [")[0] not in text_of(events)


@pytest.mark.parametrize("lie", LIES)
async def test_what_is_true_beside_a_lie_is_shown_without_it(
    serve: Serve, settings: Settings, lie: str
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say(TRUE, f"{lie} ", "The lamp then blinks twice [1].", reason="stop")
        server.end()

    serve(script)

    events = await answered(settings)

    assert_is_cited(events, "model")
    shown = re.sub(r" \[\d\]", "", text_of(events))
    assert shown == "Hold the power button for ten seconds. The lamp then blinks twice."


async def test_after_several_failures_the_model_is_left_alone(serve: Serve, settings: Settings) -> None:
    serve(lambda server: server.refuse(401))
    model = guarded(settings)
    engine = AnswerEngine(ScriptedSearch([passage(RESET)]), model)

    answers = [[event async for event in engine.answer(QUESTION)] for _ in range(8)]

    assert len(Server.asked) == 5
    for events in answers:
        assert_is_cited(events, "fallback")


async def test_the_server_of_these_tests_can_be_answered_from(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold the power button ", "for ten seconds [1].", reason="stop")
        server.end()

    serve(script)

    events = await answered(settings)

    assert_is_cited(events, "model")
    assert json.dumps(Server.asked[0]["messages"]).count(RESET) == 1
