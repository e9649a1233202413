"""A scripted server: the realtime protocol of the chat, played by the test.

It serves the real templates and static files, so that a browser test needs no
database; only what lies behind the socket is a script.
"""

import asyncio
import json
import logging
import mimetypes
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from csp.utils import build_policy
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from chat.models import Assistant
from chat.widget.policy import chat_policy
from chat.widget.serving import LOADER, release
from chat.widget.views import page_context
from tests.browser.scripted_chat import Frame, ScriptedChat

STATIC = Path(__file__).resolve().parents[2] / "static"


class ScriptedServer(ScriptedChat):
    """Serves one assistant on a free port; ``answer`` is the script of its next answers."""

    def __init__(self, assistant: Assistant, host_page: str = "", reader: Frame | None = None) -> None:
        super().__init__(assistant)
        self.host_page = host_page
        self.reader = reader or {}
        self.widget_origin = ""
        self.ancestors = ["'self'"]
        self.accepting = True
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server: Server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(5)
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end)
        asyncio.run_coroutine_threadsafe(self._server.wait_closed(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _end(self) -> None:
        self._server.close()
        self.stop_tasks()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, deed: Any) -> None:
        """Let the script's coroutine happen in the server's loop, and wait for it."""
        asyncio.run_coroutine_threadsafe(deed, self._loop).result(5)

    def cut(self) -> None:
        """Break every socket without a closing handshake, as a lost network does."""
        for socket in list(self.sockets):
            self._loop.call_soon_threadsafe(socket.transport.abort)

    async def _serve(self) -> Server:
        quiet = logging.getLogger("scripted server")
        quiet.setLevel(logging.ERROR)
        return await serve(self._talk, "127.0.0.1", 0, process_request=self._page, logger=quiet)

    # --- pages ---------------------------------------------------------------------

    def _page(self, _socket: ServerConnection, request: Request) -> Response | None:
        path, _, _query = request.path.partition("?")
        if path == "/ws/chat/":
            return None if self.accepting else _respond(503, b"", "text/plain")
        if path == "/host":
            ours = self.widget_origin or self.url
            policy = f"default-src 'none'; script-src {ours}; frame-src {ours}"
            return _respond(200, self.host_page.encode(), "text/html; charset=utf-8", policy)
        if path == "/read":
            return self._template("knowledge/reader.html", self.reader, self._request(request.path))
        if path in ("/", f"/widget/v1/{self.assistant.key}/"):
            return self._chat(self._request(request.path))
        return self._file(path)

    def _file(self, path: str) -> Response:
        name = path.split("/", 5)[-1] if path.startswith("/widget/v1/app/") else LOADER
        served = release().files.get(name)
        if path.startswith("/widget/") and served:
            return _respond(200, served.plain, served.media_type)
        file = STATIC / path.removeprefix("/static/")
        if not file.is_file():
            return _respond(404, b"", "text/plain")
        return _respond(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")

    def _request(self, path: str) -> HttpRequest:
        return RequestFactory().get(path, headers={"host": f"127.0.0.1:{self.port}"})

    def _chat(self, request: HttpRequest) -> Response:
        mode = "page" if request.path == "/" else "preview" if "preview" in request.GET else "frame"
        wishes = {name: request.GET.get(name, "") for name in ("locale", "theme", "color", "radius")}
        return self._template("chat/chat.html", page_context(self.assistant, mode, wishes), request)

    def _template(self, name: str, context: Frame, request: HttpRequest) -> Response:
        policy = build_policy(chat_policy(request, self.ancestors))
        page = render_to_string(name, context, request).encode()
        return _respond(200, page, "text/html; charset=utf-8", policy)

    async def _talk(self, socket: ServerConnection) -> None:
        try:
            async for raw in socket:
                await self.hear(socket, json.loads(raw))
        except ConnectionClosed:
            pass
        finally:
            self.sockets.pop(socket, None)


def _respond(status: int, body: bytes, media_type: str, policy: str = "") -> Response:
    headers = Headers({"Content-Type": media_type, "Content-Length": str(len(body)), "Connection": "close"})
    if policy:
        headers["Content-Security-Policy"] = policy
    return Response(status, "OK", headers, body)
