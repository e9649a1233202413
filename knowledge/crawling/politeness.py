"""Politeness: how long to wait before the next request to a host."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from knowledge.crawling.fetch import parsed


@dataclass
class Politeness:
    """Keeps ``seconds`` between two requests to one host; ``pause`` is how to wait."""

    seconds: float
    pause: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, url: str, asked_for: float = 0.0) -> None:
        """Return when the host may be asked again; ``asked_for`` is what the site wants at least."""
        host = parsed(url).host
        left = self._next.get(host, 0.0) - self.clock()
        if left > 0:
            self.pause(left)
        self._next[host] = self.clock() + max(self.seconds, asked_for)
