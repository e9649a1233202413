"""Layer: the pub/sub channel layer, with many publications in one round trip.

The library publishes one message at a time, each waiting for Redis and for its turn on the event
loop. With a hundred answers under way that was thirty messages a second and announcements that gave
up after two seconds; what waits together now goes together.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection

from chat.realtime.together import Together

log = logging.getLogger(__name__)
HEALTH_SECONDS = 5.0  # after which a silent connection is looked after
UNSUBSCRIBED_SECONDS = 0.05
AGAIN_SECONDS = 0.5
MOST_AT_ONCE = 500  # publications of one round trip


class BatchingShard(RedisSingleShardConnection):  # type: ignore[misc]  # channels_redis has no types
    """A connection to one Redis that publishes all that waits at once.

    Whoever gives up waiting takes nothing back and cuts nothing off: the message is on its way.
    """

    def __init__(self, host: Any, channel_layer: Any) -> None:
        super().__init__(host, channel_layer)
        self._together = Together(self._publish_all, MOST_AT_ONCE)

    async def _do_receiving(self) -> None:
        """Receive for ever. The library looks ten times a second, and a timeout ends it for good."""
        while True:
            try:
                if self._pubsub is not None and self._pubsub.subscribed:
                    heard = await self._pubsub.get_message(
                        ignore_subscribe_messages=True, timeout=HEALTH_SECONDS
                    )
                    self._receive_message(heard)
                else:
                    await asyncio.sleep(UNSUBSCRIBED_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever it is, a process that hears nothing is worse
                log.warning("hearing nothing for a moment: %r", error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def publish(self, channel: str, message: bytes) -> None:
        """Publish a message, with all that waits meanwhile; raise what became of the round trip."""
        await self._together.ask((channel, message))

    async def _publish_all(self, messages: Sequence[tuple[str, bytes]]) -> Sequence[int]:
        """Publish messages; return how many heard each."""
        async with self._lock:
            self._ensure_redis()
            async with self._redis.pipeline(transaction=False) as pipeline:
                for channel, message in messages:
                    pipeline.publish(channel, message)
                heard: Sequence[int] = await pipeline.execute()
        return heard


class BatchingLayer(RedisPubSubChannelLayer):  # type: ignore[misc]  # channels_redis has no types
    """The pub/sub layer of channels_redis over such connections."""

    def _get_layer(self) -> Any:
        """Return the layer of this event loop; the library makes it when it is first asked for."""
        layer = super()._get_layer()
        for number, shard in enumerate(layer._shards):
            if not isinstance(shard, BatchingShard):
                layer._shards[number] = BatchingShard(shard.host, layer)
        return layer
