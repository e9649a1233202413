"""Alike: do two questions ask the same, so that one's answer may be given to the other?

Stricter than the match with an approved answer, which has its rivals beside it to be
compared with: here the wrong answer would come without staff's word for it.
"""

from knowledge.curated.agreeing import agree, normalised, overlap
from knowledge.language import detect

# With the bundled embedder 52 of 53 pairs of BANKING77 that pass have one intent (bench/remembering.py).
ALIKE_FROM = 0.97  # cosine
OVERLAP_FROM = 0.67  # share of content words in common


def wording_of(question: str) -> str:
    """Return a question's words as they count for being the very same question."""
    return normalised(question)


def asks_the_same(one: str, other: str, cosine: float) -> bool:
    """Say whether two questions are near, share most words, and agree in numbers, codes and denial."""
    if cosine < ALIKE_FROM or not agree(one, other):
        return False
    return overlap(one, other, detect(one)) >= OVERLAP_FROM
