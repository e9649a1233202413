"""Slow peers: they cost neither memory nor the others' time, and lose no fact."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import transaction

from chat.conversations.transcript import events_after, lock, record
from chat.models import Conversation, Event
from chat.realtime import following
from chat.realtime.broadcast import announce, announce_events
from chat.realtime.following import FollowingConsumer
from chat.realtime.outbox import MOST_FRAMES
from supportbot.asgi import application
from tests.chat.realtime.customers import ORIGIN, Frame, stored
from tests.factories import asked, token

pytestmark = pytest.mark.usefixtures("demo")
SCOPE = {
    "type": "websocket",
    "path": "/ws/chat/",
    "query_string": b"",
    "headers": [(b"host", b"localhost"), (b"origin", ORIGIN)],
    "subprotocols": [],
}


class Peer:
    """A customer whose connection takes frames only while it reads."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.messages: list[dict[str, Any]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.was_cut = False
        self.transport = self  # as uvicorn's protocols have one
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Be at a socket meanwhile."""
        task = asyncio.create_task(application(SCOPE, self._sent.get, self.receive))
        self._sent.put_nowait({"type": "websocket.connect"})
        self.say(type="hello", v=1, assistant="demo", token=self.secret, last_seq=0)
        await self.has(lambda frame: frame["type"] == "welcome")
        yield
        self._sent.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await task

    def say(self, **frame: Any) -> None:
        """Send a frame, whether it reads or not."""
        self._sent.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def receive(self, message: dict[str, Any]) -> None:
        """Take a message as a server does: when the peer reads."""
        await self.reads.wait()
        self.messages.append(message)

    def abort(self) -> None:
        """Be cut off."""
        self.was_cut = True
        self.reads.set()

    @property
    def frames(self) -> list[Frame]:
        """Every frame so far."""
        return [json.loads(message["text"]) for message in self.messages if "text" in message]

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events so far."""
        return [frame["seq"] for frame in self.frames if frame["type"] == "event"]

    async def has(self, wanted: Any) -> Frame:
        """Wait for a frame."""
        async with asyncio.timeout(20):
            while not (found := [frame for frame in self.frames if wanted(frame)]):
                await asyncio.sleep(0.01)
        return found[0]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return how many frames and bytes the outboxes held, look by look."""
    seen: list[tuple[int, int]] = []
    relay = FollowingConsumer.relay

    async def looked_at(consumer: FollowingConsumer, message: dict[str, Any]) -> None:
        await relay(consumer, message)
        seen.append((len(consumer._outbox), consumer._outbox.bytes))

    monkeypatch.setattr(FollowingConsumer, "relay", looked_at)
    return seen


def write(count: int) -> list[Event]:
    """Write events, all in one transaction."""
    with transaction.atomic():
        conversation = lock(Conversation.objects.get().id)
        return [record(conversation, "filling", {"text": "x" * 200}) for _ in range(count)]


async def test_a_peer_that_reads_nothing_for_a_while_has_every_event_once_it_reads(
    held: list[tuple[int, int]],
) -> None:
    cleo = Peer(token())
    await stored(lambda: asked(secret=cleo.secret))
    conversation = await stored(Conversation.objects.get)
    async with cleo.connected():
        await cleo.has(lambda frame: frame.get("seq") == 1)

        cleo.reads.clear()
        for _ in range(4):
            for number in range(200):
                delta = {"type": "delta", "answer": "a", "attempt": 1, "offset": number, "text": "word"}
                await announce(conversation.id, delta)
            await announce_events(conversation.id, await stored(lambda: write(100)))
        while len(held) < 1200:
            await asyncio.sleep(0.01)
        cleo.reads.set()
        await cleo.has(lambda frame: frame.get("seq") == 401)

    truth = await stored(lambda: [event.seq for event in events_after(conversation.id, 0)])
    assert cleo.seqs == truth
    assert max(frames for frames, _ in held) <= MOST_FRAMES + 2  # and two notes
    assert sum(frame["type"] == "delta" for frame in cleo.frames) < 800


async def test_pings_of_a_peer_that_reads_nothing_pile_up_nothing(held: list[tuple[int, int]]) -> None:
    cleo = Peer(token())
    await stored(lambda: asked(secret=cleo.secret))
    conversation = await stored(Conversation.objects.get)
    async with cleo.connected():
        cleo.reads.clear()
        for _ in range(2 * MOST_FRAMES):
            cleo.say(type="ping")
        while not cleo._sent.empty():
            await asyncio.sleep(0.01)
        await announce(conversation.id, {"type": "status", "answer": "a", "stage": "writing"})
        while not held:
            await asyncio.sleep(0.01)
        cleo.reads.set()

    assert held[-1][0] <= MOST_FRAMES + 2


async def test_a_peer_that_never_reads_is_closed_and_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STALL_SECONDS", 0.2)
    monkeypatch.setattr(following, "FAREWELL_SECONDS", 0.2)
    cleo = Peer(token())
    await stored(lambda: asked(secret=cleo.secret))
    conversation = await stored(Conversation.objects.get)
    async with cleo.connected():
        cleo.reads.clear()
        await announce(conversation.id, {"type": "status", "answer": "a", "stage": "writing"})
        async with asyncio.timeout(20):
            while not cleo.was_cut:
                await asyncio.sleep(0.01)


async def test_a_peer_that_reads_again_in_time_learns_why_it_was_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "STALL_SECONDS", 0.2)
    cleo = Peer(token())
    await stored(lambda: asked(secret=cleo.secret))
    conversation = await stored(Conversation.objects.get)
    async with cleo.connected():
        cleo.reads.clear()
        await announce(conversation.id, {"type": "status", "answer": "a", "stage": "writing"})
        await asyncio.sleep(1)
        cleo.reads.set()
        async with asyncio.timeout(20):
            while cleo.messages[-1]["type"] != "websocket.close":
                await asyncio.sleep(0.01)

    assert cleo.messages[-1]["code"] == following.TOO_SLOW == 4008
    assert not cleo.was_cut
