"""Judging: is a customer's question the one that a curated answer answers?

A wrong curated answer is worse than none: it comes with staff's word for it. Numbers,
codes and denial must agree exactly; beyond that a logistic function says how likely two
wordings ask the same, from their cosine, the lead over the nearest question of another
answer, and the words they share.

The weights were fitted with the bundled embedder on 600 test questions of BANKING77 and half
of CLINC150's questions out of scope, asked of shelves on which all, a half, a quarter or an
eighth of the 77 intents were curated, with 3 to 25 wordings each, so that there are many
near misses. ``bench/curated.py`` can fit them anew, and measures them on the other questions;
docs/answering.md has the figures.
"""

import math
from dataclasses import dataclass

INTERCEPT = -47.14
COSINE_WEIGHT = 49.16
LEAD_WEIGHT = 43.91
OVERLAP_WEIGHT = 0.88
MOST_LEAD = 0.05  # a greater lead says no more
LONE_LEAD = 0.02  # assumed where there is no other answer to lead over
MATCH_FROM = 0.92  # probability: a little above what the figures ask for: a wrong one is worse than none


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two questions are: ``lead`` is the cosine beyond that of another answer, if there is one."""

    cosine: float
    lead: float | None
    overlap: float
    agrees: bool


def probability(likeness: Likeness) -> float:
    """Return the probability that two questions ask the same; 0 when numbers, codes or denial differ."""
    if not likeness.agrees:
        return 0.0
    lead = LONE_LEAD if likeness.lead is None else min(likeness.lead, MOST_LEAD)
    evidence = (
        INTERCEPT + COSINE_WEIGHT * likeness.cosine + LEAD_WEIGHT * lead + OVERLAP_WEIGHT * likeness.overlap
    )
    return 1 / (1 + math.exp(-evidence))
