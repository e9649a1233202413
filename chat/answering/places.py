"""Places: at most so many answers are worded by the model at once; the others wait in line.

First come, first served. Who waits is told its place whenever it moves, through
``place_teller``: the engine's ports say nothing of queues, and only a live customer cares.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

from chat.errors import ModelFailed

Tell = Callable[[int], Awaitable[None]]


async def _nobody(_place: int) -> None:
    """Tell nobody."""


# Told the place in line, from 1; 0 once it is one's turn.
place_teller: ContextVar[Tell] = ContextVar("place_teller", default=_nobody)


class _Waiting:
    """One that waits in line."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self.is_let_in = False


class Places:
    """The places of one process; ``most`` 0 sets no limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._line: deque[_Waiting] = deque()

    @asynccontextmanager
    async def taken(self, patience: float) -> AsyncIterator[None]:
        """Hold a place, after waiting for one for at most ``patience`` seconds.

        Raises:
            ModelFailed: None became free in time.
        """
        if self._most and (self._taken >= self._most or self._line):
            await self._wait(patience)
        else:
            self._taken += 1
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self, patience: float) -> None:
        """Return with a place, handed over by the one who had it."""
        me = _Waiting()
        self._line.append(me)
        has_place = False
        try:
            async with asyncio.timeout(patience):
                await self._moved_up(me)
            has_place = True
        except TimeoutError as error:
            raise ModelFailed("Too many answers are waiting for the model.") from error
        finally:
            if not has_place:
                self._leave(me)

    async def _moved_up(self, me: _Waiting) -> None:
        tell, told = place_teller.get(), 0
        while not me.is_let_in:
            me.moved.clear()
            place = self._line.index(me) + 1
            if place != told:
                told = place
                await tell(place)
            await me.moved.wait()
        await tell(0)

    def _leave(self, me: _Waiting) -> None:
        if me.is_let_in:  # in the moment in which it gave up
            self._give_back()
        else:
            self._line.remove(me)
            self._move()

    def _give_back(self) -> None:
        if not self._line:
            self._taken -= 1
            return
        first = self._line.popleft()
        first.is_let_in = True
        first.moved.set()
        self._move()

    def _move(self) -> None:
        for waiting in self._line:
            waiting.moved.set()
