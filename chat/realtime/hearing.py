"""Hearing: a socket that hears what is announced to its conversation, as soon as Redis lets it.

A Redis that is away, or a process that a thousand customers come back to at once, keeps nobody
out and cuts nobody off: the socket serves, and tries to hear until it does.
"""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.utils import await_many_dispatch
from redis.exceptions import RedisError

from chat.models import Conversation
from chat.realtime.broadcast import group_of

log = logging.getLogger(__name__)
REDIS_SECONDS = 2.0  # for a subscription
AGAIN_SECONDS = 5.0  # between two tries of a socket that hears nothing


class HearingConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """A socket that hears at most one conversation at a time."""

    conversation: Conversation | None = None
    channel_name = ""  # none as long as Redis has given it none
    _tuning: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket; as long as Redis is away it hears nothing, and the lookout finds what is new."""
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer(self.channel_layer_alias)
        try:
            with suppress(StopConsumer):
                is_tuned = await self.tune_in()
                heed_cancellation()
                hear = partial(self.channel_layer.receive, self.channel_name) if is_tuned else self._hear_late
                await await_many_dispatch([receive, hear], self.dispatch)
        finally:
            if self._tuning is not None:
                self._tuning.cancel()

    async def tune_in(self) -> bool:
        """Get a channel, and put it into the group of the conversation; say whether Redis did so."""
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                if not self.channel_name:
                    self.channel_name = await self.channel_layer.new_channel()
                if self.conversation is not None:
                    await self.channel_layer.group_add(group_of(self.conversation.id), self.channel_name)
        except (RedisError, OSError) as error:
            log.warning("a socket without live announcements: %s", error)
            self._tune_later()
            return False
        return True

    async def missed(self) -> None:
        """Make up for what was announced while nothing was heard."""

    def _tune_later(self) -> None:
        if self._tuning is None or self._tuning.done():
            self._tuning = asyncio.create_task(self._tune_again())

    async def _tune_again(self) -> None:
        """Try until Redis hears, then send what was said meanwhile."""
        is_tuned = False
        while not is_tuned:
            await asyncio.sleep(AGAIN_SECONDS)
            is_tuned = await self.tune_in()
        await self.missed()

    async def _hear_late(self) -> Any:
        """Return the next announcement of a channel that is still to be had."""
        if not self.channel_name and self._tuning is not None:
            await asyncio.shield(self._tuning)
        return await self.channel_layer.receive(self.channel_name)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message; unlike Channels, wait for no database thread before."""
        await getattr(self, get_handler_name(message))(message)
        heed_cancellation()


def heed_cancellation() -> None:
    """Raise ``CancelledError`` in a task that was cancelled and lives on.

    ``asyncio.wait_for`` of Python 3.11, which the Redis client waits with, loses a cancellation that comes
    together with what it waits for; such a socket served nobody for ever, and a process did not end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
