"""Strangers and frames: what they name of Cleo's conversation is as unknown as what was never there."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from chat.conversations import answers
from chat.models import Answer, Assistant, Conversation, Event, Feedback, Message
from tests.chat.realtime.customers import Customer, Frame, of_type, stored
from tests.factories import asked, assistant, replied, token
from tests.guards.matrix import NAMING, UNKNOWN, YES, frame_cells
from tests.guards.policies import ANYBODY, FRAMES

CANARY = "canary-7f3a"
MADE_UP = "00000000-0000-4000-8000-0000000000ff"
OWN_FRAMES = [kind for kind, (reach, _values) in FRAMES.items() if reach != ANYBODY]
KEPT = [kind for kind in OWN_FRAMES if kind != "forget"]  # that one ends the socket, so it comes last


@dataclass(frozen=True)
class Cleos:
    """Cleo's conversation: what opens it, what names it, and how it stands."""

    secret: str
    ids: dict[str, str]

    def standing(self) -> list[Any]:
        """Return everything of it that a frame could change."""
        mine = Conversation.objects.filter(token_sha256__isnull=False, assistant__key="demo").filter(
            id=self.ids["conversation"]
        )
        return [
            list(mine.values()),
            list(Message.objects.filter(conversation__in=mine).order_by("id").values()),
            list(Event.objects.filter(conversation__in=mine).order_by("seq").values()),
            list(Answer.objects.filter(conversation__in=mine).order_by("id").values()),
            list(Feedback.objects.filter(message__conversation__in=mine).values()),
        ]


@pytest.fixture
def cleos(transactional_db: None) -> Iterator[Cleos]:
    """Return Cleo's conversation, with an answer and a question that is still open."""
    known = connection.settings_dict
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    secret = token()
    first = asked(f"What about {CANARY}?", secret)
    (work,) = answers.claim_next("a runner", 1)
    replied(work, f"{CANARY}, of course.")
    second = asked(f"And {CANARY} again?", secret)
    reply = Message.objects.get(conversation=first.conversation, role="assistant")
    open_answer = Answer.objects.get(question=second.message)
    ids = {
        "message": str(reply.id),
        "answer": str(open_answer.id),
        "conversation": str(first.conversation.id),
    }
    assistant("other", allowed_origins=["https://shop.example.com"])
    yield Cleos(secret, ids)
    known["CONN_MAX_AGE"] = age


async def other_customer(_cleos: Cleos) -> Customer:
    """Return Dan, who has a conversation of his own."""
    dan = Customer()
    await stored(lambda: asked("Mine?", dan.secret))
    await dan.enter()
    await dan.answered_up_to_now()
    return dan


async def newcomer(_cleos: Cleos) -> Customer:
    """Return Dan before his first question."""
    dan = Customer()
    await dan.enter()
    return dan


async def other_assistant(cleos: Cleos) -> Customer:
    """Return whoever brings Cleo's secret to another assistant."""
    stranger = Customer(cleos.secret, assistant="other")
    await stranger.enter()
    return stranger


STRANGERS = [other_customer, newcomer, other_assistant]


def naming(kind: str, ids: dict[str, str]) -> Frame:
    """Return a frame whose fields name something."""
    values = FRAMES[kind][1]
    named = {name: ids[name] for name in NAMING if name in values}
    return {"type": kind, **values, **named}


async def said(stranger: Customer, frame: Frame) -> list[Frame]:
    """Send a frame; return all that is answered."""
    stranger.frames.clear()
    if frame["type"] != "ping":
        await stranger.send(**frame)
    await stranger.answered_up_to_now()
    return stranger.frames[:-1]


async def forgets(stranger: Customer) -> list[Frame]:
    """Send the frame that ends a socket; return what is told before it closes."""
    stranger.frames.clear()
    await stranger.send(type="forget")
    while (output := await stranger.receive())["type"] != "websocket.close":
        stranger.frames.append(json.loads(output["text"]))
    return stranger.frames


@pytest.mark.parametrize("come", STRANGERS, ids=lambda come: come.__name__)
async def test_a_strangers_frames_neither_show_nor_change_anything_of_cleos(
    cleos: Cleos, come: Callable[[Cleos], Any]
) -> None:
    before = await stored(cleos.standing)
    stranger = await come(cleos)
    told = {}

    for kind in KEPT:
        hers = await said(stranger, naming(kind, cleos.ids))
        nobodys = await said(stranger, naming(kind, dict.fromkeys(cleos.ids, MADE_UP)))
        told[kind] = hers, nobodys
    await forgets(stranger)
    await stranger.leave()

    assert CANARY not in str(told)
    assert not any(one in str(told) for one in cleos.ids.values())
    assert await stored(cleos.standing) == before
    naming_kinds = [kind for kind in OWN_FRAMES if UNKNOWN in frame_cells(kind)]
    assert naming_kinds == ["stop", "feedback"]
    assert [kind for kind in naming_kinds if told[kind][0] != told[kind][1]] == []


async def test_cleos_own_frames_are_taken(cleos: Cleos) -> None:
    cleo = Customer(cleos.secret)
    await cleo.enter()

    refused = {
        kind: [
            frame["code"] for frame in await said(cleo, naming(kind, cleos.ids)) if frame["type"] == "error"
        ]
        for kind in KEPT
    }
    farewell = await forgets(cleo)
    await cleo.leave()

    assert {frame_cells(kind)[1] for kind in OWN_FRAMES} == {YES}
    assert {kind: codes for kind, codes in refused.items() if codes} == {"identify": ["bad_identity"]}
    assert farewell == [{"type": "forgotten"}]
    assert not await stored(Message.objects.exists)


async def test_a_hello_from_a_forbidden_website_shows_nothing_and_closes(cleos: Cleos) -> None:
    thief = Customer(cleos.secret)
    await thief.connect()

    await thief.send(
        type="hello", v=2, assistant="demo", token=cleos.secret, last_seq=0, origin="https://evil.example"
    )
    error = await thief.until(of_type("error"))
    closed = await thief.receive()

    assert error["code"] == "forbidden_origin"
    assert closed["code"] == 4403
    assert len(thief.frames) == 1


async def test_the_hello_of_a_stranger_is_like_that_of_anybody(cleos: Cleos) -> None:
    welcomes = []
    for secret, key in ((token(), "demo"), (cleos.secret, "other"), (token(), "other")):
        stranger = Customer(secret, assistant=key)
        await stranger.connect()
        welcomes.append(await stranger.hello(last_seq=0))
        assert stranger.events == []
        await stranger.leave()

    assert [welcome["conversation"] for welcome in welcomes] == [None] * 3
    assert welcomes[1] == welcomes[2]
    assert uuid.UUID(cleos.ids["conversation"])
    assert await stored(Assistant.objects.count) == 2
