"""A website on 127.0.0.1 that says what a test tells it to, and remembers what it was asked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """What the site says at one address; with ``has_etag`` it answers 304 to those who know it."""

    body: bytes = b""
    status: int = 200
    media_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    has_etag: bool = True

    @property
    def etag(self) -> str:
        """Return the mark of this very body."""
        return f'"{sha256(self.body).hexdigest()[:16]}"'


def html(text: str, status: int = 200) -> Reply:
    """Return a page."""
    return Reply(text.encode(), status)


def moved(target: str, status: int = 302) -> Reply:
    """Return a redirect."""
    return Reply(status=status, headers={"Location": target})


class Website:
    """The pages by path; ``any_other`` answers for what is not among them."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}
        self.any_other: Callable[[str], Reply] = lambda path: html(f"Nothing at {path}", 404)
        self.asked: list[str] = []
        self.heard: list[dict[str, str]] = []
        self.drip: Callable[[Any], None] | None = None  # takes the socket's file and says what it likes
        self.port = 0

    @property
    def host(self) -> str:
        """Return what an operator would have to allow."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://{self.host}{path}"

    def counted(self) -> Counter[str]:
        """Return how often each path was asked for since the last time, and forget it."""
        asked, self.asked = self.asked, []
        return Counter(asked)


@contextmanager
def serving() -> Iterator[Website]:
    """Serve a website for as long as the block runs."""
    site = Website()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(site: Website) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.heard.append(dict(self.headers))
            if site.drip is not None:
                site.drip(self.wfile)
                return
            reply = site.pages.get(self.path) or site.any_other(self.path)
            is_known = reply.has_etag and self.headers.get("If-None-Match") == reply.etag
            self._say(Reply(status=304) if is_known and reply.status == 200 else reply)

        def _say(self, reply: Reply) -> None:
            self.send_response(reply.status)
            if reply.status == 200 and reply.has_etag:
                self.send_header("ETag", reply.etag)
            for name, value in {"Content-Type": reply.media_type, **reply.headers}.items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who refuses a body leaves before its end
                self.wfile.write(reply.body)

        def log_message(self, *_args: object) -> None:
            """Say nothing in the tests' output."""

    return Handler
