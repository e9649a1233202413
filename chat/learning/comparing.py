"""Comparing: what became worse from one run to the next, so that a gate can close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Moved:
    """A share in both runs; None where it was not measured."""

    name: str
    before: float | None
    now: float | None

    @property
    def by(self) -> float | None:
        """Return how far it went up; negative when it fell."""
        return None if self.before is None or self.now is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class Flipped:
    """A question that is not as right or wrong as it was, with what is wrong now."""

    question: str
    is_right: bool
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side."""

    moved: tuple[Moved, ...]
    flipped: tuple[Flipped, ...]
    tolerance: float

    @property
    def fallen(self) -> tuple[Moved, ...]:
        """Return the shares that fell by more than is tolerated."""
        return tuple(
            share for share in self.moved if share.by is not None and share.by < -self.tolerance - 1e-9
        )

    @property
    def broken(self) -> tuple[Flipped, ...]:
        """Return the questions that were right and are wrong."""
        return tuple(flip for flip in self.flipped if not flip.is_right)

    @property
    def mended(self) -> tuple[Flipped, ...]:
        """Return the questions that were wrong and are right."""
        return tuple(flip for flip in self.flipped if flip.is_right)

    @property
    def is_worse(self) -> bool:
        """Say whether a gate should close."""
        return bool(self.fallen or self.broken)


def compare(now: Mapping[str, Any], before: Mapping[str, Any], tolerance: float = TOLERANCE) -> Comparison:
    """Return what moved between two reports, each with ``figures`` and ``questions``.

    Questions are told apart by their key; those that only one report has flip nothing.
    """
    new, old = now["figures"]["shares"], before["figures"]["shares"]
    moved = (Moved(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))
    return Comparison(tuple(moved), _flips(now["questions"], before["questions"]), tolerance)


def _flips(now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> tuple[Flipped, ...]:
    was_right = {row["key"]: row["right"] for row in before}
    return tuple(
        Flipped(row["question"], row["right"], row["why"])
        for row in now
        if row["key"] in was_right and was_right[row["key"]] != row["right"]
    )
