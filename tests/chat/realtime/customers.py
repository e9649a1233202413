"""Customers at their sockets, through the real routing, origin check and channel layer."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from asgiref import testing
from channels.db import database_sync_to_async

from chat.answering.answerer import Answerer
from chat.answering.engine import AnswerEngine
from chat.realtime.runner import AnswerRunner
from supportbot.asgi import application
from tests.factories import passage, token
from tests.fakes import ScriptedModel, ScriptedSearch

ORIGIN = b"http://localhost"
PATIENCE = 20.0  # seconds until a frame that does not come fails its test
RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
FIRST, SECOND = "Hold the power button for ten seconds [1]. ", "The lamp then blinks twice [1]."
Frame = dict[str, Any]
_communicator: Any = testing.ApplicationCommunicator  # asgiref does not type it


class Customer:
    """One socket of a customer; keeps every frame it got."""

    def __init__(
        self, secret: str = "", assistant: str = "demo", origin: bytes | None = ORIGIN, address: str = ""
    ) -> None:
        self.secret = secret or token()
        self.frames: list[Frame] = []
        self._assistant = assistant
        headers = [(b"host", b"localhost")] + ([(b"origin", origin)] if origin else [])
        scope = {"type": "websocket", "path": "/ws/chat/", "query_string": b"", "headers": headers}
        client = {"client": (address, 4711)} if address else {}
        self.socket: Any = _communicator(application, {**scope, **client, "subprotocols": []})

    async def connect(self) -> bool:
        """Open the socket; say whether it was let in."""
        await self.socket.send_input({"type": "websocket.connect"})
        return bool((await self.receive())["type"] == "websocket.accept")

    async def receive(self) -> Frame:
        """Receive what the server does next: a message, or a close with its code."""
        output: Frame = await self.socket.receive_output(PATIENCE)
        return output

    async def enter(self, last_seq: int = 0) -> Frame:
        """Open the socket, say hello, return the welcome."""
        assert await self.connect()
        return await self.hello(last_seq)

    async def hello(self, last_seq: int = 0) -> Frame:
        """Say hello, return the welcome."""
        await self.send(type="hello", v=1, assistant=self._assistant, token=self.secret, last_seq=last_seq)
        return await self.until(of_type("welcome"))

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.send_raw(text=json.dumps(frame))

    async def send_raw(self, **message: str | bytes) -> None:
        """Send ``text`` or ``bytes`` as they are."""
        await self.socket.send_input({"type": "websocket.receive", **message})

    async def begin(self) -> None:
        """Have a conversation before the first question: what is live is heard from its start then."""
        await self.send(type="contact", name="Cleo", email="")
        await self.until(of_event("contact.given"))

    async def ask(self, text: str = "How do I reset the machine?", client_id: str = "") -> str:
        """Ask a question; return its client id."""
        client_id = client_id or str(uuid.uuid4())
        await self.send(type="ask", client_id=client_id, text=text)
        return client_id

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Receive frames up to the one that is wanted."""
        while True:
            frame: Frame = json.loads((await self.receive())["text"])
            self.frames.append(frame)
            if wanted(frame):
                return frame

    async def finished(self) -> Frame:
        """Receive frames until an answer is finished; return its message."""
        event = await self.until(of_event("answer.finished"))
        message: Frame = event["data"]["message"]
        return message

    async def answered_up_to_now(self) -> None:
        """Receive everything that was sent before this: the socket answers in order."""
        await self.send(type="ping")
        await self.until(of_type("pong"))

    async def leave(self) -> None:
        """Close the socket."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(PATIENCE)

    @property
    def events(self) -> list[tuple[int, str]]:
        """The numbers and kinds of the events so far."""
        return [(frame["seq"], frame["event"]) for frame in self.frames if frame["type"] == "event"]

    @property
    def live_text(self) -> str:
        """What the deltas of the last attempt say, put together by their offsets."""
        text = ""
        for frame in self.frames:
            if frame["type"] == "delta":
                assert frame["offset"] <= len(text)
                text = text[: frame["offset"]] + frame["text"]
        return text


def of_type(kind: str) -> Callable[[Frame], bool]:
    """Want a frame of a type."""
    return lambda frame: frame["type"] == kind


def of_event(kind: str) -> Callable[[Frame], bool]:
    """Want an event of a kind."""
    return lambda frame: frame["type"] == "event" and frame["event"] == kind


def scripted(*scripts: tuple[object, ...]) -> AnswerEngine:
    """Return an engine that finds how to reset and says what it was given, one script an answer."""
    model = ScriptedModel()
    for script in scripts:
        model.enqueue(*script)
    return AnswerEngine(ScriptedSearch([passage(RESET)]), model)


@asynccontextmanager
async def at_work(engine: Answerer, *, is_costly: bool = False) -> AsyncIterator["asyncio.Task[None]"]:
    """Run an answer runner meanwhile; give its task, which may be cancelled like a process is killed."""
    runner = AnswerRunner(lambda _work: engine, slots=4, is_costly=is_costly)
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        runner.stop()
        with suppress(asyncio.CancelledError):
            await task


async def stored(work: Callable[[], Any]) -> Any:
    """Look into the database."""
    return await database_sync_to_async(work, thread_sensitive=False)()


async def becomes(look: Callable[[], Any]) -> Any:
    """Look into the database until there is something to see."""
    async with asyncio.timeout(PATIENCE):
        while not (seen := await stored(look)):
            await asyncio.sleep(0.02)
        return seen
