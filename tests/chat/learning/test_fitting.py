"""Fitting: a line through labelled log-odds, what a threshold costs, and areas under curves."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answering.deciding import Calibration, calibrated
from chat.learning.fitting import (
    NotFitted,
    Sample,
    auroc,
    bins_of,
    calibration_error,
    fit,
    settings_of,
)
from chat.learning.plots import latency, reliability, risk_coverage
from chat.learning.refusing import always_refusing, is_answerable, rate_refusals
from chat.learning.retrieval_sets import Query

PLAIN = Calibration(0.5)


def drawn(slope: float, intercept: float, count: int) -> list[Sample]:
    """Return samples whose truth follows a logistic line."""
    dice = random.Random(7)
    logits = [dice.uniform(-12, 12) for _ in range(count)]
    chances = [1 / (1 + math.exp(-(slope * logit + intercept))) for logit in logits]
    good = [dice.random() < chance for chance in chances]
    return [Sample(logit, is_good, is_good) for logit, is_good in zip(logits, good, strict=True)]


def test_the_line_that_made_the_labels_is_found_again() -> None:
    found = fit(drawn(0.5, -1.0, 4000), answer_from=0.3)

    assert found.slope == pytest.approx(0.5, abs=0.06)
    assert found.intercept == pytest.approx(-1.0, abs=0.2)
    assert found.answer_from == 0.3


def test_a_fitted_confidence_is_nearer_to_the_truth_than_an_overconfident_one() -> None:
    samples = drawn(0.3, 1.0, 1000)

    before = calibration_error(bins_of(samples, PLAIN))
    after = calibration_error(bins_of(samples, fit(samples, 0.5)))

    assert after < before / 2


def test_kinds_that_are_parted_completely_still_give_a_finite_line() -> None:
    samples = [Sample(float(n), n > 0, n > 0) for n in range(-20, 20)]

    found = fit(samples, 0.5)

    assert math.isfinite(found.slope)
    assert calibrated(10.0, found) > 0.9
    assert calibrated(-10.0, found) < 0.1


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        ([Sample(1.0, True, True)] * 29, "30 are the least"),
        ([Sample(1.0, True, True)] * 30, "is wrong"),
        ([Sample(1.0, False, False)] * 30, "is right"),
    ],
)
def test_too_little_to_fit_on_is_said(samples: list[Sample], sentence: str) -> None:
    with pytest.raises(NotFitted, match=sentence):
        fit(samples, 0.5)


def test_what_a_threshold_does_is_as_counted_by_hand() -> None:
    samples = [Sample(2.0, True, True), Sample(2.0, False, False), Sample(-2.0, True, True)]

    settings = settings_of(samples, PLAIN)

    middle, first, last = settings[50], settings[0], settings[100]
    assert (middle.answered, middle.wrong, middle.refused) == (2 / 3, 1 / 2, 1 / 2)
    assert (first.answered, first.refused) == (1, 0)
    assert (last.answered, last.wrong, last.refused) == (0, 0, 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_the_area_is_the_share_of_pairs_in_order(cases: list[tuple[int, bool]]) -> None:
    yes = [score for score, label in cases if label]
    no = [score for score, label in cases if not label]
    pairs = [(a > b) + (a == b) / 2 for a in yes for b in no]

    found = auroc([score for score, _ in cases], [label for _, label in cases])

    assert found == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_refusals_are_rated_at_a_threshold_and_at_their_best() -> None:
    scores, answerable = [0.9, 0.8, 0.3, 0.6, 0.1], [True, True, True, False, False]

    found = rate_refusals(scores, answerable, threshold=0.5)

    assert found.auroc == pytest.approx(5 / 6)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.false_refusals == pytest.approx(1 / 3)
    assert found.best_f1 == pytest.approx(0.8)
    assert always_refusing(answerable) == pytest.approx(4 / 7)


def test_a_label_says_more_than_the_judgements() -> None:
    relevant = {"a": {"d": 1}, "b": {}}

    assert is_answerable(Query("b", "?", label="PARTIAL"), relevant)
    assert not is_answerable(Query("a", "?", label="UNANSWERABLE"), relevant)
    assert not is_answerable(Query("a", "?", label="UNDERSPECIFIED"), relevant)
    assert is_answerable(Query("a", "?"), relevant)
    assert not is_answerable(Query("b", "?"), relevant)


def test_every_plot_stays_on_its_plane_and_has_a_table_that_says_the_same() -> None:
    samples = drawn(0.5, 0.0, 200)
    settings = settings_of(samples, PLAIN)

    plots = [reliability(bins_of(samples, PLAIN)), risk_coverage(settings, 0.4), latency([3.0, 70.0, 812.5])]

    for plot in plots:
        points = [tuple(map(float, pair.split(","))) for line in plot.lines for pair in line.points.split()]
        points += [(dot.x, dot.y) for dot in plot.dots]
        points += [(bar.x + bar.width, bar.y + bar.height) for bar in plot.bars]
        frame = plot.frame
        assert points
        assert all(frame["left"] <= x <= frame["right"] for x, _ in points)
        assert all(frame["top"] <= y <= frame["bottom"] for _, y in points)
        assert {len(row) for row in plot.rows} == {len(plot.columns)}
    assert sum(int(row[1]) for row in plots[2].rows) == 3
