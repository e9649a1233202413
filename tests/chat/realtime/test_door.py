"""The door: who is let in at the socket, and what is said to those who are not."""

import uuid

import pytest

from chat.models import Answer, Assistant, Conversation, Feedback, Message
from chat.realtime import consumers
from tests.chat.realtime.customers import (
    FIRST,
    Customer,
    at_work,
    of_event,
    of_type,
    scripted,
    stored,
)

pytestmark = pytest.mark.usefixtures("demo")


async def test_a_welcome_says_who_is_there() -> None:
    cleo = Customer()

    welcome = await cleo.enter()
    await cleo.leave()

    assert welcome == {
        "type": "welcome",
        "v": 2,
        "conversation": None,
        "head_seq": 0,
        "identity": {"verified": False, "name": ""},
        "assistant": {
            "key": "demo",
            "name": "Mia",
            "greeting": "Hello!",
            "suggestions": ["How do I reset it?"],
            "handoff": True,
            "pre_chat": {},
        },
        "care": "assistant",
        "contact": {"name": "", "email": ""},
        "staff": {"open": True, "online": False},
    }


@pytest.mark.parametrize(("text", "code"), [("  ", "empty"), ("x" * 4001, "too_long")])
async def test_a_question_that_cannot_be_asked_is_answered_with_a_sentence(text: str, code: str) -> None:
    cleo = Customer()
    await cleo.enter()

    client_id = await cleo.ask(text)
    error = await cleo.until(of_type("error"))
    await cleo.leave()

    assert (error["code"], error["client_id"]) == (code, client_id)
    assert not await stored(Conversation.objects.exists)


async def test_dan_never_sees_or_touches_cleos_conversation() -> None:
    cleo, dan = Customer(), Customer()
    await cleo.enter()
    welcome = await dan.enter()
    async with at_work(scripted((FIRST,))):
        await cleo.ask()
        message = await cleo.finished()

    await dan.send(type="resume", last_seq=0)
    await dan.send(type="feedback", message=message["id"], helpful=False)
    error = await dan.until(of_type("error"))
    await dan.answered_up_to_now()
    await cleo.leave()
    await dan.leave()

    assert welcome["conversation"] is None
    assert error["code"] == "unknown_message"
    assert dan.events == []
    assert not await stored(Feedback.objects.exists)


async def test_a_second_hello_leaves_the_first_conversation() -> None:
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()

    cleo.secret = "n" * 43
    welcome = await cleo.hello()
    cleo.frames.clear()
    await cleo.send(type="resume", last_seq=0)
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert welcome["conversation"] is None
    assert cleo.events == []


async def test_a_client_that_has_read_further_than_we_have_written_still_gets_what_follows() -> None:
    cleo = Customer()

    await cleo.enter(last_seq=40)
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    await cleo.leave()

    assert cleo.events == [(1, "message.created")]


@pytest.mark.parametrize("origin", [b"https://evil.example", b"http://localhost.evil.example", b"null", None])
async def test_a_foreign_origin_is_refused(origin: bytes | None) -> None:
    stranger = Customer(origin=origin)

    assert not await stranger.connect()


@pytest.mark.parametrize("key", ["nobody", "retired"])
async def test_an_assistant_that_is_not_there_is_said_and_the_socket_closed(key: str) -> None:
    await stored(lambda: Assistant.objects.create(key="retired", name="Old", is_active=False))
    cleo = Customer(assistant=key)
    await cleo.connect()

    await cleo.send(type="hello", v=1, assistant=key, token=cleo.secret)
    error = await cleo.until(of_type("error"))
    closed = await cleo.receive()

    assert error["code"] == "unknown_assistant"
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)


async def test_the_first_frame_must_be_hello() -> None:
    cleo = Customer()
    await cleo.connect()

    await cleo.ask()
    error = await cleo.until(of_type("error"))
    await cleo.leave()

    assert error["code"] == "hello_first"
    assert not await stored(Message.objects.exists)


async def test_a_socket_that_never_says_hello_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HELLO_SECONDS", 0.05)
    cleo = Customer()
    await cleo.connect()

    await cleo.until(of_type("error"))
    closed = await cleo.receive()

    assert closed["code"] == 4400


async def test_bad_frames_are_answered_and_too_many_close_the_socket() -> None:
    cleo = Customer()
    await cleo.enter()

    for raw in ("{", "[]", '{"type": "dance"}'):
        await cleo.send_raw(text=raw)
    await cleo.send_raw(bytes=b"\x00\xff")
    await cleo.answered_up_to_now()
    codes = [frame["code"] for frame in cleo.frames if frame["type"] == "error"]
    for _ in range(16):
        await cleo.send_raw(text="{")
        await cleo.until(of_type("error"))
    closed = await cleo.receive()

    assert codes == ["bad_frame", "bad_frame", "unknown_frame", "bad_frame"]
    assert closed["code"] == 4400


async def test_a_stop_of_an_unknown_answer_does_nothing() -> None:
    cleo = Customer()
    await cleo.enter()

    await cleo.send(type="stop", answer=str(uuid.uuid4()))
    await cleo.ask()
    await cleo.send(type="stop", answer=str(uuid.uuid4()))
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert not await stored(lambda: Answer.objects.get().stop_requested)
