"""Together: what is asked while a call is under way goes with the next one, however much it is.

A quiet process makes a call for each; a busy one makes few large ones, and none waits for a clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """Makes one call for many who ask; each gets their own result, or the error of their call.

    Who gives up waiting takes nothing back and cuts nothing off.
    """

    def __init__(
        self, call: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], most: int = 500
    ) -> None:
        """Take the call: it returns the results of at most ``most`` items, in their order."""
        self._call = call
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._calling: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        """Return the result of an item; raise what its call raised."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._call_on())
        return await result

    async def _call_on(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._call_for(batch)
        finally:  # cut off, as at the end of the loop: nobody may wait for ever
            for _, result in self._waiting:
                result.cancel()

    async def _call_for(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        told: Sequence[Result] = ()
        failure: BaseException | None = None
        try:
            told = await self._call([item for item, _ in batch])
        except BaseException as error:  # noqa: BLE001 - it is theirs who asked, whatever it is
            failure = error
        for number, (_, result) in enumerate(batch):
            if result.done():
                continue
            if failure is None:
                result.set_result(told[number])
            else:
                result.set_exception(failure)
        if isinstance(failure, asyncio.CancelledError):
            raise failure
