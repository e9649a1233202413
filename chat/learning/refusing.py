"""Refusing: how well a score tells questions that the documents answer from those they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chat.learning.fitting import auroc
from chat.learning.retrieval_sets import Query

ANSWERABLE = ("ANSWERABLE", "PARTIAL")


@dataclass(frozen=True, slots=True)
class Refusals:
    """The quality of “refuse” by one score, as a decision at its best and at a given threshold.

    ``false_refusals`` is the share of the answerable that is refused.
    """

    auroc: float | None
    best_f1: float
    f1: float | None = None
    precision: float | None = None
    recall: float | None = None
    false_refusals: float | None = None


def is_answerable(query: Query, relevant: Mapping[str, Mapping[str, int]]) -> bool:
    """Say whether a question should be answered: by its label, or by whether a document was judged to."""
    if query.label:
        return query.label in ANSWERABLE
    return any(relevant.get(query.id, {}).values())


def rate_refusals(
    scores: Sequence[float], answerable: Sequence[bool], threshold: float | None = None
) -> Refusals:
    """Return the figures of refusing whatever scores below a threshold; higher scores are surer."""
    unanswerable = [not held for held in answerable]
    area = auroc([-score for score in scores], unanswerable)
    thresholds = [*sorted(set(scores)), float("inf")]
    best = max((_f1(scores, unanswerable, cut) for cut in thresholds), default=0.0)
    if threshold is None:
        return Refusals(area, best)
    refused = [score < threshold for score in scores]
    hits = sum(no and due for no, due in zip(refused, unanswerable, strict=True))
    return Refusals(
        area,
        best,
        _f1(scores, unanswerable, threshold),
        hits / max(sum(refused), 1),
        hits / max(sum(unanswerable), 1),
        (sum(refused) - hits) / max(sum(answerable), 1),
    )


def always_refusing(answerable: Sequence[bool]) -> float:
    """Return the F1 of refusing every question."""
    share = 1 - sum(answerable) / max(len(answerable), 1)
    return 2 * share / (1 + share)


def _f1(scores: Sequence[float], unanswerable: Sequence[bool], threshold: float) -> float:
    refused = [score < threshold for score in scores]
    hits = sum(no and due for no, due in zip(refused, unanswerable, strict=True))
    return 2 * hits / max(sum(refused) + sum(unanswerable), 1)
