"""Showing: the live preview of one answer while it is made, in few frames.

Whoever makes the answer never waits for Redis: what is to be shown is noted, and one
task sends it. The first words go out at once, the next ones together, so that a fast
model costs ten frames a second and not a hundred.
"""

import asyncio
from collections import deque
from typing import Any

from chat.conversations.answers import Work
from chat.realtime.awaiting import happens
from chat.realtime.broadcast import announce

PACE = 0.075  # seconds between two deltas; the eye sees no difference to every token
AGAIN = 0.5  # seconds until a delta that found no Redis is tried again
REMINDER = 2.0  # seconds without news until a stage is told again, to who came meanwhile
MOST_STAGES = 16


class Showing:
    """Shows stages and text of one attempt to whoever follows the conversation."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._stages: deque[dict[str, Any]] = deque(maxlen=MOST_STAGES)
        self._last: dict[str, Any] | None = None  # the stage, until there are words to see instead
        self._text = ""
        self._shown = 0  # characters that went out
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def text(self) -> str:
        """Return everything that was said so far."""
        return self._text

    def stage(self, stage: str, **details: Any) -> None:
        """Note how far the answer is."""
        self._last = {"type": "status", "stage": stage, **details}
        self._stages.append(self._last)
        self._news.set()

    def say(self, text: str) -> None:
        """Note the next piece of the text."""
        self._text += text
        self._last = None
        self._news.set()

    def stop(self) -> None:
        """Let ``run`` show the rest and return.

        It is not cancelled: a publication that is cut off costs its connection, and redis-py
        was seen to swallow the cancellation.
        """
        self._over.set()
        self._news.set()

    async def run(self) -> None:
        """Show what is noted until stopped."""
        while not self._over.is_set():
            if not await happens(self._news, REMINDER) and self._last is not None:
                self._stages.append(self._last)
            self._news.clear()
            if await self.flush():
                await happens(self._over, PACE)
            else:
                await happens(self._over, AGAIN)
                self._news.set()
        await self.flush()

    async def flush(self) -> bool:
        """Show what is noted now; say whether it went out. What did not goes with what is shown next."""
        while self._stages:
            if not await self._announce(self._stages[0]):
                return False
            self._stages.popleft()
        upto = len(self._text)
        if upto == self._shown:
            return True
        offset, text = self._shown, self._text[self._shown : upto]
        delta = {"type": "delta", "attempt": self._work.attempt, "offset": offset, "text": text}
        if not await self._announce(delta):
            return False
        self._shown = upto
        return True

    async def _announce(self, frame: dict[str, Any]) -> bool:
        return await announce(self._work.conversation_id, {**frame, "answer": str(self._work.answer_id)})
