"""Metrics: the figures of a ranking, as computed by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.learning.metrics import hit, ndcg, percentile, rate, reciprocal_rank

GRADES = {"a": 2, "b": 1, "x": 0}


def test_a_perfect_ranking_has_perfect_figures() -> None:
    figures = rate({"q": ["a", "b"]}, {"q": GRADES})

    assert (figures.hit_1, figures.hit_5, figures.ndcg_10, figures.mrr_10) == (1, 1, 1, 1)


def test_ndcg_is_as_computed_by_hand() -> None:
    ideal = 2 + 1 / math.log2(3)

    assert ndcg(["x", "b", "a"], GRADES) == pytest.approx((1 / math.log2(3) + 2 / 2) / ideal)


def test_only_the_first_ten_count() -> None:
    late = [f"n{number}" for number in range(10)] + ["a"]

    assert (ndcg(late, GRADES), reciprocal_rank(late, GRADES), hit(late, GRADES, 5)) == (0, 0, 0)


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document() -> None:
    assert reciprocal_rank(["x", "n", "b", "a"], GRADES) == pytest.approx(1 / 3)


def test_questions_without_a_relevant_document_are_not_counted_and_unanswered_ones_are() -> None:
    figures = rate({"q": ["a"]}, {"q": GRADES, "none": {"a": 0}, "unanswered": {"a": 1}})

    assert (figures.questions, figures.hit_1) == (2, 0.5)


def test_no_questions_give_no_figures() -> None:
    assert rate({}, {}).questions == 0


@given(st.permutations(["a", "b", "x", "n"]))
def test_every_figure_lies_between_nothing_and_one(ranking: list[str]) -> None:
    figures = rate({"q": ranking}, {"q": GRADES})

    assert 0 < figures.mrr_10 <= 1
    assert 0 < figures.ndcg_10 <= 1 + 1e-12
    assert figures.hit_1 <= figures.hit_5 == 1


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([3, 1, 2, 4], 0.95) == 4
    assert percentile([], 0.5) == 0
