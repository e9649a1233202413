"""Guarding: a model whose every wait is bounded, so that its customer is served in time.

The whole of a question's dealings with the model fits into ``Patience.total`` seconds,
the waiting in line and a second try included; then the quoting answerer takes over. A
second try is made once, only before the first token, and only in what is left of the
patience for that token.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from chat.answering.breaking import Breaker
from chat.answering.places import Places
from chat.answering.wording import LanguageModel
from chat.errors import ModelAway, ModelFailed, ModelUnfit

log = logging.getLogger(__name__)
WORTHWHILE = 1.0  # seconds that must be left for a second try


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: in line, for the first token, for each next one, and for all together."""

    place: float = 4.0
    first: float = 8.0
    stall: float = 4.0
    total: float = 11.0


class GuardedModel:
    """A model behind the same port, with a queue before it, a breaker and bounds on every wait."""

    def __init__(
        self, model: LanguageModel, patience: Patience, places: Places, breaker: Breaker | None = None
    ) -> None:
        self._model = model
        self._patience = patience
        self._places = places
        self._breaker = breaker or Breaker()

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the reply piece by piece.

        Raises:
            ModelFailed: It cannot be asked now, stalled, broke off or said nothing.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + self._patience.total
        async with self._places.taken(min(self._patience.place, self._patience.total)):
            first_by = min(clock() + self._patience.first, end)
            has_begun = False
            for is_last in (False, True):
                try:
                    async with aclosing(self._tried(messages, first_by, end)) as pieces:
                        async for piece in pieces:
                            has_begun = True
                            yield piece
                    return
                except ModelAway as failure:
                    if is_last or has_begun or clock() + failure.after + WORTHWHILE > first_by:
                        raise
                    log.info("asking the model again: %s", failure)
                    await asyncio.sleep(failure.after)

    async def _tried(
        self, messages: Sequence[tuple[str, str]], first_by: float, end: float
    ) -> AsyncGenerator[str, None]:
        """Yield the pieces of one try; waits end at ``first_by`` and ``end`` of the loop's clock.

        Raises:
            ModelUnfit: The time went to whoever checks what it says, which is no fault of the model.
            ModelFailed: It stalled, broke off or said nothing.
        """
        clock = asyncio.get_running_loop().time
        deadline, has_spoken, held = first_by, False, 0.0
        with self._breaker.trying():
            stream = cast("AsyncGenerator[str, None]", self._model.stream(messages))
            async with aclosing(stream) as pieces:
                while True:
                    try:
                        async with asyncio.timeout_at(deadline):
                            piece = await anext(pieces, None)
                    except TimeoutError as error:
                        if deadline == end and 2 * held > self._patience.total:
                            raise ModelUnfit("Checking what the model says took too long.") from error
                        raise ModelFailed("The model took too long.") from error
                    if piece is None:
                        break
                    given = clock()
                    yield piece
                    held += clock() - given
                    if piece.strip():  # blanks come for ever from some servers and prove nothing
                        has_spoken = True
                        deadline = min(clock() + self._patience.stall, end)
            if not has_spoken:
                raise ModelAway("The model said nothing.")
