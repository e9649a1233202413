"""Watching: is there any socket that follows a conversation?

Asked of Redis, where each web process subscribes to a conversation's channel as long
as a socket of it is open: a process that is killed is unsubscribed by its broken
connection. A hint only. When Redis cannot say, everybody counts as watched, and an
answer that was put aside by mistake is found by its socket's lookout.
"""

import logging
import uuid
from collections.abc import Collection

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.realtime.broadcast import group_of

log = logging.getLogger(__name__)
PATIENCE = 1.0  # seconds
JUST_STARTED = 15  # seconds in which web processes come back to a Redis that was restarted
CHANNEL = "asgi__group__{}"  # of the pub/sub layer with its usual prefix


class Watchers:
    """Knows which conversations somebody follows."""

    def __init__(self) -> None:
        self._redis = Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
        )

    async def unwatched(self, conversations: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Return the conversations that certainly no socket follows."""
        channels = {CHANNEL.format(group_of(one)): one for one in conversations}
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.info("server")
                pipeline.pubsub_numsub(*channels)
                server, counts = await pipeline.execute()
        except (RedisError, OSError) as error:
            log.debug("cannot say who watches: %s", error)
            return set()
        if server["uptime_in_seconds"] < JUST_STARTED:
            return set()
        followers = {bytes(name).decode(): count for name, count in counts}
        return {one for channel, one in channels.items() if not followers.get(channel)}

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._redis.aclose()
