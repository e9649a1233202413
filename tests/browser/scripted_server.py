"""A scripted server: the realtime protocol of the chat, played by the test.

It serves the real templates and static files, so that a browser test needs no
database; only what lies behind the socket is a script.
"""

import asyncio
import json
import logging
import mimetypes
import threading
import uuid
from collections import defaultdict
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

STATIC = Path(__file__).resolve().parents[2] / "static"
Frame = dict[str, Any]


class ScriptedServer:
    """Serves one assistant on a free port; ``answer`` is the script of its next answers."""

    def __init__(self, assistant: Assistant, host_page: str = "", reader: Frame | None = None) -> None:
        self.assistant = assistant
        self.host_page = host_page
        self.reader = reader or {}
        self.answer: Frame = {"text": "", "outcome": "answered", "answerer": "model", "citations": []}
        self.pace = 0.02
        self.heard: list[Frame] = []
        self.events: dict[str, list[Frame]] = defaultdict(list)
        self.accepting = True
        self._asked: set[str] = set()
        self._sockets: dict[ServerConnection, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[str, Frame] = {}
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
        for task in self._tasks:
            task.cancel()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every socket without a closing handshake, as a lost network does."""
        for socket in list(self._sockets):
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
            policy = f"default-src 'none'; script-src {self.url}; frame-src {self.url}"
            return _respond(200, self.host_page.encode(), "text/html; charset=utf-8", policy)
        if path == "/read":
            return self._template("knowledge/reader.html", self.reader, self._request(request.path))
        if path in ("/", f"/widget/v1/{self.assistant.key}/"):
            return self._chat(self._request(request.path))
        file = STATIC / ("widget/loader.js" if path.endswith("/loader.js") else path.removeprefix("/static/"))
        if not file.is_file():
            return _respond(404, b"", "text/plain")
        return _respond(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")

    def _request(self, path: str) -> HttpRequest:
        return RequestFactory().get(path, headers={"host": f"127.0.0.1:{self.port}"})

    def _chat(self, request: HttpRequest) -> Response:
        mode = "page" if request.path == "/" else "frame"
        wishes = {name: request.GET.get(name, "") for name in ("locale", "theme", "color")}
        return self._template(
            "chat/chat.html", {"assistant": self.assistant, "mode": mode, **wishes}, request
        )

    def _template(self, name: str, context: Frame, request: HttpRequest) -> Response:
        policy = build_policy(chat_policy(request, ["'self'"]))
        return _respond(
            200, render_to_string(name, context, request).encode(), "text/html; charset=utf-8", policy
        )

    # --- the socket ----------------------------------------------------------------

    async def _talk(self, socket: ServerConnection) -> None:
        try:
            async for raw in socket:
                await self._hear(socket, json.loads(raw))
        except ConnectionClosed:
            pass
        finally:
            self._sockets.pop(socket, None)

    async def _hear(self, socket: ServerConnection, frame: Frame) -> None:
        self.heard.append(frame)
        match frame:
            case {"type": "hello", "token": token, "last_seq": last}:
                self._sockets[socket] = token
                await self._welcome(socket, token)
                await self._replay(socket, token, last)
            case {"type": "resume", "last_seq": last}:
                await self._replay(socket, self._sockets[socket], last)
            case {"type": "ping"}:
                await _send(socket, {"type": "pong", "head_seq": len(self.events[self._sockets[socket]])})
            case {"type": "ask", "client_id": client_id, "text": text} if client_id not in self._asked:
                self._asked.add(client_id)
                task = asyncio.create_task(self._answer(self._sockets[socket], client_id, text))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case {"type": "stop", "answer": answer}:
                self._running[answer]["stopped"] = True
            case {"type": "feedback", "message": message, "helpful": helpful}:
                await self._record(self._sockets[socket], "feedback.given", message=message, helpful=helpful)

    async def _welcome(self, socket: ServerConnection, token: str) -> None:
        known = self.events[token]
        about = {name: getattr(self.assistant, name) for name in ("key", "name", "greeting", "suggestions")}
        conversation = token[:8] if known else None
        await _send(
            socket,
            {
                "type": "welcome",
                "v": 1,
                "conversation": conversation,
                "head_seq": len(known),
                "assistant": about,
            },
        )

    async def _replay(self, socket: ServerConnection, token: str, last: int) -> None:
        for event in self.events[token][last:]:
            await _send(socket, event)
        for answer, state in self._running.items():
            if state["token"] == token:
                await _send(
                    socket, {"type": "snapshot", "answer": answer, "attempt": 1, "text": state["text"]}
                )

    async def _answer(self, token: str, client_id: str, text: str) -> None:
        question, answer = str(uuid.uuid4()), str(uuid.uuid4())
        message = {"id": question, "role": "customer", "text": text, "client_id": client_id}
        await self._record(token, "message.created", message=message)
        await self._record(token, "answer.started", answer=answer, question=question, attempt=1)
        await self._broadcast(token, {"type": "status", "answer": answer, "stage": "searching"})
        state = self._running[answer] = {"token": token, "text": "", "stopped": False}
        await asyncio.sleep(self.pace * 10)
        script = dict(self.answer)
        for word in script["text"].split(" "):
            if state["stopped"]:
                script |= {"text": state["text"], "outcome": "stopped", "citations": []}
                break
            delta = {
                "type": "delta",
                "answer": answer,
                "attempt": 1,
                "offset": len(state["text"]),
                "text": word + " ",
            }
            state["text"] += word + " "
            await self._broadcast(token, delta)
            await asyncio.sleep(self.pace)
        del self._running[answer]
        finished = {"id": str(uuid.uuid4()), "role": "assistant", **script}
        await self._record(token, "answer.finished", answer=answer, message=finished)

    async def _record(self, token: str, name: str, **data: Any) -> None:
        events = self.events[token]
        event = {
            "type": "event",
            "seq": len(events) + 1,
            "event": name,
            "at": "2026-01-01T00:00:00Z",
            "data": data,
        }
        events.append(event)
        await self._broadcast(token, event)

    async def _broadcast(self, token: str, frame: Frame) -> None:
        for socket, owner in list(self._sockets.items()):
            if owner == token:
                await _send(socket, frame)


async def _send(socket: ServerConnection, frame: Frame) -> None:
    try:
        await socket.send(json.dumps(frame))
    except ConnectionClosed:
        return


def _respond(status: int, body: bytes, media_type: str, policy: str = "") -> Response:
    headers = Headers({"Content-Type": media_type, "Content-Length": str(len(body)), "Connection": "close"})
    if policy:
        headers["Content-Security-Policy"] = policy
    return Response(status, "OK", headers, body)
