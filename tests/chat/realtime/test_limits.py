"""Limits and bans at the socket: who comes too often waits, and is told how long."""

import json
import secrets

import pytest

from chat.conversations.bans import ban_conversation
from chat.limits.rates import Rate
from chat.models import Assistant, Ban, Conversation, Message
from chat.realtime import limiting
from chat.realtime.protocol import Typing
from tests.chat.realtime.customers import Customer, Frame, of_event, of_type, stored
from tests.factories import staff

pytestmark = pytest.mark.usefixtures("demo")


async def limit(**quotas: int) -> None:
    """Give the assistant limits of its own."""
    await stored(lambda: Assistant.objects.filter(key="demo").update(quotas=quotas))


def an_address() -> str:
    """Return an address that no other test comes from."""
    return f"9.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


async def refused(customer: Customer) -> tuple[str, int, str | None]:
    """Receive up to an error; return its code, its wait, and which question it is about."""
    error = await customer.until(of_type("error"))
    return error["code"], error.get("retry_after", 0), error["client_id"]


async def test_one_question_too_many_is_refused_with_an_honest_wait_and_not_stored() -> None:
    await limit(questions_per_minute=2)
    cleo, dan = Customer(), Customer()
    await cleo.enter()
    await dan.enter()

    await cleo.ask("One?")
    await cleo.ask("Two?")
    third = await cleo.ask("Three?")
    code, wait, about = await refused(cleo)
    await dan.ask("One?")
    await dan.until(of_event("message.created"))
    await cleo.leave()
    await dan.leave()

    assert (code, about) == ("rate_limited", third)
    assert 1 <= wait <= 30
    assert await stored(Message.objects.count) == 3


async def test_a_customer_cannot_begin_anew_by_another_socket() -> None:
    await limit(questions_per_day=1)
    cleo = Customer()
    await cleo.enter()
    await cleo.ask("One?")
    await cleo.leave()
    again = Customer(cleo.secret)
    await again.enter()

    await again.ask("Two?")
    code, wait, _about = await refused(again)
    await again.leave()

    assert code == "rate_limited"
    assert 86_000 <= wait <= 86_400
    assert "24 hours" in again.frames[-1]["detail"]


@pytest.mark.parametrize("rule", ["address_questions_per_minute", "address_conversations_per_hour"])
async def test_an_address_cannot_begin_anew_by_another_secret(rule: str) -> None:
    await limit(**{rule: 1})
    here = an_address()
    first, second, elsewhere = Customer(address=here), Customer(address=here), Customer(address=an_address())
    for customer in (first, second, elsewhere):
        await customer.enter()

    await first.ask()
    await first.answered_up_to_now()
    await second.ask()
    code, _wait, _about = await refused(second)
    await elsewhere.ask()
    await elsewhere.until(of_event("message.created"))
    for customer in (first, second, elsewhere):
        await customer.leave()

    assert code == "rate_limited"
    assert await stored(Conversation.objects.count) == 2


async def test_asking_for_a_person_founds_no_more_conversations_than_asking_a_question() -> None:
    await limit(address_conversations_per_hour=1)
    here = an_address()
    first, second = Customer(address=here), Customer(address=here)
    await first.enter()
    await second.enter()

    await first.send(type="handoff", wanted=True)
    await first.until(of_event("handoff.requested"))
    await second.send(type="contact", name="Dan", email="dan@example.com")
    code, _wait, _about = await refused(second)
    await first.leave()
    await second.leave()

    assert code == "rate_limited"


async def test_an_assistant_answers_so_many_questions_a_day() -> None:
    await limit(assistant_questions_per_day=1)
    cleo, dan = Customer(), Customer()
    await cleo.enter()
    await dan.enter()

    await cleo.ask()
    await cleo.answered_up_to_now()
    await dan.ask()
    code, _wait, _about = await refused(dan)
    await cleo.leave()
    await dan.leave()

    assert code == "rate_limited"
    assert "enough for today" in dan.frames[-1]["detail"]


async def test_a_sixth_socket_of_one_customer_is_turned_away_until_another_closes() -> None:
    first = Customer()
    open_ones = [first, *(Customer(first.secret) for _ in range(4))]
    for one in open_ones:
        await one.enter()
    sixth = Customer(first.secret)

    await sixth.connect()
    await sixth.send(type="hello", v=2, assistant="demo", token=first.secret)
    code, wait, _about = await refused(sixth)
    closed = await sixth.receive()
    await first.leave()
    again = Customer(first.secret)
    await again.enter()
    for one in (*open_ones[1:], again):
        await one.leave()

    assert (code, closed["code"]) == ("rate_limited", 4429)
    assert 1 <= wait <= 45


async def test_an_address_opens_so_many_sockets_and_a_flood_of_them_not_even_to_say_hello(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await limit(address_sockets_per_minute=1)
    monkeypatch.setattr(limiting, "CONNECTS", Rate(2, 60))
    here = an_address()
    first, second, third = (Customer(address=here) for _ in range(3))

    await first.enter()
    await second.connect()
    await second.send(type="hello", v=2, assistant="demo", token=second.secret)
    greeted, second_closed = await refused(second), await second.receive()
    await third.connect()
    connected, third_closed = await refused(third), await third.receive()
    await first.leave()

    assert greeted[0] == connected[0] == "rate_limited"
    assert second_closed["code"] == third_closed["code"] == 4429


async def test_a_flood_of_frames_is_refused_and_then_closed() -> None:
    await limit(frames_per_minute=1)
    cleo = Customer()
    await cleo.enter()

    for _ in range(60):
        await cleo.send(type="ping")
    outputs: list[Frame] = []
    while not outputs or outputs[-1]["type"] != "websocket.close":
        outputs.append(await cleo.receive())

    said = [json.loads(output["text"]) for output in outputs[:-1]]
    refusals = [frame for frame in said if frame["type"] == "error"]
    assert [frame["type"] for frame in said][:2] == ["pong", "error"]
    assert {frame["code"] for frame in refusals} == {"rate_limited"}
    assert len(refusals) >= limiting.REFUSALS.most + 1
    assert outputs[-1]["code"] == 4429


async def test_small_frames_have_small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "OF_SOCKET", {Typing: Rate(2, 600)})
    cleo = Customer()
    await cleo.enter()

    for _ in range(3):
        await cleo.send(type="typing", active=True)
    code, wait, _about = await refused(cleo)
    await cleo.send(type="ping")
    await cleo.until(of_type("pong"))
    await cleo.leave()

    assert code == "rate_limited"
    assert 1 <= wait <= 300


async def test_who_is_banned_is_told_one_neutral_sentence_whatever_they_send() -> None:
    dan, cleo = Customer(), Customer()
    await dan.enter()
    await cleo.enter()
    await dan.ask()
    await dan.answered_up_to_now()
    conversation = await stored(Conversation.objects.get)
    await stored(lambda: ban_conversation(conversation, staff(), "rude"))

    question = await dan.ask("And now?")
    asking = await refused(dan)
    await dan.send(type="handoff", wanted=True)
    wishing = await refused(dan)
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    await dan.leave()
    await cleo.leave()

    assert asking == ("not_available", 0, question)
    assert wishing == ("not_available", 0, None)
    assert "rude" not in str(dan.frames)
    assert await stored(Message.objects.count) == 2


async def test_a_banned_address_gets_no_answer_by_a_new_secret() -> None:
    here = an_address()
    await stored(lambda: Ban.objects.create(kind=Ban.Kind.ADDRESS, value=f"{here}/32"))
    dan = Customer(address=here)
    await dan.enter()

    await dan.ask()
    code, _wait, _about = await refused(dan)
    await dan.leave()

    assert code == "not_available"
    assert not await stored(Conversation.objects.exists)


async def test_a_question_with_a_banned_word_is_to_be_put_in_other_words() -> None:
    await stored(lambda: Ban.objects.create(kind=Ban.Kind.WORD, value="scam"))
    cleo = Customer()
    await cleo.enter()

    await cleo.ask("Is this a Scam?")
    code, _wait, _about = await refused(cleo)
    await cleo.ask("Is this honest?")
    await cleo.until(of_event("message.created"))
    await cleo.leave()

    assert code == "rephrase"
