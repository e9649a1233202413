"""Fitting: from confidences with known truths to a calibration, and to what a threshold costs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chat.answering.deciding import Calibration, calibrated
from chat.errors import ChatError

LEAST = 30  # labelled questions; fewer give a line by accident
STEPS = 100  # thresholds of the slider
BINS = 10
ROUNDS, CLOSE = 100, 1e-9  # of Newton's method
RIDGE = 1e-3  # keeps the line finite where both kinds are parted completely


class NotFitted(ChatError):
    """There is too little to fit on; says what is missing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question with the log-odds it got.

    ``is_good``: an answer from what was found is right. ``is_answerable``: it should be answered.
    """

    logit: float
    is_good: bool
    is_answerable: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What a threshold does, in shares: of all answered, of the answers wrong, of the answerable refused."""

    answer_from: float
    answered: float
    wrong: float
    refused: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence: how sure we were, how often it was right, and how many."""

    confidence: float
    right: float
    count: int


def fit(samples: Sequence[Sample], answer_from: float) -> Calibration:
    """Return the logistic line through the samples (Platt, 1999, with his smoothed targets).

    Raises:
        NotFitted: Fewer than ``LEAST`` samples, or all of one kind.
    """
    good = sum(sample.is_good for sample in samples)
    bad = len(samples) - good
    if len(samples) < LEAST:
        raise NotFitted(f"There are {len(samples)} labelled questions; {LEAST} are the least to fit on.")
    if not good or not bad:
        missing = "wrong" if good else "right"
        raise NotFitted(f"None of the labelled questions is {missing}: review some that are, then fit again.")
    targets = {True: (good + 1) / (good + 2), False: 1 / (bad + 2)}
    points = [(sample.logit, targets[sample.is_good]) for sample in samples]
    mean = sum(x for x, _ in points) / len(points)
    spread = math.sqrt(sum((x - mean) ** 2 for x, _ in points) / len(points)) or 1.0
    # Newton's method wants the axis centred and scaled: log-odds of ±15 would overshoot.
    slope, intercept = _newton([((x - mean) / spread, target) for x, target in points])
    return Calibration(answer_from, slope / spread, intercept - slope * mean / spread)


def _newton(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    slope, intercept = 0.0, 0.0
    for _ in range(ROUNDS):
        gs, gi, hss, hsi, hii = RIDGE * slope, 0.0, RIDGE, 0.0, RIDGE
        for x, target in points:
            p = calibrated(x, Calibration(0.5, slope, intercept))
            weight = p * (1 - p)
            gs, gi = gs + (p - target) * x, gi + p - target
            hss, hsi, hii = hss + weight * x * x, hsi + weight * x, hii + weight
        determinant = hss * hii - hsi * hsi
        ds = (hii * gs - hsi * gi) / determinant
        di = (hss * gi - hsi * gs) / determinant
        slope, intercept = slope - ds, intercept - di
        if abs(ds) + abs(di) < CLOSE:
            break
    return slope, intercept


def settings_of(samples: Sequence[Sample], calibration: Calibration) -> list[Setting]:
    """Return what each threshold from 0 to 1 would do, in steps of a hundredth."""
    known = [(calibrated(sample.logit, calibration), sample) for sample in samples]
    return [_setting(known, step / STEPS) for step in range(STEPS + 1)]


def _setting(known: Sequence[tuple[float, Sample]], answer_from: float) -> Setting:
    answered = [sample for probability, sample in known if probability >= answer_from]
    wrong = sum(not sample.is_good for sample in answered)
    answerable = sum(sample.is_answerable for _, sample in known)
    kept = sum(sample.is_answerable for sample in answered)
    return Setting(
        answer_from,
        len(answered) / max(len(known), 1),
        wrong / max(len(answered), 1),
        (answerable - kept) / max(answerable, 1),
    )


def bins_of(samples: Sequence[Sample], calibration: Calibration) -> list[Bin]:
    """Return ten bins of equal width that hold a sample: the points of a reliability diagram."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for sample in samples:
        probability = calibrated(sample.logit, calibration)
        filled.setdefault(min(int(probability * BINS), BINS - 1), []).append((probability, sample.is_good))
    return [_bin(filled[number]) for number in sorted(filled)]


def _bin(held: Sequence[tuple[float, bool]]) -> Bin:
    count = len(held)
    return Bin(sum(p for p, _ in held) / count, sum(good for _, good in held) / count, count)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance between how sure we were and how often it was right (ECE)."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.right) for one in bins) / max(total, 1)


def auroc(scores: Iterable[float], labels: Iterable[bool]) -> float | None:
    """Return how often a true case scores above a false one, ties counting half; None without both."""
    ordered = sorted(zip(scores, labels, strict=True))
    positives = sum(label for _, label in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return None
    rank_sum, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        rank_sum += (at + end + 1) / 2 * sum(label for _, label in ordered[at:end])
        at = end
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
