"""A customer that follows docs/widget.md to the letter, at sockets that break all the time.

Keeps one conversation by its secret: repeats every question with its client id until its event comes, takes
events in order and each once, asks again for what is missing, pings, comes back with full jitter.
"""

import asyncio
import base64
import hashlib
import json
import random
import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Origin

Frame = dict[str, Any]
Spoil = Callable[[int], Coroutine[Any, Any, None]]  # a customer's port
PING_SECONDS, PONG_SECONDS = 4.0, 6.0  # the widget's are 20 and 10; here half-open sockets shall show soon
ASK_AGAIN_SECONDS = 4.0
LONGEST_DELAY = 3.0
REFUSED = (4400, 4404)


class Customer:
    """One customer; ``events`` is what it has seen, ``acknowledged`` what it was promised."""

    def __init__(self, url: str, origin: str, cut_every: int = 0, spoil: Spoil | None = None) -> None:
        self.token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
        self.events: list[Frame] = []
        self.acknowledged: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.previews: dict[str, tuple[int, str]] = {}
        self._url, self._origin = url, origin
        self._cut_every, self._spoil = cut_every, spoil
        self._socket: ClientConnection | None = None
        self._asks: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._is_over = False
        self._heard = 0.0
        self._is_resuming = False
        self._spoiling: set[asyncio.Task[None]] = set()

    @property
    def secret_hash(self) -> str:
        """Return what is stored of the secret."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def last_seq(self) -> int:
        """Return the number of the last event seen."""
        return len(self.events)

    async def run(self) -> None:
        """Be there until told to leave."""
        failures = 0
        while not self._is_over:
            with suppress(OSError, InvalidHandshake, InvalidMessage, TimeoutError, ConnectionClosed):
                async with connect(
                    self._url, origin=Origin(self._origin), compression=None, ping_interval=None,
                    open_timeout=10, close_timeout=0.2, max_size=2**24,
                ) as socket:  # fmt: skip
                    failures = 0
                    await self._converse(socket)
                    if socket.close_code in REFUSED:
                        raise RuntimeError(f"refused for good: {socket.close_code}")
            self._socket = None
            self.counts["reconnects"] += 1
            ceiling = min(LONGEST_DELAY, 0.5 * 2**failures)
            failures += 1
            if not self._is_over:
                await asyncio.sleep(random.uniform(0, ceiling))  # noqa: S311 - no secret

    def leave(self) -> None:
        """Leave for good."""
        self._is_over = True
        if self._socket is not None:
            self._socket.transport.abort()

    async def ask(self, text: str) -> str:
        """Ask until the question is acknowledged; return its client id."""
        client_id = str(uuid.uuid4())
        self._asks[client_id] = text
        await self.send(type="ask", client_id=client_id, text=text)
        await self.until(lambda: client_id not in self._asks)
        return client_id

    async def send(self, **frame: Any) -> None:
        """Send a frame if there is a socket; what is lost, is lost."""
        if self._socket is not None:
            with suppress(ConnectionClosed, OSError):
                await self._socket.send(json.dumps(frame))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with self._changed:
            await self._changed.wait_for(is_so)

    def has(self, kind: str, **data: Any) -> bool:
        """Say whether an event was seen."""
        wanted = data.items()
        return any(event["event"] == kind and wanted <= event["data"].items() for event in self.events)

    async def _converse(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        self._heard = loop.time()
        await socket.send(
            json.dumps(
                {"type": "hello", "v": 2, "assistant": "demo", "token": self.token, "last_seq": self.last_seq}
            )
        )
        caring = asyncio.create_task(self._care(socket))
        try:
            async for message in socket:
                self._heard = loop.time()
                await self._take(json.loads(message), socket)
        finally:
            caring.cancel()
            await asyncio.gather(caring, return_exceptions=True)

    async def _care(self, socket: ClientConnection) -> None:
        """Ping, repeat what is not acknowledged, and give a silent socket up."""
        loop, pinged = asyncio.get_running_loop(), 0.0
        while True:
            await asyncio.sleep(ASK_AGAIN_SECONDS / 2)
            silent = loop.time() - self._heard
            if silent > PING_SECONDS + PONG_SECONDS:
                self.counts["silent sockets given up"] += 1
                socket.transport.abort()
                return
            if silent > PING_SECONDS and loop.time() - pinged > PING_SECONDS:
                pinged = loop.time()
                await self.send(type="ping")
            for client_id, text in list(self._asks.items()):
                self.counts["asks repeated"] += 1
                await self.send(type="ask", client_id=client_id, text=text)

    async def _take(self, frame: Frame, socket: ClientConnection) -> None:
        match frame["type"]:
            case "welcome":
                await self._welcome(socket)
            case "event":
                await self._event(frame, socket)
            case "delta":
                self._delta(frame)
            case "snapshot":
                self._is_resuming = False
                self.previews[frame["answer"]] = (frame["attempt"], frame["text"])
            case "pong":
                self._is_resuming = False
                await self._resume(frame["head_seq"])
            case "error":
                self.counts[f"error {frame['code']}"] += 1

    async def _event(self, frame: Frame, socket: ClientConnection) -> None:
        if frame["seq"] <= self.last_seq:
            self.counts["events twice, dropped"] += 1
            return
        if frame["seq"] > self.last_seq + 1:
            self.counts["gaps seen"] += 1
            await self._resume(frame["seq"])
            return
        self._is_resuming = False
        self.events.append(frame)
        if frame["event"] == "message.created":
            client_id = frame["data"]["message"]["client_id"]
            if client_id in self._asks:
                del self._asks[client_id]
                self.acknowledged.add(client_id)
        if frame["event"] == "answer.finished":
            self._compare(frame["data"])
        async with self._changed:
            self._changed.notify_all()
        if self._spoil is not None and self._cut_every and self.last_seq % self._cut_every == 0:
            port = socket.local_address[1]
            task = asyncio.create_task(self._spoil(port))
            self._spoiling.add(task)
            task.add_done_callback(self._spoiling.discard)

    async def _welcome(self, socket: ClientConnection) -> None:
        self._socket, self._is_resuming = socket, False
        for client_id, text in list(self._asks.items()):
            await self.send(type="ask", client_id=client_id, text=text)

    async def _resume(self, head: int) -> None:
        if head > self.last_seq and not self._is_resuming:
            self._is_resuming = True
            self.counts["resumes"] += 1
            await self.send(type="resume", last_seq=self.last_seq)

    def _delta(self, frame: Frame) -> None:
        self.counts["deltas"] += 1
        attempt, text = self.previews.get(frame["answer"], (0, ""))
        if frame["attempt"] > attempt:
            attempt, text = frame["attempt"], ""
        if frame["attempt"] == attempt and frame["offset"] <= len(text):
            self.previews[frame["answer"]] = (attempt, text[: frame["offset"]] + frame["text"])

    def _compare(self, data: Frame) -> None:
        """Count previews that were no beginning of the answer they showed."""
        _, text = self.previews.pop(data["answer"], (0, ""))
        if data["message"]["outcome"] == "answered" and not data["message"]["text"].startswith(text):
            self.counts["previews that were wrong"] += 1
