"""A scripted chat: what the real server would do with the frames of a customer, without a database.

Tests act as staff through its coroutines (``server.do(server.join("Ben"))``).
"""

import asyncio
import json
import uuid
from collections import defaultdict
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from chat.models import Assistant

Frame = dict[str, Any]


class ScriptedChat:
    """The conversations of one assistant, by their secrets."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.answer: Frame = {"text": "", "outcome": "answered", "answerer": "model", "citations": []}
        self.offers_handoff = False
        self.staff: Frame = {"open": True, "online": True}
        self.refusals: list[Frame] = []
        self.pace = 0.02
        self.hesitation = 0.0  # seconds before it refuses
        self.heard: list[Frame] = []
        self.events: dict[str, list[Frame]] = defaultdict(list)
        self.contact: dict[str, Frame] = defaultdict(lambda: {"name": "", "email": ""})
        self.care: dict[str, str] = defaultdict(lambda: "assistant")
        self.sockets: dict[ServerConnection, str] = {}
        self._asked: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[str, Frame] = {}

    def stop_tasks(self) -> None:
        """End what is still being answered."""
        for task in self._tasks:
            task.cancel()

    def frames(self, kind: str) -> list[Frame]:
        """Return the frames of a kind that came from customers."""
        return [frame for frame in self.heard if frame["type"] == kind]

    @property
    def token(self) -> str:
        """The secret of the conversation that was said hello for last."""
        return str(self.frames("hello")[-1]["token"])

    async def hear(self, socket: ServerConnection, frame: Frame) -> None:
        """Act on a frame."""
        self.heard.append(frame)
        if frame["type"] == "hello":
            self.sockets[socket] = frame["token"]
            await self._welcome(socket, frame["token"])
            await self._replay(socket, frame["token"], frame["last_seq"])
        elif self.refusals and frame["type"] in ("ask", "contact", "handoff", "forget", "identify"):
            await asyncio.sleep(self.hesitation)
            await send(socket, {"type": "error", "client_id": frame.get("client_id"), **self.refusals.pop(0)})
        else:
            await self._act(socket, self.sockets[socket], frame)

    async def _act(self, socket: ServerConnection, token: str, frame: Frame) -> None:
        match frame:
            case {"type": "resume", "last_seq": last}:
                await self._replay(socket, token, last)
            case {"type": "ping"}:
                await send(socket, {"type": "pong", "head_seq": len(self.events[token])})
            case {"type": "ask", "client_id": client_id, "text": text} if client_id not in self._asked:
                self._asked.add(client_id)
                task = asyncio.create_task(self._answer(token, client_id, text))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case {"type": "stop", "answer": answer}:
                self._running[answer]["stopped"] = True
            case _:
                await self._note(socket, token, frame)

    async def _note(self, socket: ServerConnection, token: str, frame: Frame) -> None:
        match frame:
            case {"type": "feedback", "message": message, "helpful": helpful}:
                fact = {"message": message, "helpful": helpful, "offer_handoff": self.offers_handoff}
                await self._record(token, "feedback.given", **fact)
            case {"type": "handoff", "wanted": True}:
                self.care[token] = "open"
                await self._record(token, "handoff.requested", handoff=1, reason="asked")
            case {"type": "handoff"}:
                await self.release("withdrawn", token)
            case {"type": "contact", "name": name, "email": email}:
                self.contact[token] = {"name": name, "email": email}
                await self._record(token, "contact.given", **self.contact[token])
            case {"type": "forget"}:
                self.events.pop(token, None)
                await send(socket, {"type": "forgotten"})

    # --- staff ---------------------------------------------------------------------

    async def join(self, name: str) -> None:
        """Let somebody of staff take the conversation."""
        self.care[self.token] = "open"
        await self._record(self.token, "handoff.joined", handoff=1, staff={"name": name})

    async def say(self, name: str, text: str, **more: Any) -> None:
        """Let somebody of staff write."""
        message: Frame = {"id": str(uuid.uuid4()), "role": "staff", "text": text, "client_id": None}
        message |= {"author": {"name": name}, "channel": "chat", **more}
        await self._record(self.token, "message.created", message=message)

    async def release(self, end: str = "released", token: str = "") -> None:
        """Give the conversation back to the assistant."""
        self.care[token or self.token] = "assistant"
        await self._record(token or self.token, "handoff.finished", handoff=1, end=end)

    async def close_conversation(self) -> None:
        """Close the conversation."""
        await self._record(self.token, "conversation.closed")

    async def type(self, name: str, active: bool = True) -> None:
        """Let somebody of staff begin to write, or stop."""
        await self._broadcast(self.token, {"type": "typing", "who": {"name": name}, "active": active})

    # --- what the server says --------------------------------------------------------

    async def _welcome(self, socket: ServerConnection, token: str) -> None:
        known = self.events[token]
        about = {name: getattr(self.assistant, name) for name in ("key", "name", "greeting", "suggestions")}
        about |= {"handoff": True, "pre_chat": self.assistant.pre_chat}
        welcome = {"type": "welcome", "v": 2, "assistant": about, "staff": self.staff}
        welcome |= {"conversation": token[:8] if known else None, "head_seq": len(known)}
        welcome |= {"care": self.care[token], "contact": self.contact[token]}
        await send(socket, welcome)

    async def _replay(self, socket: ServerConnection, token: str, last: int) -> None:
        for event in self.events[token][last:]:
            await send(socket, event)
        for answer, state in self._running.items():
            if state["token"] == token:
                snapshot = {"type": "snapshot", "answer": answer, "attempt": 1, "text": state["text"]}
                await send(socket, snapshot)

    async def _answer(self, token: str, client_id: str, text: str) -> None:
        question, answer = str(uuid.uuid4()), str(uuid.uuid4())
        message = {"id": question, "role": "customer", "text": text, "client_id": client_id}
        await self._record(token, "message.created", message=message)
        if self.care[token] != "assistant":
            return
        await self._record(token, "answer.started", answer=answer, question=question, attempt=1)
        await self._broadcast(token, {"type": "status", "answer": answer, "stage": "searching"})
        state = self._running[answer] = {"token": token, "text": "", "stopped": False}
        await asyncio.sleep(self.pace * 10)
        script = await self._write(token, answer, state)
        del self._running[answer]
        finished = {"id": str(uuid.uuid4()), "role": "assistant", "client_id": None, **script}
        fact = {"answer": answer, "message": finished, "offer_handoff": self.offers_handoff}
        await self._record(token, "answer.finished", **fact)

    async def _write(self, token: str, answer: str, state: Frame) -> Frame:
        script = dict(self.answer)
        for word in script["text"].split(" "):
            if state["stopped"]:
                return script | {"text": state["text"], "outcome": "stopped", "citations": []}
            delta = {"type": "delta", "answer": answer, "attempt": 1}
            delta |= {"offset": len(state["text"]), "text": word + " "}
            state["text"] += word + " "
            await self._broadcast(token, delta)
            await asyncio.sleep(self.pace)
        return script

    async def _record(self, token: str, name: str, **data: Any) -> None:
        events = self.events[token]
        event = {"type": "event", "seq": len(events) + 1, "event": name, "at": "2026-01-01T00:00:00Z"}
        events.append({**event, "data": data})
        await self._broadcast(token, events[-1])

    async def _broadcast(self, token: str, frame: Frame) -> None:
        for socket, owner in list(self.sockets.items()):
            if owner == token:
                await send(socket, frame)


async def send(socket: ServerConnection, frame: Frame) -> None:
    """Send a frame; a socket that is gone is no matter."""
    try:
        await socket.send(json.dumps(frame))
    except ConnectionClosed:
        return
