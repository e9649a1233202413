"""The language model's adapter against a real server that behaves in every way but well."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from pytest_django import Settings

from chat.answering.language_model import MOST_CHARACTERS, OpenAICompatibleModel
from chat.errors import ModelFailed

TOLD = [("system", "Be kind."), ("user", "Hello?")]
Script = Callable[["Server"], None]


class Server(BaseHTTPRequestHandler):
    """A chat endpoint that follows the script of its test."""

    protocol_version = "HTTP/1.1"
    script: Script
    asked: list[dict[str, object]] = []
    over = Event()

    def do_POST(self) -> None:
        """Follow the script."""
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.close_connection = True
        type(self).script(self)

    def begin(self, kind: str = "text/event-stream") -> None:
        """Send the head of a chunked answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def raw(self, data: bytes) -> None:
        """Send one HTTP chunk."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, data: object) -> None:
        """Send one event of the stream."""
        self.raw(f"data: {json.dumps(data)}\n\n".encode())

    def say(self, *pieces: str) -> None:
        """Send pieces of the reply."""
        for piece in pieces:
            self.event({"choices": [{"index": 0, "delta": {"content": piece}}], "object": "c", "id": "1"})

    def end(self) -> None:
        """End the stream as it should be."""
        self.raw(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def wait(self) -> None:
        """Stall until the test is over."""
        self.over.wait(10)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


class QuietServer(ThreadingHTTPServer):
    """Does not complain when the other side hangs up, as our guard does."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet."""


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[[Script], None]]:
    """Return what starts serving a script."""
    Server.asked, Server.over = [], Event()
    server = QuietServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.MODEL_URL = f"http://127.0.0.1:{server.server_address[1]}/v1"
    settings.MODEL_FIRST_TOKEN_SECONDS, settings.MODEL_STALL_SECONDS = 5.0, 5.0

    def follow(script: Script) -> None:
        Server.script = staticmethod(script)

    yield follow
    Server.over.set()
    server.shutdown()
    server.server_close()


async def said(received: list[str]) -> AsyncIterator[str]:
    """Yield the pieces of a reply and keep them."""
    async for piece in OpenAICompatibleModel().stream(TOLD):
        received.append(piece)
        yield piece


async def reply() -> str:
    """Return a whole reply."""
    return "".join([piece async for piece in said([])])


async def test_a_reply_comes_piece_by_piece(serve: Callable[[Script], None], settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold ", "the ", "button.")
        server.end()

    serve(script)
    settings.MODEL_MAX_TOKENS = 77

    pieces = [piece async for piece in said([])]

    assert pieces == ["Hold ", "the ", "button."]
    asked = Server.asked[0]
    assert (asked["stream"], asked["temperature"], asked["max_tokens"]) == (True, 0.0, 77)
    assert asked["messages"] == [{"role": role, "content": text} for role, text in TOLD]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_refusal_is_a_failure_and_is_not_tried_again(
    serve: Callable[[Script], None], status: int
) -> None:
    def script(server: Server) -> None:
        server.send_response(status)
        server.send_header("Content-Length", "2")
        server.end_headers()
        server.wfile.write(b"{}")

    serve(script)

    with pytest.raises(ModelFailed):
        await reply()

    assert len(Server.asked) == 1


async def test_a_server_that_is_not_there_is_a_failure(settings: Settings) -> None:
    settings.MODEL_URL = "http://127.0.0.1:1/v1"

    with pytest.raises(ModelFailed):
        await reply()


async def test_a_reply_that_dies_in_the_middle_is_a_failure_after_what_was_said(
    serve: Callable[[Script], None],
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold the ")
        server.wfile.write(b"ff\r\ndata: {")

    serve(script)
    received: list[str] = []

    with pytest.raises(ModelFailed):
        [piece async for piece in said(received)]

    assert received == ["Hold the "]


@pytest.mark.parametrize(
    "garbage",
    [
        b"data: {not json\n\n",
        b"data: [1, 2, 3]\n\n",
        b'data: "words"\n\n',
        b'data: {"choices": "none"}\n\n',
        b'data: {"choices": [{}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',
        b'data: {"error": {"message": "out of memory"}}\n\n',
        b"data: \xff\xfe\n\n",
    ],
)
async def test_garbage_never_raises_anything_but_a_failure(
    serve: Callable[[Script], None], garbage: bytes
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.raw(garbage)
        server.end()

    serve(script)

    try:
        text = await reply()
    except ModelFailed:
        text = ""

    assert text == ""


async def test_a_page_instead_of_a_stream_says_nothing(serve: Callable[[Script], None]) -> None:
    def script(server: Server) -> None:
        server.begin("text/html")
        server.raw(b"<html>Please sign in</html>")
        server.end()

    serve(script)

    assert await reply() == ""


async def test_a_model_that_never_begins_is_a_failure(
    serve: Callable[[Script], None], settings: Settings
) -> None:
    settings.MODEL_FIRST_TOKEN_SECONDS = 0.2
    serve(lambda server: server.wait())

    with pytest.raises(ModelFailed, match="too long"):
        await reply()


async def test_a_model_that_stalls_is_a_failure_after_what_was_said(
    serve: Callable[[Script], None], settings: Settings
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold ")
        server.wait()

    serve(script)
    settings.MODEL_STALL_SECONDS = 0.2
    received: list[str] = []

    with pytest.raises(ModelFailed, match="too long"):
        [piece async for piece in said(received)]

    assert received == ["Hold "]


@pytest.mark.parametrize("piece", ["", "word "])
async def test_a_model_that_goes_on_for_ever_is_ended(
    serve: Callable[[Script], None], settings: Settings, piece: str
) -> None:
    def script(server: Server) -> None:
        server.begin()
        while not server.over.wait(0.01):
            server.say(piece)

    serve(script)
    settings.MODEL_TOTAL_SECONDS = 0.6

    with pytest.raises(ModelFailed):
        await reply()


async def test_a_reply_that_is_much_too_long_is_a_failure(serve: Callable[[Script], None]) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say(*["x" * 1000] * (MOST_CHARACTERS // 1000 + 1))
        server.end()

    serve(script)

    with pytest.raises(ModelFailed, match="does not come to an end"):
        await reply()


async def test_what_cannot_be_stored_is_left_out(serve: Callable[[Script], None]) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold\x00 the \ud83d", "button 🙂.")
        server.end()

    serve(script)

    assert await reply() == "Hold the button 🙂."
