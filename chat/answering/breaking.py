"""Breaking: a model that keeps failing is left alone for a while, so that nobody waits for it.

Closed, every try is let through. After ``MOST_FAILURES`` within ``WINDOW_SECONDS`` it opens:
for ``REST_SECONDS`` none is. Then one probe goes; if it passes the breaker closes, if not
it rests again. The state is the process's own: each finds out by itself, within seconds.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chat.errors import ModelFailed, ModelUnfit

MOST_FAILURES = 5
WINDOW_SECONDS = 30.0
REST_SECONDS = 20.0


class Breaker:
    """Counts a model's failures and says when not to ask it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=MOST_FAILURES)
        self._opened: float | None = None
        self._is_probed = False

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Let one try through and learn from how it ends; one that is broken off teaches nothing.

        Raises:
            ModelFailed: The model is being left alone.
        """
        is_probe = self._admit()
        try:
            yield
        except ModelUnfit:
            self._passed(is_probe)
            raise
        except ModelFailed:
            self._failed(is_probe)
            raise
        else:
            self._passed(is_probe)
        finally:
            if is_probe:
                self._is_probed = False

    def _admit(self) -> bool:
        """Return whether this try is the probe."""
        if self._opened is None:
            return False
        if self._is_probed or self._clock() - self._opened < REST_SECONDS:
            raise ModelFailed("The model is left alone after several failures.")
        self._is_probed = True
        return True

    def _passed(self, is_probe: bool) -> None:
        if is_probe:
            self._opened = None
            self._failures.clear()

    def _failed(self, is_probe: bool) -> None:
        now = self._clock()
        self._failures.append(now)
        is_too_much = len(self._failures) == MOST_FAILURES and now - self._failures[0] <= WINDOW_SECONDS
        if is_probe or (self._opened is None and is_too_much):
            self._opened = now
