"""Following: a socket that sends a conversation's events, each once and in order.

It holds no truth: what it sends as events comes numbered out of PostgreSQL, either
announced by whoever wrote it or, when an announcement got lost, read there again.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from chat.conversations import answers, transcript
from chat.models import Conversation, Event
from chat.realtime.broadcast import announce_events, event_frame, group_of

log = logging.getLogger(__name__)
FORGOTTEN = 4410
LOOK_SECONDS = 5.0  # how soon a lost announcement is noticed


class FollowingConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """A socket that follows at most one conversation at a time."""

    conversation: Conversation | None = None
    sent_seq = 0

    async def connect(self) -> None:
        """Accept and wait for the first frame."""
        self._sending = asyncio.Lock()
        await self.accept()
        self._watch = asyncio.create_task(self.watch_over())

    async def disconnect(self, code: int) -> None:
        """Leave the conversation's group; answers go on without this socket."""
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        if self.conversation is not None:
            await self._leave(self.conversation.id)

    async def relay(self, message: dict[str, Any]) -> None:
        """Pass on what was announced to the conversation; events only in order."""
        if self.conversation is None or message["conversation"] != str(self.conversation.id):
            return  # still under way when this socket left that conversation
        frame = message["frame"]
        if frame["type"] == "forgotten":
            await self.forgotten()
        elif frame["type"] != "event":
            await self.send_frame(frame)
        elif frame["seq"] == self.sent_seq + 1:
            await self._send_event(frame)
        elif frame["seq"] > self.sent_seq:
            await self.catch_up()

    async def tell(self, events: Iterable[Event]) -> None:
        """Announce what this socket made happen, and send it on here whatever became of the announcement."""
        if self.conversation is not None:
            await announce_events(self.conversation.id, events)
        await self.catch_up()

    async def enter(self, conversation: Conversation | None) -> None:
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

    async def catch_up(self, with_snapshots: bool = False) -> None:
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
                await self.send_frame({"type": "snapshot", **snapshot})

    async def _send_event(self, frame: dict[str, Any]) -> None:
        """Send an event once and in order, whoever comes with it."""
        async with self._sending:
            if frame["seq"] == self.sent_seq + 1:
                self.sent_seq = frame["seq"]
                await self.send_frame(frame)

    async def forgotten(self) -> None:
        """Tell the client that its conversation is deleted, and close."""
        if self.conversation is not None:
            await self._leave(self.conversation.id)
        self.conversation = None
        await self.send_frame({"type": "forgotten"})
        await self.close(FORGOTTEN)

    async def head(self) -> int:
        """Return the number of the conversation's last event; 0 without one."""
        if self.conversation is None:
            return 0
        head: int = await database_sync_to_async(transcript.head)(self.conversation.id)
        return head

    async def watch_over(self) -> None:
        """Notice announcements that got lost."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.catch_up()
            except (OperationalError, InterfaceError) as error:
                log.warning("PostgreSQL is away: %s", error)

    async def send_error(self, code: str, sentence: str, client_id: str | None = None) -> None:
        """Send a sentence for people, and its code for programs."""
        await self.send_frame({"type": "error", "code": code, "detail": sentence, "client_id": client_id})

    async def send_frame(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))
