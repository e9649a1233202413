"""Broadcast: tell the sockets of a conversation; never needed for the truth.

Facts are in PostgreSQL before they are announced, so a lost announcement costs a
moment (the sockets look again by themselves) and a broken Redis costs no answer.
"""

import asyncio
import logging
import uuid
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from chat.models import Event

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds; a hanging Redis must not hold an answer up


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


async def announce(conversation_id: uuid.UUID, frame: dict[str, Any]) -> None:
    """Send a frame to every socket of a conversation, or log that it could not be done."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            message = {"type": "relay", "conversation": str(conversation_id), "frame": frame}
            await layer.group_send(group_of(conversation_id), message)
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("could not announce to conversation %s: %s", conversation_id, error)
