"""Deciding: whether what was found is good enough to answer from, or leaves open what is meant.

The probability that the passages hold the answer is a logistic function of how near the best of
them is, how far it stands above the run of the candidates, and how much of what the question says stands
in it. Where that leaves doubt, ``closer`` compares single sentences as well, and how near the nearest of them
is counts besides. The weights (``confidence.json``) are fitted by ``bench/deciding.py`` on questions whose
answer is there and the same questions with it taken out; an installation may fit its own on top. Two are
set by hand: a passage with the part number or error code that is asked for is likelier to answer, and where
nothing holds it ("E99") words and vectors find what is said of others.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from knowledge.language import detect
from knowledge.passages import Passage
from knowledge.sentences import word_count

_FITTED: dict[str, dict[str, float]] = {
    name: weights
    for name, weights in json.loads((Path(__file__).parent / "confidence.json").read_text("utf-8")).items()
    if not isinstance(weights, str)
}
AT_ONCE, CLOSER, BY_HAND = _FITTED["at_once"], _FITTED["closer"], _FITTED["by_hand"]
# Probability. A near miss costs less than a refusal of what is there: of 141 questions that their documents
# answer this refuses one in ten, and most of what has nothing to do with them (docs/evaluation.md).
ANSWER_FROM = 0.2
LOOKED_AT = 3  # passages: the answer may stand in the second or third
# Log-odds around the threshold. Of questions whose answer is there one in six is looked at more closely; with
# three times as many nothing is decided otherwise.
DOUBT = 1.0
# A few words that are no sentence ("warranty", "reset machine"), whose best passage is hardly likelier than
# those of other documents, could mean any of them.
FEW_WORDS = 3
# Chinese asks in four characters ("怎么退货") what takes English five words: there, and in Japanese and Thai,
# a word that asks makes a sentence, however short it is.
_ASKS = re.compile(
    "[吗嗎么麼呢怎哪谁誰几幾]|如何|多少|多久|多[长長大远遠]|[为為]何|[是能可]否|何|どう|どこ|どの|どれ|いつ|いくら|なぜ"
    "|か[。?？]?$|ไหม|มั้ย|อะไร|อย่างไร|ยังไง|เท่าไ|เมื่อไ|ที่ไหน|แค่ไหน|กี่|ทำไม|ใคร|หรือไม่|หรือเปล่า"
)
RIVAL = 0.6  # of the best passage's score
MOST_READINGS = 3
SUREST = 1e-12  # log-odds of a certainty have no end


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
    closest = [passage.closest for passage in best if passage.closest is not None]
    weights = CLOSER if closest else AT_ONCE
    return (
        weights["intercept"]
        + weights["nearness"] * max(passage.nearness for passage in best)
        + weights["lead"] * max(passage.lead for passage in best)
        + weights["words"] * max(passage.words for passage in best)
        + weights["coverage"] * max(passage.coverage for passage in best)
        + weights["score"] * passages[0].score
        + weights["foreign"] * is_foreign(question, passages)
        + weights.get("closest", 0.0) * max(closest, default=0.0)
        + by_hand(best)
    )


def is_in_doubt(question: str, passages: Sequence[Passage], calibration: Calibration) -> bool:
    """Say whether a closer look at the passages could change what is done with the question."""
    if not passages:
        return False
    logit = calibration.slope * logit_of(question, passages) + calibration.intercept
    return abs(logit - log_odds(calibration.answer_from)) < DOUBT


def by_hand(best: Sequence[Passage]) -> float:
    """Return the log-odds that no fit moves: of the codes that the best passages hold or nothing does."""
    return (
        BY_HAND["code"] * max(passage.code for passage in best) + BY_HAND["lacks_code"] * best[0].lacks_code
    )


def calibrated(logit: float, calibration: Calibration) -> float:
    """Return the probability that log-odds stand for in an installation."""
    return 1 / (1 + math.exp(-min(max(calibration.slope * logit + calibration.intercept, -700.0), 700.0)))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, of a certainty those of ``SUREST`` less."""
    kept = min(max(probability, SUREST), 1 - SUREST)
    return math.log(kept / (1 - kept))


def readings_of(question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the two or three things that a question of few words could mean; none if it is clear."""
    best = passages[0]
    if _is_sentence(question) or any(map(str.isdigit, question)):
        return ()
    rivals = [passage for passage in passages[: 2 * MOST_READINGS] if passage.score >= RIVAL * best.score]
    named: dict[object, str] = {}
    for passage in rivals:
        named.setdefault(passage.document_id, passage.place_without_page)
    readings = tuple(dict.fromkeys(named.values()))[:MOST_READINGS]
    return readings if len(readings) > 1 else ()


def _is_sentence(question: str) -> bool:
    return word_count(question) > FEW_WORDS or _ASKS.search(question.strip()) is not None
