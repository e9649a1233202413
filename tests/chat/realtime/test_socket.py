"""The socket: what customers see when they ask, stop, rate, break off and come back."""

import asyncio
from itertools import groupby

import pytest
from channels.layers import get_channel_layer
from django.db import transaction

from chat.answering.engine import AnswerEngine
from chat.answering.phrases import phrase
from chat.conversations.transcript import lock, record
from chat.models import Answer, Conversation, Event, Feedback
from chat.realtime import looking
from chat.realtime.broadcast import announce, announce_typing, event_frame
from tests.chat.realtime.customers import (
    FIRST,
    RESET,
    SECOND,
    Customer,
    at_work,
    becomes,
    of_event,
    of_type,
    scripted,
    stored,
)
from tests.fakes import STALL, ScriptedSearch

pytestmark = pytest.mark.usefixtures("demo")
WHOLE = "Hold the power button for ten seconds. [1] The lamp then blinks twice. [2]"


async def test_a_question_is_acknowledged_answered_live_and_finished_in_order() -> None:
    cleo = Customer()
    await cleo.enter()

    client_id = await cleo.ask()
    await cleo.until(of_event("message.created"))
    async with at_work(scripted((FIRST, SECOND))):
        message = await cleo.finished()
    await cleo.leave()

    assert cleo.events == [(1, "message.created"), (2, "answer.started"), (3, "answer.finished")]
    assert cleo.frames[1]["data"]["message"]["client_id"] == client_id
    assert message["text"] == cleo.live_text == WHOLE
    assert (message["outcome"], message["answerer"]) == ("answered", "model")
    assert " ".join(citation["quote"] for citation in message["citations"]) == RESET
    stages = [frame["stage"] for frame in cleo.frames if frame["type"] == "status"]
    assert [stage for stage, _ in groupby(stages)] == ["searching", "writing"]


async def test_asking_again_with_the_same_client_id_changes_nothing() -> None:
    cleo = Customer()
    await cleo.enter()

    client_id = await cleo.ask()
    await cleo.ask(client_id=client_id)
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert cleo.events == [(1, "message.created")]
    assert await stored(Answer.objects.count) == 1


async def test_two_sockets_of_one_conversation_stay_in_step() -> None:
    phone = Customer()
    await phone.enter()
    async with at_work(scripted((FIRST,), (FIRST, SECOND))):
        await phone.ask()
        await phone.finished()
        laptop = Customer(phone.secret)
        welcome = await laptop.enter()
        await laptop.finished()

        await laptop.ask("And once more, how do I reset the machine?")
        messages = [await phone.finished(), await laptop.finished()]
    await phone.leave()
    await laptop.leave()

    assert welcome["head_seq"] == 3
    assert messages[0] == messages[1]
    assert phone.events == laptop.events
    assert [seq for seq, _ in phone.events] == [1, 2, 3, 4, 5, 6]


async def test_a_socket_cut_in_the_middle_of_an_answer_gets_exactly_the_rest() -> None:
    cleo, go_on = Customer(), asyncio.Event()
    await cleo.enter()
    async with at_work(scripted((FIRST, "The ", go_on, "lamp then blinks twice."))):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await cleo.leave()
        shown = await becomes(lambda: Answer.objects.exclude(text="").values_list("text", flat=True).first())

        back = Customer(cleo.secret)
        welcome = await back.enter(last_seq=cleo.events[-1][0])
        snapshot = await back.until(of_type("snapshot"))
        go_on.set()
        message = await back.finished()
    await back.leave()

    assert welcome["head_seq"] == 2
    assert (snapshot["attempt"], snapshot["text"]) == (1, shown)
    assert back.events == [(3, "answer.finished")]
    delta = next(frame for frame in back.frames if frame["type"] == "delta")
    assert shown + delta["text"] == message["text"] == WHOLE
    assert delta["offset"] == len(shown)


async def test_an_answer_is_finished_without_its_customer() -> None:
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    await cleo.leave()

    async with at_work(scripted((FIRST,))):
        await becomes(lambda: Event.objects.filter(kind="answer.finished").exists())
    back = Customer(cleo.secret)
    await back.enter(last_seq=1)
    await back.answered_up_to_now()
    await back.leave()

    assert back.events == [(2, "answer.started"), (3, "answer.finished")]


async def test_a_resume_sends_again_what_came_after() -> None:
    cleo = Customer()
    await cleo.enter()
    async with at_work(scripted((FIRST,))):
        await cleo.ask()
        await cleo.finished()
    cleo.frames.clear()

    await cleo.send(type="resume", last_seq=1)
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert cleo.events == [(2, "answer.started"), (3, "answer.finished")]
    assert cleo.frames[-1] == {"type": "pong", "head_seq": 3}


async def test_a_stop_keeps_what_was_said() -> None:
    cleo = Customer()
    await cleo.enter()

    async with at_work(scripted((FIRST, "The ", STALL))):
        await cleo.ask()
        delta = await cleo.until(of_type("delta"))
        await cleo.send(type="stop", answer=delta["answer"])
        message = await cleo.finished()
    await cleo.leave()

    assert (message["outcome"], message["text"]) == ("stopped", "Hold the power button for ten seconds. [1]")
    assert [citation["number"] for citation in message["citations"]] == [1]


async def test_a_stop_before_the_first_word_says_so() -> None:
    cleo = Customer()
    await cleo.enter()

    async with at_work(scripted((STALL,))):
        await cleo.ask()
        started = await cleo.until(of_event("answer.started"))
        await cleo.send(type="stop", answer=started["data"]["answer"])
        message = await cleo.finished()
    await cleo.leave()

    assert (message["outcome"], message["text"]) == ("stopped", phrase("stopped", "en"))


async def test_an_engine_that_fails_gives_the_customer_an_end() -> None:
    cleo = Customer()
    await cleo.enter()

    async with at_work(AnswerEngine(ScriptedSearch(failure=ConnectionError("away")), None)):
        await cleo.ask()
        message = await cleo.finished()
    await cleo.leave()

    assert (message["outcome"], message["text"]) == ("failed", phrase("failed", "en"))
    assert "away" not in str(cleo.frames)


async def test_feedback_is_kept_and_told() -> None:
    cleo = Customer()
    await cleo.enter()
    async with at_work(scripted((FIRST,))):
        await cleo.ask()
        message = await cleo.finished()

    await cleo.send(type="feedback", message=message["id"], helpful=False, reason="wrong machine")
    event = await cleo.until(of_event("feedback.given"))
    await cleo.leave()

    assert event["data"] == {"message": message["id"], "helpful": False, "offer_handoff": False}
    assert await stored(lambda: Feedback.objects.get().reason) == "wrong machine"


async def test_an_event_that_was_never_announced_comes_before_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 1000)  # so that the look does not find it first
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    conversation = await stored(Conversation.objects.get)

    await stored(lambda: write(conversation, "lost"))
    announced = await stored(lambda: write(conversation, "announced"))
    await announce(conversation.id, event_frame(announced))
    await announce(conversation.id, event_frame(announced))
    await cleo.until(of_event("announced"))
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert cleo.events == [(1, "message.created"), (2, "lost"), (3, "announced")]


async def test_a_customer_sees_that_staff_write_and_that_they_stopped() -> None:
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    conversation = await Conversation.objects.aget()

    await announce_typing(conversation.id, "Ben", True)
    await announce_typing(conversation.id, "Ben", False)
    await cleo.until(lambda frame: frame["type"] == "typing" and not frame["active"])
    await cleo.leave()

    typing = [frame for frame in cleo.frames if frame["type"] == "typing"]
    assert [frame["active"] for frame in typing] == [True, False]
    assert {frame["who"]["name"] for frame in typing} == {"Ben"}


async def test_announcements_that_got_lost_are_found_by_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.1)
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    layer = get_channel_layer()
    assert layer is not None
    await layer.flush()  # as when Redis is emptied: nobody is subscribed any more

    await stored(lambda: write(Conversation.objects.get(), "lost"))
    await cleo.until(of_event("lost"))
    await cleo.leave()

    assert cleo.events == [(1, "message.created"), (2, "lost")]


def write(conversation: Conversation, kind: str) -> Event:
    """Write an event and tell nobody."""
    with transaction.atomic():
        return record(lock(conversation.id), kind, {})
