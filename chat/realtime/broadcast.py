"""Broadcast: tell the sockets of a conversation; never needed for the truth.

Facts are in PostgreSQL before they are announced, so a lost announcement costs a
moment (the sockets look again by themselves) and a broken Redis costs no answer.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from chat.models import Event

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds; a hanging Redis must not hold an answer up
REST = 3.0  # seconds without announcements after that, or each of them would wait as long


class _Rest:
    """Whether a Redis that does not answer is left alone for now."""

    until = 0.0

    def is_on(self) -> bool:
        return time.monotonic() < self.until

    def begin(self) -> None:
        self.until = time.monotonic() + REST


_rest = _Rest()


def group_of(conversation_id: uuid.UUID) -> str:
    """Return the channel group of a conversation."""
    return f"conversation.{conversation_id.hex}"


def event_frame(event: Event) -> dict[str, Any]:
    """Return an event as the frame customers get."""
    return {
        "type": "event",
        "seq": event.seq,
        "event": event.kind,
        "at": event.created_at.isoformat(),
        "data": event.data,
    }


STAFF_GROUP = "staff"


async def announce_events(conversation_id: uuid.UUID, events: Iterable[Event]) -> None:
    """Announce events to the sockets of their conversation, and ring for staff once."""
    kinds = []
    for event in events:
        kinds.append(event.kind)
        await announce(conversation_id, event_frame(event))
    if kinds:
        await ring_staff(conversation_id, "events", kinds=kinds)


async def announce_typing(conversation_id: uuid.UUID, name: str, active: bool) -> None:
    """Let the customer see that somebody of staff writes, or has stopped; live only."""
    await announce(conversation_id, {"type": "typing", "who": {"name": name}, "active": active})


async def ring_staff(conversation_id: uuid.UUID | None, what: str, **details: Any) -> None:
    """Tell the open inboxes of staff to look; ``what`` is "events", "typing", "queues" or "presence"."""
    about = str(conversation_id) if conversation_id else None
    await _send(STAFF_GROUP, {"type": "bell", "conversation": about, "what": what, **details})


def announce_now(conversation_id: uuid.UUID, events: Iterable[Event], what: str = "queues") -> None:
    """Announce from synchronous code, after the transaction: events, or that ``what`` changed for staff."""
    events = list(events)
    if events:
        async_to_sync(announce_events)(conversation_id, events)
    else:
        async_to_sync(ring_staff)(conversation_id, what)


async def announce(conversation_id: uuid.UUID, frame: dict[str, Any]) -> bool:
    """Send a frame to every socket of a conversation; say, and log, if it could not be done."""
    message = {"type": "relay", "conversation": str(conversation_id), "frame": frame}
    return await _send(group_of(conversation_id), message)


async def _send(group: str, message: dict[str, Any]) -> bool:
    layer = get_channel_layer()
    if layer is None or _rest.is_on():
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(group, message)
    except TimeoutError as error:
        _rest.begin()
        log.warning("could not announce to %s: Redis does not answer (%s)", group, error)
        return False
    except (RedisError, OSError) as error:
        log.warning("could not announce to %s: %s", group, error)
        return False
    return True
