"""Hearing: a socket that Redis gives no channel serves, and hears as soon as it gets one."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.models import Conversation
from chat.realtime import hearing
from chat.realtime.broadcast import announce_typing
from tests.chat.realtime.customers import PATIENCE, Customer, of_event, of_type

pytestmark = pytest.mark.usefixtures("demo")


class Flaky:
    """Lets the first calls of a method of the channel layer fail."""

    def __init__(self, call: Any, failures: int) -> None:
        self.failures = failures
        self._call = call

    async def __call__(self, *arguments: Any) -> Any:
        """Fail, or do what was asked."""
        if self.failures > 0:
            self.failures -= 1
            raise RedisConnectionError("away")
        return await self._call(*arguments)


@pytest.mark.parametrize("method", ["new_channel", "group_add"])
async def test_a_socket_that_heard_nothing_at_first_hears_once_redis_is_back(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(hearing, "AGAIN_SECONDS", 0.1)
    layer = get_channel_layer()
    flaky = Flaky(getattr(layer, method), failures=2)
    monkeypatch.setattr(layer, method, flaky, raising=False)
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    conversation = await Conversation.objects.aget()

    async with asyncio.timeout(PATIENCE):
        while not any(map(of_type("typing"), cleo.frames)):
            await announce_typing(conversation.id, "Ben", active=True)
            await cleo.answered_up_to_now()
            await asyncio.sleep(0.2)  # frames of one socket are limited

    assert flaky.failures == 0
    await cleo.leave()


async def test_a_cancellation_that_the_redis_client_loses_ends_the_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer = get_channel_layer()
    subscribe, arrived = layer.new_channel, asyncio.Event()

    async def deaf() -> Any:
        arrived.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(PATIENCE)
        return await subscribe()

    monkeypatch.setattr(layer, "new_channel", deaf, raising=False)
    cleo = Customer()
    await cleo.socket.send_input({"type": "websocket.connect"})
    serving = cleo.socket.future
    await arrived.wait()

    serving.cancel()

    await asyncio.wait([serving], timeout=PATIENCE)
    assert serving.cancelled()
