"""Deciding: whether the passages found are good enough to answer from.

The probability that the best passage answers the question is a logistic function of its
cosine and its share of the best BM25 score. The weights were fitted on 57 golden questions
of the demo and 200 out-of-scope questions of CLINC150 (docs/answering.md has the figures).
"""

import math
from collections.abc import Sequence

from knowledge.passages import Passage

INTERCEPT = -69.4
DENSE_WEIGHT = 82.6  # per unit of cosine; E5's useful range is about .78 to .92
LEXICAL_WEIGHT = 0.3
ANSWER_FROM = 0.4  # probability; a near miss costs less than a refusal of what is there


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
