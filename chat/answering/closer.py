"""Closer: which sentences of the passages search compares with a question that leaves doubt.

A passage is near to much that it does not answer: "deals on amazon" to the help for a shop's app. Of its
sentences hardly one is (docs/evaluation.md has the figures; two of each passage tell as much as all). They
cost some 20 ms each to embed, so nobody looks where a closer look would change nothing.
"""

from collections.abc import Sequence

from chat.answering.deciding import LOOKED_AT, Calibration, is_in_doubt
from chat.answering.quoting.meeting import Asked, met, read, score
from chat.answering.quoting.parts import Kind, parts_of
from knowledge.language import detect
from knowledge.passages import Passage

EACH = 2  # parts of a passage
LONGEST = 600  # characters of a part, such as a long table


def doubts(question: str, calibration: Calibration, passages: Sequence[Passage]) -> dict[str, int]:
    """Return the texts to compare with a question, each with the place of its passage; none without doubt."""
    return likeliest(question, passages) if is_in_doubt(question, passages, calibration) else {}


def likeliest(question: str, passages: Sequence[Passage]) -> dict[str, int]:
    """Return the parts of the best passages that share most with a question, with the place of each's own."""
    if not passages:
        return {}
    best = passages[:LOOKED_AT]
    asked = read(question, detect(question, default=best[0].language), best, {})
    found: dict[str, int] = {}
    for place, passage in enumerate(best):
        for text in _likeliest(asked, passage):
            found.setdefault(text, place)
    return found


def _likeliest(asked: Asked, passage: Passage) -> list[str]:
    """Return the parts of a passage that share most with what is asked, and the question that it answers."""
    above = met(asked, passage.question, passage.language) if passage.question else frozenset()
    parts = [part for part in parts_of(passage) if part.kind is not Kind.HEADING]
    parts.sort(key=lambda part: -score(asked, part, passage.language, above))
    texts = [part.text[:LONGEST] for part in parts[:EACH]]
    return [passage.question, *texts] if passage.question else texts
