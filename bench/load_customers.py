"""Customers in great number: plain sockets that say hello, ask, and note when what came."""

import asyncio
import base64
import hashlib
import json
import random
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Origin

from chat.models import Assistant, Conversation

Frame = dict[str, Any]
LONGEST_DELAY, FIRST_DELAY, SOON, SOON_TRIES = 30.0, 0.5, 8.0, 8  # as the widget's


def tokens(count: int) -> list[str]:
    """Return secrets."""
    return [base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode() for _ in range(count)]


def found(secrets_: list[str]) -> None:
    """Found a conversation for each secret."""
    assistant = Assistant.objects.get(key="demo")
    Conversation.objects.bulk_create(
        Conversation(assistant=assistant, token_sha256=hashlib.sha256(one.encode()).hexdigest())
        for one in secrets_
    )


class Caller:
    """One socket of one customer."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.socket: ClientConnection | None = None
        self.last_seq = 0

    async def open(self, hello: bool = True) -> None:
        """Connect, and say hello unless it is an echo that is spoken to."""
        self.socket = await connect(
            f"ws://127.0.0.1:{self.port}/ws/chat/", origin=Origin(f"http://127.0.0.1:{self.port}"),
            compression=None, ping_interval=None, open_timeout=30, close_timeout=1,
        )  # fmt: skip
        if hello:
            await self.send(type="hello", v=2, assistant="demo", token=self.token, last_seq=self.last_seq)
            await self.until("welcome")

    async def close(self) -> None:
        """Leave without a word."""
        if self.socket is not None:
            self.socket.transport.abort()

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        assert self.socket is not None
        await self.socket.send(json.dumps(frame))

    async def receive(self) -> Frame:
        """Receive the next frame."""
        assert self.socket is not None
        frame: Frame = json.loads(await self.socket.recv())
        if frame["type"] == "event":
            self.last_seq = frame["seq"]
        return frame

    async def until(self, kind: str) -> Frame:
        """Receive up to a frame or an event of a kind."""
        while True:
            frame = await self.receive()
            if kind in (frame["type"], frame.get("event")):
                return frame

    async def ask(self, text: str) -> float:
        """Ask; return the seconds until the question was acknowledged."""
        began = time.perf_counter()
        await self.send(type="ask", client_id=str(uuid.uuid4()), text=text)
        await self.until("message.created")
        return time.perf_counter() - began

    async def come_back(self) -> None:
        """Wait until the socket breaks, then come back as the widget does."""
        assert self.socket is not None
        with suppress(ConnectionClosed):
            while True:
                await self.receive()
        failures = 0
        while True:
            longest = SOON if failures < SOON_TRIES else LONGEST_DELAY
            ceiling = min(longest, FIRST_DELAY * 2**failures)
            await asyncio.sleep(random.uniform(0, ceiling))  # noqa: S311 - no secret
            failures += 1
            try:
                await self.open()
                return
            except (OSError, InvalidHandshake, InvalidMessage, ConnectionClosed, TimeoutError):
                continue


async def opened(callers: list[Caller], hello: bool = True, at_once: int = 50) -> None:
    """Open many sockets, some at a time."""
    for some in batches(callers, at_once):
        await asyncio.gather(*(caller.open(hello) for caller in some))


def batches(callers: list[Caller], size: int) -> Iterator[list[Caller]]:
    """Yield the callers in batches."""
    for start in range(0, len(callers), size):
        yield callers[start : start + size]
