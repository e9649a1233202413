"""Awaiting: an event is waited for no longer than some seconds, and a cancellation is never lost."""

import asyncio

import pytest

from chat.realtime.awaiting import happens
from tests.chat.realtime.customers import PATIENCE


async def test_who_waits_learns_whether_the_event_came() -> None:
    rung, silent = asyncio.Event(), asyncio.Event()
    rung.set()

    assert await happens(rung, PATIENCE)
    assert not await happens(silent, 0.01)


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancellation_that_comes_with_the_event_ends_who_waits(turns: int) -> None:
    bell = asyncio.Event()

    async def look_on() -> None:
        while True:
            await happens(bell, PATIENCE)
            bell.clear()

    looking = asyncio.create_task(look_on())
    await asyncio.sleep(0)

    bell.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    looking.cancel()

    await asyncio.wait([looking], timeout=PATIENCE / 10)
    assert looking.cancelled()
