"""Answers over the API piece by piece: events in order, signs of life, and an end whoever leaves."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
from asgiref import testing
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import RequestFactory
from pytest_django import Settings

from chat.answering.events import AnswerEvent, Found, Text
from chat.api.streaming import STILL_HERE, opened
from chat.realtime.engines import configured_model
from knowledge.embedding import EmbedderUnavailable
from knowledge.models import Reach
from supportbot.asgi import application
from tests.chat.answering.model_server import Serve, Server, serving
from tests.factories import passage
from tests.knowledge.api.programs import HOME, program_of

PATIENCE = 20.0
_communicator: Any = testing.ApplicationCommunicator  # asgiref does not type it
REQUEST = RequestFactory().get("/")
secret_of = database_sync_to_async(lambda ada: program_of(ada, Reach.ASK).secret, thread_sensitive=False)


@pytest.fixture
def model(settings: Settings) -> Iterator[Serve]:
    """Serve scripts as the configured model, of which the guard would have patience for minutes."""
    configured_model.cache_clear()
    with serving() as (url, follow):
        settings.MODEL_URL = url
        settings.MODEL_STALL_SECONDS = settings.MODEL_TOTAL_SECONDS = 300.0
        yield follow
    configured_model.cache_clear()


class Stream:
    """A program at the web server's own interface."""

    def __init__(self, secret: str, accept: str = "text/event-stream", **values: Any) -> None:
        body = json.dumps({"question": "How do I reset the machine?", **values}).encode()
        headers = {
            "host": "localhost",
            "authorization": f"Bearer {secret}",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "accept": accept,
        }
        scope = {"type": "http", "method": "POST", "path": f"{HOME}/answer", "query_string": b""}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.body = body
        self.asgi: Any = _communicator(application, {**scope, "http_version": "1.1", "headers": pairs})

    async def begin(self) -> dict[str, Any]:
        """Send the question; return the head of what comes back."""
        await self.asgi.send_input({"type": "http.request", "body": self.body, "more_body": False})
        head: dict[str, Any] = await self.asgi.receive_output(PATIENCE)
        return head

    async def piece(self) -> str:
        """Return the next piece of the body."""
        message = await self.asgi.receive_output(PATIENCE)
        return str(message.get("body", b""), "utf-8")

    async def rest(self) -> str:
        """Return the body to its end."""
        whole = b""
        while True:
            message = await self.asgi.receive_output(PATIENCE)
            whole += message.get("body", b"")
            if not message.get("more_body"):
                return str(whole, "utf-8")


def events_in(stream: str) -> list[tuple[str, Any]]:
    """Return names and data of the events of a stream."""
    blocks = [block for block in stream.split("\n\n") if block and not block.startswith(":")]
    parts = [block.split("\n") for block in blocks]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


@pytest.mark.usefixtures("manuals")
@pytest.mark.parametrize("way", [{}, {"accept": "*/*", "stream": True}])
async def test_a_stream_has_the_engines_events_in_their_order(ada: User, way: dict[str, Any]) -> None:
    stream = Stream(await secret_of(ada), **way)

    head = await stream.begin()
    events = events_in(await stream.rest())

    names = [name for name, _ in events]
    text = "".join(data["text"] for name, data in events if name == "text")
    assert head["status"] == 200
    assert dict(head["headers"])[b"Content-Type"] == b"text/event-stream"
    assert (names[0], names[-1]) == ("found", "finished")
    assert names.index("cited") < names.index("text")
    assert events[0][1]["passages"][0]["title"] == "Aroma 3000"
    assert "power button" in text
    assert events[-1][1]["outcome"] == "answered"
    assert events[-1][1]["confidence"] == events[0][1]["confidence"] > 0.4


@pytest.mark.usefixtures("manuals")
async def test_what_is_refused_is_refused_before_anything_is_streamed(ada: User) -> None:
    stream = Stream(await secret_of(ada), collections=["nowhere"])

    head = await stream.begin()

    assert head["status"] == 422
    assert json.loads(await stream.rest())["error"]["code"] == "invalid"


@pytest.mark.usefixtures("manuals")
async def test_a_program_that_leaves_ends_the_engine_with_it(ada: User, model: Serve) -> None:
    hung_up = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stalled(server: Server) -> None:
        server.begin()
        server.say("Hold the power button for ten seconds [1]. ", "And ")
        server.connection.settimeout(PATIENCE)
        if server.rfile.read(1) == b"":  # the other side has hung up
            loop.call_soon_threadsafe(hung_up.set)

    model(stalled)
    stream = Stream(await secret_of(ada))
    await stream.begin()
    while "event: text" not in await stream.piece():
        pass

    await stream.asgi.send_input({"type": "http.disconnect"})
    await stream.asgi.wait(PATIENCE)

    await asyncio.wait_for(hung_up.wait(), PATIENCE)


class Scripted:
    """An engine that stops where its test wants it to."""

    def __init__(self, *events: AnswerEvent | Exception | asyncio.Event) -> None:
        self.events = events
        self.is_over = False

    async def answer(self) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the events; raise the exceptions; wait for the others."""
        try:
            for event in self.events:
                if isinstance(event, asyncio.Event):
                    await event.wait()
                elif isinstance(event, Exception):
                    raise event
                else:
                    yield event
        finally:
            self.is_over = True


async def test_a_silent_engine_is_heard_to_be_alive_and_loses_nothing() -> None:
    go_on = asyncio.Event()
    engine = Scripted(Found((), 0.9), go_on, Text("Hold it."))

    stream = await opened(engine.answer(), REQUEST, "", 0.01)
    heard = [await anext(stream), await anext(stream), await anext(stream)]
    go_on.set()
    rest = [piece async for piece in stream if piece != STILL_HERE]

    assert heard[1:] == [STILL_HERE, STILL_HERE]
    assert rest == [b'event: text\ndata: {"text": "Hold it."}\n\n']


async def test_a_stream_that_is_closed_ends_the_engine() -> None:
    engine = Scripted(Found((passage("Hold it."),), 0.9), asyncio.Event(), Text("Never said."))
    stream = await opened(engine.answer(), REQUEST, "")
    await anext(stream)

    await stream.aclose()

    assert engine.is_over


async def test_an_engine_that_fails_at_once_fails_the_request() -> None:
    engine = Scripted(EmbedderUnavailable("The embedder is away."))

    with pytest.raises(EmbedderUnavailable):
        await opened(engine.answer(), REQUEST, "")


async def test_an_engine_that_fails_in_the_middle_says_so_without_details() -> None:
    engine = Scripted(Found((), 0.9), RuntimeError("secret detail"))

    stream = await opened(engine.answer(), REQUEST, "")
    (_, failed) = events_in(b"".join([piece async for piece in stream]).decode())

    assert failed[0] == "failed"
    assert failed[1]["error"]["code"] == "unavailable"
    assert "secret" not in failed[1]["error"]["message"]
