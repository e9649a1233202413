"""The channel layer: publications that wait together go together, and each hears what became of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.realtime import layer as layer_module
from chat.realtime.layer import MOST_AT_ONCE, BatchingShard
from chat.realtime.together import Together

Message = tuple[str, bytes]


@pytest.fixture
async def shard() -> AsyncIterator[BatchingShard]:
    layer: Any = get_channel_layer()
    yield layer._get_layer()._shards[0]
    await layer.flush()


async def in_the_room() -> tuple[Any, str]:
    """Return the layer, and a channel that hears what is said in the room."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("room", channel)
    return layer, channel


async def test_all_that_waits_goes_in_one_round_trip_and_in_order(
    shard: BatchingShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, channel = await in_the_room()
    batches: list[int] = []
    publish = shard._publish_all

    async def counted(messages: Sequence[Message]) -> Sequence[int]:
        batches.append(len(messages))
        return await publish(messages)

    monkeypatch.setattr(shard, "_together", Together(counted, MOST_AT_ONCE))

    await asyncio.gather(*(layer.group_send("room", {"type": "relay", "n": n}) for n in range(1200)))

    async with asyncio.timeout(20):
        heard = [(await layer.receive(channel))["n"] for _ in range(1200)]
    assert heard == list(range(1200))
    assert sorted(batches) == [200, 500, 500]


async def test_a_round_trip_that_fails_is_told_to_all_of_it_and_the_next_one_is_made(
    shard: BatchingShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer: Any = get_channel_layer()
    publish = shard._publish_all
    is_away = True

    async def flaky(messages: Sequence[Message]) -> Sequence[int]:
        if is_away:
            raise RedisConnectionError("away")
        return await publish(messages)

    monkeypatch.setattr(shard, "_together", Together(flaky))

    told = await asyncio.gather(
        *(layer.group_send("room", {"type": "relay"}) for _ in range(3)), return_exceptions=True
    )
    is_away = False
    await layer.group_send("room", {"type": "relay"})

    assert [type(one) for one in told] == [RedisConnectionError] * 3


async def test_whoever_gives_up_cuts_nobody_off(
    shard: BatchingShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, channel = await in_the_room()
    publish, may_go = shard._publish_all, asyncio.Event()

    async def slow(messages: Sequence[Message]) -> Sequence[int]:
        await may_go.wait()
        return await publish(messages)

    monkeypatch.setattr(shard, "_together", Together(slow))
    patient = asyncio.create_task(layer.group_send("room", {"type": "relay", "n": 1}))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await layer.group_send("room", {"type": "relay", "n": 2})
    may_go.set()
    await patient

    async with asyncio.timeout(20):
        assert {(await layer.receive(channel))["n"] for _ in range(2)} == {1, 2}


@pytest.mark.parametrize("failure", [TimeoutError("slow"), RuntimeError("not connected")])
async def test_no_failure_makes_a_process_deaf(
    shard: BatchingShard, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    monkeypatch.setattr(layer_module, "AGAIN_SECONDS", 0.01)
    layer, channel = await in_the_room()
    get_message, failures = shard._pubsub.get_message, [failure]

    async def flaky(**options: Any) -> Any:
        if failures:
            raise failures.pop()
        return await get_message(**options)

    monkeypatch.setattr(shard._pubsub, "get_message", flaky)
    async with asyncio.timeout(20):
        for number in range(3):
            await layer.group_send("room", {"type": "relay", "n": number})
        heard = [(await layer.receive(channel))["n"] for _ in range(3)]

    assert heard == [0, 1, 2]
    assert failures == []
