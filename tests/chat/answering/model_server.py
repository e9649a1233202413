"""A chat endpoint on loopback that behaves in every way a test can think of, and what asks it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from pytest_django import Settings

from chat.answering.guarding import GuardedModel, Patience
from chat.answering.language_model import OpenAICompatibleModel
from chat.answering.places import Places

Script = Callable[["Server"], None]
Serve = Callable[[Script], None]


class Server(BaseHTTPRequestHandler):
    """A chat endpoint that follows the script of its test."""

    protocol_version = "HTTP/1.1"
    script: Script
    asked: list[dict[str, Any]] = []
    over = Event()

    def do_POST(self) -> None:
        """Follow the script."""
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.close_connection = True
        type(self).script(self)

    def end_headers(self) -> None:
        """Say that the connection ends with the reply: a client that kept it would fail now and then."""
        self.send_header("Connection", "close")
        super().end_headers()

    def begin(self, kind: str = "text/event-stream", **headers: str) -> None:
        """Send the head of a chunked answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def refuse(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        """Answer with a status and no stream."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Send one HTTP chunk."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, data: object) -> None:
        """Send one event of the stream."""
        self.raw(f"data: {json.dumps(data)}\n\n".encode())

    def say(self, *pieces: str, reason: str | None = None, index: int = 0) -> None:
        """Send pieces of the reply; the last may say why it ends."""
        for number, piece in enumerate(pieces, start=1):
            choice = {"index": index, "delta": {"content": piece}}
            ends = reason if number == len(pieces) else None
            self.event({"choices": [{**choice, "finish_reason": ends}], "object": "c", "id": "1"})

    def end(self) -> None:
        """End the stream as it should be."""
        self.raw(b"data: [DONE]\n\n")
        self.close()

    def close(self) -> None:
        """End the HTTP reply, whatever the stream held."""
        self.wfile.write(b"0\r\n\r\n")

    def wait(self) -> None:
        """Stall until the test is over."""
        self.over.wait(30)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


class QuietServer(ThreadingHTTPServer):
    """Does not complain when the other side hangs up, as our guard does."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[tuple[str, Serve]]:
    """Serve scripts; give the endpoint's address and what sets the script."""
    Server.asked, Server.over = [], Event()
    server = QuietServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def follow(script: Script) -> None:
        Server.script = staticmethod(script)

    yield f"http://127.0.0.1:{server.server_address[1]}/v1", follow
    Server.over.set()
    server.shutdown()
    server.server_close()


def guarded(settings: Settings, **patience: float) -> GuardedModel:
    """Return the real client behind the real guard, of little patience unless told otherwise."""
    limits = {"place": 0.5, "first": 1.5, "stall": 0.3, "total": 2.0, **patience}
    settings.MODEL_TOTAL_SECONDS = limits["total"]
    return GuardedModel(OpenAICompatibleModel(), Patience(**limits), Places(0))
