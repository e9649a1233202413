"""Deciding: whether the passages found are good enough to answer from.

The probability that the best passage answers the question is a logistic function of its
cosine and its share of the best BM25 score. The weights were fitted on the demo's golden
questions and out-of-scope questions (see docs/answering.md for the data and the curve).
"""

import math
from collections.abc import Sequence

from knowledge.passages import Passage

INTERCEPT = -58.0
DENSE_WEIGHT = 68.0  # per unit of cosine; E5's useful range is about .78 to .92
LEXICAL_WEIGHT = 3.5
ANSWER_FROM = 0.5  # probability


def confidence(passages: Sequence[Passage]) -> float:
    """Return the probability that the passages hold the answer; 0 without passages."""
    if not passages:
        return 0.0
    dense = max(passage.dense for passage in passages)
    lexical = max(passage.lexical for passage in passages[:3])
    return 1 / (1 + math.exp(-(INTERCEPT + DENSE_WEIGHT * dense + LEXICAL_WEIGHT * lexical)))


def is_answerable(passages: Sequence[Passage]) -> bool:
    """Say whether to answer rather than decline."""
    return confidence(passages) >= ANSWER_FROM
