"""The staff socket: who is let in and stays in, what it rings for, and what it never carries."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.conversations import handoffs, presence, staffing
from chat.models import Care, Conversation, Event, StaffPresence
from chat.realtime import staff_consumers
from chat.realtime.broadcast import announce_events, ring_staff
from chat.realtime.staff_protocol import READERS, BadStaffFrame, read
from tests.chat.realtime.customers import (
    Customer,
    at_work,
    becomes,
    of_type,
    scripted,
    stored,
)
from tests.chat.realtime.desks import Desk, at_desk, signed_in
from tests.factories import staff
from tests.guards.policies import STAFF_FRAMES

pytestmark = pytest.mark.usefixtures("demo")
SHUT_OUT = 4403


async def conversation_of(customer: Customer) -> uuid.UUID:
    """Let a customer ask for a person; return the conversation."""
    await customer.enter()
    await customer.send(type="handoff", wanted=True)
    await customer.until(lambda frame: frame.get("event") == "handoff.requested")
    found: Conversation = await stored(lambda: Conversation.objects.latest("created_at"))
    return found.pk


def not_staff() -> str:
    """Return the session of an account that is no staff's."""
    return signed_in(User.objects.create(username="cleo"))


@pytest.mark.parametrize("who", ["nobody", "customer", "made up"])
async def test_only_staff_are_let_in(who: str) -> None:
    cookie = {"nobody": "", "customer": await stored(not_staff), "made up": "a" * 32}[who]

    assert not await Desk(cookie).connect()


async def test_a_page_of_another_origin_is_not_let_in_though_its_visitor_is_staff() -> None:
    cookie = await stored(lambda: signed_in(staff("ben")))

    assert not await Desk(cookie, b"https://evil.example").connect()


def suspend(ben: User) -> None:
    """Let an administrator end somebody's work."""
    User.objects.filter(pk=ben.pk).update(is_active=False)


def demote(ben: User) -> None:
    """Let somebody be staff no more."""
    User.objects.filter(pk=ben.pk).update(is_staff=False)


def end_session(_ben: User) -> None:
    """Let somebody sign out elsewhere."""
    Session.objects.all().delete()


def expire_session(_ben: User) -> None:
    """Let a session grow too old."""
    Session.objects.update(expire_date=timezone.now())


def change_password(ben: User) -> None:
    """Let a password be changed, which ends the sessions begun with the old one."""
    ben.set_password("another one than before")
    ben.save()


@pytest.mark.parametrize("deed", [suspend, demote, end_session, expire_session, change_password])
async def test_whoever_is_staff_no_more_is_out_within_seconds(deed: Any) -> None:
    desk = await at_desk()

    await stored(lambda: deed(staff("ben")))

    assert await desk.closed() == SHUT_OUT
    assert staff_consumers.ASK_SECONDS <= 5


async def test_it_rings_for_events_without_carrying_them() -> None:
    desk, cleo = await at_desk(), Customer()
    conversation = await conversation_of(cleo)

    bell = await desk.until(what="events", conversation=str(conversation))
    await desk.leave()
    await cleo.leave()

    assert bell == {
        "type": "bell",
        "what": "events",
        "conversation": str(conversation),
        "kinds": ["handoff.requested"],
    }


async def test_colleagues_learn_who_looks_and_who_types_and_nobody_hears_oneself() -> None:
    conversation = str(uuid.uuid4())
    ben, ada = await at_desk("ben"), await at_desk("ada")
    await ben.send(type="view", conversation=conversation)
    await ada.until(what="viewing", conversation=conversation, active=True)

    await ada.send(type="view", conversation=conversation)
    seen_by_ben = await ben.until(what="viewing", active=True)
    answered = await ada.until(what="viewing", active=True)
    await ada.send(type="typing", conversation=conversation, active=True)
    typed = await ben.until(what="typing")
    await ada.leave()
    gone = await ben.until(what="viewing", active=False)
    await ben.leave()

    assert [bell["who"]["name"] for bell in (seen_by_ben, answered, typed, gone)] == [
        "Ada",
        "Ben",
        "Ada",
        "Ada",
    ]


async def test_the_customer_sees_staff_type_where_a_person_has_the_conversation() -> None:
    ben, cleo, dan = await at_desk(), Customer(), Customer()
    conversation = await conversation_of(cleo)
    await conversation_of(dan)

    await ben.send(type="typing", conversation=str(conversation), active=True)
    typing = await cleo.until(of_type("typing"))
    await dan.answered_up_to_now()
    for socket in (ben, cleo, dan):
        await socket.leave()

    assert typing == {"type": "typing", "who": {"name": "Ben"}, "active": True}
    assert not [frame for frame in dan.frames if frame["type"] == "typing"]


async def test_the_customer_does_not_see_staff_type_while_the_assistant_answers() -> None:
    ben, cleo = await at_desk(), Customer()
    conversation = await conversation_of(cleo)
    await announce_events(conversation, await stored(lambda: handoffs.release(conversation)))

    await ben.send(type="typing", conversation=str(conversation), active=True)
    await ring_staff(conversation, "queues")
    await ben.until(what="queues")
    await cleo.answered_up_to_now()
    await ben.leave()
    await cleo.leave()

    assert not [frame for frame in cleo.frames if frame["type"] == "typing"]


async def test_a_customer_who_types_rings_at_the_desk() -> None:
    ben, cleo = await at_desk(), Customer()
    conversation = await conversation_of(cleo)

    await cleo.send(type="typing", active=True)
    bell = await ben.until(what="typing", conversation=str(conversation))
    await ben.leave()
    await cleo.leave()

    assert (bell["who"], bell["active"]) == ("customer", True)


async def test_a_note_never_reaches_a_customers_socket() -> None:
    ben, cleo = await at_desk(), Customer()
    conversation = await conversation_of(cleo)
    secret = "She is difficult."
    await stored(lambda: staffing.add_note(conversation, staff("ben"), secret))
    await ring_staff(conversation, "events")
    await ben.until(what="events")

    again = Customer(cleo.secret)
    await again.enter()
    for customer in (cleo, again):
        await customer.answered_up_to_now()
        await customer.leave()
    await ben.leave()

    told = json.dumps([*cleo.frames, *again.frames])
    assert "handoff.requested" in told
    assert secret not in told
    assert not await stored(lambda: Event.objects.filter(data__icontains="difficult").exists())


async def test_an_open_inbox_makes_staff_present() -> None:
    ben = await at_desk()

    present = await becomes(lambda: [one.staff.username for one in presence.here()])
    await ben.leave()

    assert present == ["ben"]
    assert await stored(lambda: StaffPresence.objects.get().is_available)


async def test_a_socket_that_sends_rubbish_is_closed() -> None:
    ben = await at_desk()

    for _ in range(staff_consumers.MOST_BAD_FRAMES):
        await ben.send(type="fly")

    assert await ben.closed() == staff_consumers.BAD_PROTOCOL
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    "raw",
    [
        "no json",
        "[]",
        "null",
        "[" * 900,
        '{"type": ["view"]}',
        '{"type": "view"}',
        '{"type": "view", "conversation": 7}',
        '{"type": "typing", "conversation": null, "active": true}',
        '{"type": "view", "conversation": "' + "x" * 2000 + '"}',
    ],
)
def test_a_frame_that_no_page_of_ours_sends_is_none(raw: str) -> None:
    with pytest.raises(BadStaffFrame):
        read(raw)


def test_every_frame_of_staff_has_a_declared_policy() -> None:
    assert set(READERS) == set(STAFF_FRAMES)
    assert all(read(json.dumps({"type": kind, **fields})) for kind, fields in STAFF_FRAMES.items())


async def test_what_rested_until_now_wakes_by_itself_and_rings() -> None:
    ben, cleo = await at_desk(), Customer()
    conversation = await conversation_of(cleo)
    await stored(lambda: handoffs.snooze(conversation, timezone.now()))

    async with at_work(scripted()):
        await ben.until(what="queues", conversation=str(conversation))
    await ben.leave()
    await cleo.leave()

    assert (await stored(lambda: Conversation.objects.get(pk=conversation))).care == Care.OPEN
