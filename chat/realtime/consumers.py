"""The consumer: one customer's socket, between frames and use cases.

It holds no truth: what it sends as events comes numbered out of PostgreSQL, either
announced by whoever wrote it or, when an announcement got lost, read there again.
"""

import asyncio
import json
import logging
import uuid
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from chat.conversations import answers, feedback, transcript, turns
from chat.errors import ChatError
from chat.models import Assistant, Conversation
from chat.realtime.broadcast import announce, event_frame, group_of
from chat.realtime.protocol import (
    VERSION,
    Ask,
    BadFrame,
    ClientFrame,
    GiveFeedback,
    Hello,
    Ping,
    Resume,
    Stop,
    read,
)

log = logging.getLogger(__name__)
HELLO_SECONDS = 10.0
LOOK_SECONDS = 5.0  # how soon a lost announcement is noticed
BAD_PROTOCOL, UNKNOWN_ASSISTANT, TRY_AGAIN = 4400, 4404, 1013
MOST_BAD_FRAMES = 20


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """A customer's socket: says hello, asks, stops, rates, resumes."""

    assistant: Assistant | None = None
    conversation: Conversation | None = None
    token = ""
    sent_seq = 0
    bad_frames = 0

    async def connect(self) -> None:
        """Accept and wait for the first frame."""
        self._sending = asyncio.Lock()
        await self.accept()
        self._watch = asyncio.create_task(self._watch_over())

    async def disconnect(self, code: int) -> None:
        """Leave the conversation's group; answers go on without this socket."""
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        if self.conversation is not None:
            await self._leave(self.conversation.id)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read one frame and act on it; what cannot be read is answered with a sentence."""
        try:
            frame = read(text_data or "")
            if self.assistant is None and not isinstance(frame, Hello):
                raise BadFrame("hello_first", "The first frame must be “hello”.")
            await self._act(frame)
        except BadFrame as error:
            self.bad_frames += 1
            await self._send({"type": "error", "code": error.code, "detail": str(error)})
            if self.bad_frames >= MOST_BAD_FRAMES:
                await self.close(BAD_PROTOCOL)
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)
            await self.close(TRY_AGAIN)

    async def _act(self, frame: ClientFrame) -> None:
        match frame:
            case Hello():
                await self._hello(frame)
            case Ask():
                await self._ask(frame)
            case Stop(answer):
                if self.conversation is not None:
                    await database_sync_to_async(turns.request_stop)(self.conversation.id, answer)
            case GiveFeedback():
                await self._feedback(frame)
            case Resume(last_seq):
                self.sent_seq = last_seq
                await self._catch_up(with_snapshots=True)
            case Ping():
                await self._send({"type": "pong", "head_seq": await self._head()})

    async def _hello(self, frame: Hello) -> None:
        assistant = await Assistant.objects.filter(key=frame.assistant, is_active=True).afirst()
        if assistant is None:
            sentence = "This chat is not available; please tell the owner of the website."
            await self._error("unknown_assistant", sentence)
            await self.close(UNKNOWN_ASSISTANT)
            return
        self.assistant, self.token = assistant, frame.token
        conversation = await database_sync_to_async(turns.find)(assistant, frame.token)
        await self._enter(conversation)
        # A client may have read further than we have written: of a conversation that is gone by now.
        self.sent_seq = min(frame.last_seq, conversation.head_seq) if conversation else 0
        await self._send(
            {
                "type": "welcome",
                "v": VERSION,
                "conversation": str(conversation.id) if conversation else None,
                "head_seq": conversation.head_seq if conversation else 0,
                "assistant": {
                    "key": assistant.key,
                    "name": assistant.name,
                    "greeting": assistant.greeting,
                    "suggestions": assistant.suggestions,
                },
            }
        )
        await self._catch_up(with_snapshots=True)

    async def _ask(self, frame: Ask) -> None:
        try:
            asked = await database_sync_to_async(turns.ask)(
                self.assistant, self.token, frame.client_id, frame.text
            )
        except ChatError as error:
            await self._error(error.code, str(error), str(frame.client_id))
            return
        await self._enter(asked.conversation)
        for event in asked.events:
            await announce(asked.conversation.id, event_frame(event))
        await self._catch_up()

    async def _feedback(self, frame: GiveFeedback) -> None:
        if self.conversation is None:
            await self._error("unknown_message", "That answer is not part of this conversation.")
            return
        try:
            event = await database_sync_to_async(feedback.give_feedback)(
                self.conversation.id, frame.message, frame.helpful, frame.reason
            )
        except ChatError as error:
            await self._error(error.code, str(error))
            return
        if event is not None:
            await announce(self.conversation.id, event_frame(event))
        await self._catch_up()

    async def relay(self, message: dict[str, Any]) -> None:
        """Pass on what was announced to the conversation; events only in order."""
        if self.conversation is None or message["conversation"] != str(self.conversation.id):
            return  # still under way when this socket left that conversation
        frame = message["frame"]
        if frame["type"] != "event":
            await self._send(frame)
        elif frame["seq"] == self.sent_seq + 1:
            await self._send_event(frame)
        elif frame["seq"] > self.sent_seq:
            await self._catch_up()

    async def _enter(self, conversation: Conversation | None) -> None:
        """Subscribe first; what is read from PostgreSQL afterwards can then have no hole behind it."""
        if self.conversation is not None and self.conversation != conversation:
            await self._leave(self.conversation.id)
            self.conversation = None
        if self.conversation is None and conversation is not None:
            self.conversation = conversation
            try:
                await self.channel_layer.group_add(group_of(conversation.id), self.channel_name)
            except (RedisError, OSError) as error:
                log.warning("no live announcements for %s: %s", conversation.id, error)

    async def _leave(self, conversation_id: uuid.UUID) -> None:
        try:
            await self.channel_layer.group_discard(group_of(conversation_id), self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("could not leave %s: %s", conversation_id, error)

    async def _catch_up(self, with_snapshots: bool = False) -> None:
        """Send every event after the last one sent, and the text of answers in the making."""
        if self.conversation is None:
            return
        while events := await database_sync_to_async(transcript.events_after)(
            self.conversation.id, self.sent_seq
        ):
            for event in events:
                await self._send_event(event_frame(event))
        if with_snapshots:
            for answer in await database_sync_to_async(answers.running)(self.conversation.id):
                snapshot = {"answer": str(answer.id), "attempt": answer.attempt, "text": answer.text}
                await self._send({"type": "snapshot", **snapshot})

    async def _send_event(self, frame: dict[str, Any]) -> None:
        """Send an event once and in order, whoever comes with it."""
        async with self._sending:
            if frame["seq"] == self.sent_seq + 1:
                self.sent_seq = frame["seq"]
                await self._send(frame)

    async def _head(self) -> int:
        if self.conversation is None:
            return 0
        head: int = await database_sync_to_async(transcript.head)(self.conversation.id)
        return head

    async def _watch_over(self) -> None:
        """Close a socket that never says hello; notice announcements that got lost."""
        await asyncio.sleep(HELLO_SECONDS)
        if self.assistant is None:
            await self._error("hello_first", "The first frame must be “hello”.")
            await self.close(BAD_PROTOCOL)
            return
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._catch_up()
            except (OperationalError, InterfaceError) as error:
                log.warning("PostgreSQL is away: %s", error)

    async def _error(self, code: str, sentence: str, client_id: str | None = None) -> None:
        await self._send({"type": "error", "code": code, "detail": sentence, "client_id": client_id})

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))
