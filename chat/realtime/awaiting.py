"""Awaiting: an event, but no longer than some seconds, and never past a cancellation.

For whoever looks again from time to time, whether the bell rang or not.
"""

import asyncio


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event at most so long; say whether it came.

    Not with ``asyncio.wait_for``: in Python 3.11 it loses a cancellation that comes together with the event,
    and a loop around it then went on for ever.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
