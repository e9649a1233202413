"""The consumer of the inbox: a doorbell for staff, and who of them looks at and types what.

It carries no truth. Pages render from PostgreSQL and fetch again when it rings; that somebody
types or looks is only true while it lasts, and forgotten by everybody who hears no more of it.
"""

import asyncio
import json
import logging
import time
import uuid
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from chat.conversations import presence
from chat.conversations.transcript import public_name
from chat.models import Care, Conversation
from chat.realtime.broadcast import STAFF_GROUP, announce_typing, ring_staff
from chat.realtime.staff_door import staff_of
from chat.realtime.staff_protocol import BadStaffFrame, StaffFrame, View, Write, read

log = logging.getLogger(__name__)
ASK_SECONDS = 4.0  # how soon somebody who is staff no more is out
SHUT_OUT, BAD_PROTOCOL = 4403, 4400
MOST_BAD_FRAMES = 20


class StaffConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """The socket of one open inbox."""

    staff: User | None = None
    viewing: uuid.UUID | None = None
    bad_frames = 0

    async def connect(self) -> None:
        """Let active staff in, and nobody else."""
        self.staff = await database_sync_to_async(staff_of)(self.scope)
        if self.staff is None:
            await self.close(SHUT_OUT)
            return
        await self.accept()
        try:
            await self.channel_layer.group_add(STAFF_GROUP, self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("an inbox hears no bells: %s", error)
        self._watch = asyncio.create_task(self.watch_over())

    async def disconnect(self, code: int) -> None:
        """Stop looking; being here ends by itself, so that a page that is loaded anew is never away."""
        if self.staff is None:
            return
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        try:
            await self.channel_layer.group_discard(STAFF_GROUP, self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("an inbox left without a word: %s", error)
        await self._look_at(None)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Act on a frame; a page of ours sends none that cannot be read."""
        if self.staff is None:
            return
        try:
            await self._act(read(text_data or ""))
        except BadStaffFrame:
            self.bad_frames += 1
            if self.bad_frames >= MOST_BAD_FRAMES:
                await self.close(BAD_PROTOCOL)
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)

    async def _act(self, frame: StaffFrame) -> None:
        match frame:
            case View(conversation):
                await self._look_at(conversation)
            case Write(conversation, active):
                await self._write(conversation, active)

    async def _look_at(self, conversation: uuid.UUID | None) -> None:
        if self.viewing is not None and self.viewing != conversation:
            await self._tell_colleagues(self.viewing, "viewing", active=False)
        self.viewing = conversation
        if conversation is not None:
            await self._tell_colleagues(conversation, "viewing", active=True, asks=True)

    async def _write(self, conversation_id: uuid.UUID, active: bool) -> None:
        """Tell colleagues, and the customer where a person has the conversation."""
        await self._tell_colleagues(conversation_id, "typing", active=active)
        held = Conversation.objects.filter(id=conversation_id, care=Care.OPEN)
        if await held.aexists():
            await announce_typing(conversation_id, public_name(self.staff), active)

    async def _tell_colleagues(self, conversation: uuid.UUID, what: str, **details: Any) -> None:
        assert self.staff is not None  # noqa: S101 - nobody else was let in
        who = {"id": self.staff.pk, "name": public_name(self.staff)}
        await ring_staff(conversation, what, who=who, sender=self.channel_name, **details)

    async def bell(self, message: dict[str, Any]) -> None:
        """Pass a bell on; answer who asks for the others that look at the same conversation."""
        if message.get("sender") == self.channel_name:
            return
        conversation = message["conversation"]
        if message.get("asks") and self.viewing is not None and conversation == str(self.viewing):
            await self._tell_colleagues(self.viewing, "viewing", active=True)
        shown = {name: value for name, value in message.items() if name not in ("sender", "asks")}
        await self.send(text_data=json.dumps(shown, ensure_ascii=False))

    async def watch_over(self) -> None:
        """Shut out who is staff no more; renew the presence of who is."""
        due = time.monotonic()
        while True:
            try:
                if time.monotonic() >= due:
                    due += presence.RENEW_SECONDS
                    await self._renew()
                await asyncio.sleep(ASK_SECONDS)
                if await database_sync_to_async(staff_of)(self.scope) != self.staff:
                    await self.close(SHUT_OUT)
                    return
            except (OperationalError, InterfaceError) as error:
                log.warning("PostgreSQL is away: %s", error)
                await asyncio.sleep(1)

    async def _renew(self) -> None:
        if await database_sync_to_async(presence.renew)(self.staff):
            await ring_staff(None, "presence")
        if self.viewing is not None:
            await self._tell_colleagues(self.viewing, "viewing", active=True)
