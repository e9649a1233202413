"""Rates: how often is often enough, by the Generic Cell Rate Algorithm.

A rate of ``most`` in ``seconds`` lets ``most`` pass at once and after that one every
``seconds / most``. One number is kept, the theoretical arrival time of the next one
(ITU-T Recommendation I.371, annex A, "virtual scheduling", with an increment of
``interval`` and a limit of ``(most - 1) * interval``). All times are whole
microseconds, so that this and the script in Redis come to the same numbers.
"""

from dataclasses import dataclass, field

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    most: int
    seconds: int

    @property
    def interval(self) -> int:
        """Return the microseconds from one to the next when the burst is used up."""
        return self.seconds * MICROSECONDS // self.most


def spend(arrival: int, now: int, rate: Rate) -> tuple[int, int]:
    """Return the next theoretical arrival time, and how long to wait before this one may pass; 0: it passed.

    Who has to wait has spent nothing.
    """
    arrival = max(arrival, now)
    wait = arrival + rate.interval - rate.interval * rate.most - now
    return (arrival, wait) if wait > 0 else (arrival + rate.interval, 0)


def whole_seconds(microseconds: int) -> int:
    """Return a wait in whole seconds, rounded up: who waits so long will not be too early."""
    return -(-microseconds // MICROSECONDS)


@dataclass(slots=True)
class Meter:
    """A rate with its count, in this process only: for what one socket does."""

    rate: Rate
    _arrival: int = field(default=0)

    def spend(self, now: float) -> int:
        """Count one at a moment in seconds; return the seconds to wait, 0 when it may pass."""
        self._arrival, wait = spend(self._arrival, int(now * MICROSECONDS), self.rate)
        return whole_seconds(wait)
