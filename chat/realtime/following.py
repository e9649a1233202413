"""Following: a socket that sends a conversation's events, each once and in order.

It holds no truth: what it sends as events comes numbered out of PostgreSQL, either
announced by whoever wrote it or, when an announcement got lost or found no room, read
there again. Whoever hands it a frame never waits for the peer: one task sends what is
in a bounded outbox, so that a slow peer costs neither memory nor the others' time.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from chat.conversations import answers, transcript
from chat.models import Answer, Conversation, Event
from chat.realtime.broadcast import announce_events, event_frame, group_of
from chat.realtime.hearing import REDIS_SECONDS, HearingConsumer
from chat.realtime.looking import lookout
from chat.realtime.outbox import Item, Kind, Outbox
from chat.realtime.threads import database_sync_to_async

log = logging.getLogger(__name__)
STALL_SECONDS = 30.0  # for a peer to take one frame
FAREWELL_SECONDS = 10.0  # for it to take the close after that
PAGE = 100  # events read at once
TOO_SLOW, TRY_AGAIN = 4008, 1013
READ = Item(Kind.READ)
FORGOTTEN = 4410


class FollowingConsumer(HearingConsumer):
    """A socket that follows at most one conversation at a time."""

    sent_seq = 0  # the last event handed to the outbox

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._outbox = Outbox()
        self._sender: asyncio.Task[None] | None = None
        self._is_reading = False
        self._owes_snapshots = False

    async def disconnect(self, code: int) -> None:
        """Leave the conversation's group; answers go on without this socket."""
        self._outbox.shut()
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
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
            self._put(Kind.LIVE, frame)
        elif frame["seq"] > self.sent_seq:
            self._relay_event(frame)

    def _relay_event(self, frame: dict[str, Any]) -> None:
        is_next = frame["seq"] == self.sent_seq + 1
        is_read_anyway = self._is_reading or self._outbox.waits(Kind.READ)
        if is_next and not is_read_anyway and self._put(Kind.FACT, frame):
            self.sent_seq = frame["seq"]
        else:
            self._read_on()

    async def tell(self, events: Iterable[Event]) -> None:
        """Send on what this socket made happen, and announce it, whatever becomes of the announcement."""
        await self.catch_up()
        if self.conversation is not None:
            await announce_events(self.conversation.id, events)

    async def enter(self, conversation: Conversation | None) -> None:
        """Subscribe first; what is read from PostgreSQL afterwards can then have no hole behind it."""
        if self.conversation is not None and self.conversation != conversation:
            await self._leave(self.conversation.id)
            self.conversation = None
        if self.conversation is None and conversation is not None:
            self.conversation = conversation
            if self.channel_name:
                await self.tune_in()

    async def missed(self) -> None:
        """Send what was announced while nothing was heard."""
        await self.catch_up(with_snapshots=True)

    async def _leave(self, conversation_id: uuid.UUID) -> None:
        lookout().remove(conversation_id, self)
        if not self.channel_name:
            return
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self.channel_layer.group_discard(group_of(conversation_id), self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("could not leave the group of %s: %s", conversation_id, error)

    def begin_after(self, seq: int) -> None:
        """Let the next event be the one after ``seq``, whatever waits to be sent."""
        self._outbox.drop(Kind.FACT, Kind.LIVE)
        self.sent_seq = seq

    async def catch_up(self, with_snapshots: bool = False) -> None:
        """See to it that every event after the last one is sent, and the text of answers in the making."""
        if self.conversation is None:
            return
        lookout().add(self.conversation.id, self)
        self._owes_snapshots |= with_snapshots
        self._read_on()

    def notice(self, head: int) -> None:
        """Read on if the conversation is ahead of what was announced here."""
        if head > self.sent_seq:
            self._read_on()

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

    async def send_error(
        self, code: str, sentence: str, client_id: str | None = None, retry_after: int | None = None
    ) -> None:
        """Send a sentence for people, and its code for programs; ``retry_after`` in seconds."""
        frame = {"type": "error", "code": code, "detail": sentence, "client_id": client_id}
        wait = {"retry_after": retry_after} if retry_after else {}
        await self.send_frame({**frame, **wait})

    async def send_frame(self, frame: dict[str, Any]) -> None:
        """Send one frame, unless the peer has long left no room for any."""
        self._put(Kind.REPLY, frame)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close once everything before it is sent."""
        self._outbox.note(Item(Kind.CLOSE, code=code))
        self._wake()

    def _read_on(self) -> None:
        self._outbox.note(READ)
        self._wake()

    def _put(self, kind: Kind, frame: dict[str, Any]) -> bool:
        is_taken = self._outbox.put(Item(kind, json.dumps(frame, ensure_ascii=False)))
        self._wake()
        return is_taken

    def _wake(self) -> None:
        """Let the sender run; between frames there is none, as most sockets are idle at most times."""
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_out())

    async def _send_out(self) -> None:
        """Send until nothing waits."""
        try:
            while (item := self._next()) is not None:
                match item.kind:
                    case Kind.READ:
                        await self._read()
                    case Kind.CLOSE:
                        await super().close(item.code)
                    case _:
                        await self._transmit(item.text)
        except TimeoutError:
            await self._give_up()
        except OSError:
            self._outbox.shut()  # the peer is gone; the server tells us by a message of its own

    def _next(self) -> Item | None:
        item = self._outbox.pop()
        if item is None and self._outbox.has_dropped and self.conversation is not None:
            self._outbox.has_dropped, self._owes_snapshots = False, True
            return READ
        return item

    async def _transmit(self, text: str) -> None:
        async with asyncio.timeout(STALL_SECONDS):
            await self.send(text_data=text)

    async def _read(self) -> None:
        """Send every event after the last one out of PostgreSQL, and the snapshots that are owed.

        What comes to pass meanwhile was announced, and notes that there is more to read.
        """
        self._is_reading = True
        try:
            is_full = True
            while is_full and self.conversation is not None:
                conversation_id = self.conversation.id
                events, making = await self._page(conversation_id)
                is_full = len(events) == PAGE
                if not await self._pass_on(events, conversation_id):
                    return
                for answer in making:
                    snapshot = {"answer": str(answer.id), "attempt": answer.attempt, "text": answer.text}
                    await self._transmit(json.dumps({"type": "snapshot", **snapshot}, ensure_ascii=False))
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)  # the lookout will notice what is missing
        finally:
            self._is_reading = False

    async def _pass_on(self, events: Sequence[Event], conversation_id: uuid.UUID) -> bool:
        """Send events in order; say whether this socket is still in the conversation they are of."""
        for event in events:
            if self.conversation is None or self.conversation.id != conversation_id:
                return False
            if event.seq != self.sent_seq + 1:
                break  # the client asked to begin elsewhere, and that is noted
            self.sent_seq = event.seq
            await self._transmit(json.dumps(event_frame(event), ensure_ascii=False))
        return self.conversation is not None and self.conversation.id == conversation_id

    async def _page(self, conversation_id: uuid.UUID) -> tuple[list[Event], Sequence[Answer]]:
        """Return the next events, and behind the last of them the answers in the making, if they are owed."""
        owed = self._owes_snapshots
        events, making = await database_sync_to_async(_look)(conversation_id, self.sent_seq, owed)
        if owed and len(events) < PAGE:
            self._owes_snapshots = False
        return events, making

    async def _give_up(self) -> None:
        """Close on a peer that does not read; it learns why if it reads again within a moment."""
        self._outbox.shut()
        if self.conversation is not None:
            await self._leave(self.conversation.id)
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await super().close(TOO_SLOW)
        except TimeoutError:
            abort(self.base_send)
        except OSError:
            return  # it has gone meanwhile


def _look(conversation_id: uuid.UUID, after: int, with_running: bool) -> tuple[list[Event], Sequence[Answer]]:
    events = transcript.events_after(conversation_id, after, PAGE)
    return events, answers.running(conversation_id) if with_running and len(events) < PAGE else ()


def abort(send: Any) -> None:
    """Cut the connection behind an ASGI send.

    ASGI has no word for that, and a server's own close waits until the peer has read everything:
    for ever, when it never reads. uvicorn's send is a method of the connection's protocol.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
