"""Alike: do two questions ask the same, so that one's answer may be given to the other?

Stricter than the match with an approved answer, which has its rivals beside it to be
compared with: here the wrong answer would come without staff's word for it.
"""

from knowledge.curated.agreeing import agree, normalised, overlap, swaps
from knowledge.language import detect

# With the bundled embedder 76 of 77 pairs among 1,200 questions of BANKING77 that pass have one intent
# (bench/remembering.py; 82 of 83 where words may be swapped).
ALIKE_FROM = 0.97  # cosine
OVERLAP_FROM = 0.67  # share of content words in common


def wording_of(question: str) -> str:
    """Return a question's words as they count for being the very same question."""
    return normalised(question)


def asks_the_same(one: str, other: str, cosine: float) -> bool:
    """Say whether two questions are near, share most words, and agree in numbers, codes and denial.

    One may say more than the other, but not another word in the place of one: "on" and "off", "iPhone" and
    "Android" lie as near to each other as "change" and "modify".
    """
    language = detect(one)
    if cosine < ALIKE_FROM or not agree(one, other) or swaps(one, other, language):
        return False
    return overlap(one, other, language) >= OVERLAP_FROM
