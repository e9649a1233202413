"""Deciding: whether the passages found are good enough to answer from.

The probability that the best passage answers the question is a logistic function of its
cosine and its share of the best BM25 score. The weights were fitted on 57 golden questions
of the demo and 200 out-of-scope questions of CLINC150 (docs/answering.md has the figures).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from knowledge.passages import Passage

INTERCEPT = -69.4
DENSE_WEIGHT = 82.6  # per unit of cosine; E5's useful range is about .78 to .92
LEXICAL_WEIGHT = 0.3
ANSWER_FROM = 0.4  # probability; a near miss costs less than a refusal of what is there


class Kind(Enum):
    """What to do with a question and what was found for it."""

    ANSWER = "answer"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How an installation turns our confidence into its own, and from where on it answers.

    ``slope`` and ``intercept`` act on the logit of the confidence (Platt, 1999): 1 and 0
    leave it as it was fitted beforehand.
    """

    answer_from: float = ANSWER_FROM
    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the probability that the passages hold the answer."""

    kind: Kind
    confidence: float


def decide(question: str, passages: Sequence[Passage], calibration: Calibration) -> Decision:
    """Say what to do with a stand-alone question and the passages found for it."""
    probability = calibrated(logit_of(question, passages), calibration) if passages else 0.0
    return Decision(Kind.ANSWER if probability >= calibration.answer_from else Kind.DECLINE, probability)


def logit_of(_question: str, passages: Sequence[Passage]) -> float:
    """Return the log-odds that the passages (at least one) hold the answer, as fitted beforehand."""
    dense = max(passage.dense for passage in passages)
    lexical = max(passage.lexical for passage in passages[:3])
    return INTERCEPT + DENSE_WEIGHT * dense + LEXICAL_WEIGHT * lexical


def calibrated(logit: float, calibration: Calibration) -> float:
    """Return the probability that log-odds stand for in an installation."""
    return 1 / (1 + math.exp(-min(max(calibration.slope * logit + calibration.intercept, -700.0), 700.0)))
