"""Pace: from how far a job was and how far it is to the time that remains.

A page that polls sends back the mark it was given first, so that the pace is that of the
present work and not of a job that was cancelled and resumed days later.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

HEADER = "Pace-Since"
LONGEST = timedelta(days=1000)  # a mark comes from a browser: nothing in it may overflow
LEAST = timedelta(seconds=4)  # before that a batch more or less doubles the estimate


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of a job was done at a moment."""

    at: datetime
    done: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the mark that ``str`` wrote, or None."""
        moment, _separator, done = text.partition("~")
        try:
            at = datetime.fromisoformat(moment)
            return cls(at, int(done)) if at.tzinfo is not None else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.done}"


def remaining(since: Mark, now: Mark, total: int) -> timedelta | None:
    """Return how long the rest takes at the pace since a mark; None while that cannot be said."""
    gained, elapsed = now.done - since.done, now.at - since.at
    if gained <= 0 or elapsed < LEAST or now.done >= total:
        return None
    seconds = elapsed.total_seconds() * (total - now.done) / gained
    return timedelta(seconds=round(min(seconds, LONGEST.total_seconds())))


def in_words(left: timedelta | None) -> str:
    """Return a remaining time as people say it; nothing for None."""
    if left is None:
        return ""
    if left < timedelta(minutes=1):
        return _("less than a minute left")
    start = datetime(2000, 1, 1, tzinfo=UTC)  # any moment: only the distance is told
    return _("about %(time)s left") % {"time": timesince(start, start + left, depth=1)}
