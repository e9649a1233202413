"""Rewording: from a passage before and after somebody wrote in it to the sentences that were changed.

Pure. An edit is anchored at whole sentences: enough to be found again in another source, and no
more than was changed, so that the rest of the passage may change without a conflict.
"""

from knowledge.sentences import Span, sentences


def reworded(before: str, after: str, language: str) -> tuple[Span, str] | None:
    """Return the span of the changed sentences and what stands there now; None if nothing changed."""
    if before == after:
        return None
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    units = sentences(before, language)
    start = max((first for first, _ in units if first <= head), default=0)
    end = min((last for _, last in units if last >= max(len(before) - tail, start + 1)), default=len(before))
    return (start, end), after[start : len(after) - (len(before) - end)].strip()


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
