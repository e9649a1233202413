"""Deciding: what is done with what was found."""

from chat.answering.deciding import Calibration, Decision, Kind, decide
from knowledge.passages import Passage
from tests.factories import passage

CALIBRATION = Calibration()


def confidence(found: Passage) -> float:
    return decide("x", [found], CALIBRATION).confidence


def test_no_passages_mean_no_confidence() -> None:
    assert decide("x", [], CALIBRATION) == Decision(Kind.DECLINE, 0.0)


def test_confidence_grows_with_both_scores() -> None:
    weak, dense, both = (
        passage("x", dense=0.8, lexical=0.1),
        passage("x", dense=0.9, lexical=0.1),
        passage("x", dense=0.9, lexical=0.6),
    )

    assert 0 < confidence(weak) < confidence(dense) < confidence(both) < 1
