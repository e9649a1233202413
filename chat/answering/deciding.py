"""Deciding: whether what was found is good enough to answer from, or leaves open what is meant.

The probability that the passages hold the answer is a logistic function of how near the best of
them is, how far it stands above the run of the candidates, and how much of what the question says stands
in it. The weights (``confidence.json``) are fitted by ``bench/deciding.py`` on questions whose answer
is there and the same questions with the answer taken out; an installation may fit its own on top.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from knowledge.language import detect
from knowledge.passages import Passage

WEIGHTS: dict[str, float] = {
    name: weight
    for name, weight in json.loads((Path(__file__).parent / "confidence.json").read_text("utf-8")).items()
    if not isinstance(weight, str)
}
# Probability. A near miss costs less than a refusal of what is there: of 141 questions that their documents
# answer this refuses one in ten, and most of what has nothing to do with them (docs/evaluation.md).
ANSWER_FROM = 0.17
LOOKED_AT = 3  # passages: the answer may stand in the second or third
# A few words that are no sentence ("warranty", "reset machine"), whose best passage is hardly likelier than
# those of other documents, could mean any of them.
FEW_WORDS = 3
RIVAL = 0.6  # of the best passage's score
MOST_READINGS = 3


class Kind(Enum):
    """What to do with a question and what was found for it."""

    ANSWER = "answer"
    CLARIFY = "clarify"
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
    """What to do, the probability that the passages hold the answer, and what could be meant."""

    kind: Kind
    confidence: float
    readings: tuple[str, ...] = ()


def decide(question: str, passages: Sequence[Passage], calibration: Calibration) -> Decision:
    """Say what to do with a question and the passages found for it, best first."""
    probability = calibrated(logit_of(question, passages), calibration) if passages else 0.0
    if probability < calibration.answer_from:
        return Decision(Kind.DECLINE, probability)
    readings = readings_of(question, passages)
    return Decision(Kind.CLARIFY if readings else Kind.ANSWER, probability, readings)


def is_foreign(question: str, passages: Sequence[Passage]) -> bool:
    """Say whether the best passage is in another language, where words say nothing against it."""
    return detect(question, default=passages[0].language) != passages[0].language


def logit_of(question: str, passages: Sequence[Passage]) -> float:
    """Return the log-odds that the passages (at least one) hold the answer, as fitted beforehand."""
    best = passages[:LOOKED_AT]
    return (
        WEIGHTS["intercept"]
        + WEIGHTS["nearness"] * max(passage.nearness for passage in best)
        + WEIGHTS["lead"] * max(passage.lead for passage in best)
        + WEIGHTS["words"] * max(passage.words for passage in best)
        + WEIGHTS["coverage"] * max(passage.coverage for passage in best)
        + WEIGHTS["score"] * passages[0].score
        + WEIGHTS["foreign"] * is_foreign(question, passages)
    )


def calibrated(logit: float, calibration: Calibration) -> float:
    """Return the probability that log-odds stand for in an installation."""
    return 1 / (1 + math.exp(-min(max(calibration.slope * logit + calibration.intercept, -700.0), 700.0)))


def readings_of(question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the two or three things that a question of few words could mean; none if it is clear."""
    best = passages[0]
    if len(question.split()) > FEW_WORDS or any(map(str.isdigit, question)):
        return ()
    rivals = [passage for passage in passages[: 2 * MOST_READINGS] if passage.score >= RIVAL * best.score]
    named: dict[object, str] = {}
    for passage in rivals:
        named.setdefault(passage.document_id, passage.place_without_page)
    readings = tuple(dict.fromkeys(named.values()))[:MOST_READINGS]
    return readings if len(readings) > 1 else ()
