"""Metrics: how good a ranking is, by the standard figures of information retrieval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CUT = 10


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """Means over all questions that have a relevant document."""

    questions: int
    hit_1: float
    hit_5: float
    ndcg_10: float
    mrr_10: float


def rate(rankings: Mapping[str, Sequence[str]], relevant: Mapping[str, Mapping[str, int]]) -> RankingFigures:
    """Return the figures of rankings (question id to document ids, best first) against graded judgements."""
    judged = {question: grades for question, grades in relevant.items() if any(grades.values())}
    rows = [(rankings.get(question, ()), grades) for question, grades in judged.items()]
    count = max(len(rows), 1)
    return RankingFigures(
        questions=len(rows),
        hit_1=sum(hit(ranking, grades, 1) for ranking, grades in rows) / count,
        hit_5=sum(hit(ranking, grades, 5) for ranking, grades in rows) / count,
        ndcg_10=sum(ndcg(ranking, grades) for ranking, grades in rows) / count,
        mrr_10=sum(reciprocal_rank(ranking, grades) for ranking, grades in rows) / count,
    )


def hit(ranking: Sequence[str], grades: Mapping[str, int], cut: int) -> float:
    """Return 1 if a relevant document is among the first ``cut``."""
    return float(any(grades.get(document, 0) > 0 for document in ranking[:cut]))


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return one over the rank of the first relevant document within ``CUT``, or 0."""
    for rank, document in enumerate(ranking[:CUT], start=1):
        if grades.get(document, 0) > 0:
            return 1 / rank
    return 0.0


def ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return nDCG at ``CUT`` with linear gains, as trec_eval computes it (Järvelin and Kekäläinen, 2002)."""
    gains = [grades.get(document, 0) for document in ranking[:CUT]]
    ideal = sorted(grades.values(), reverse=True)[:CUT]
    return _discounted(gains) / _discounted(ideal) if any(ideal) else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0
