"""Asking: what the engine says to a golden question, compared with what is known of the answer."""

import uuid
from typing import Any

import pytest

from chat.answering.deciding import Calibration
from chat.answering.events import CitationDraft
from chat.learning.asking import Heard, judged, uncalibrated
from chat.learning.figures import figures_of
from chat.learning.golden import Golden
from chat.learning.places import Place, Places, says
from tests.factories import passage

MANUAL, TERMS = uuid.UUID(int=1), uuid.UUID(int=2)
GOLDEN = Golden("How long?", "en", contains=("24 months",), document="manual.pdf", page=3, never=("secret",))
RIGHT = passage("It lasts 24 months.", document_id=MANUAL, page=3)
ELSEWHERE = passage("It lasts 24 months.", document_id=TERMS, page=3)
HERE = Places((Place(frozenset([MANUAL]), 3, ("24 months",)),), ("help-centre",))
PLAIN = Calibration()


def heard(text: str = "It lasts **24  Months**. [1]", **columns: Any) -> Heard:
    """Return what the engine said: an answer that cites the right place unless told otherwise."""
    citation = CitationDraft(1, RIGHT, RIGHT.text, 0, 19)
    values: dict[str, Any] = {
        "passages": (ELSEWHERE, RIGHT),
        "confidence": 0.8,
        "citations": [citation],
        "text": text,
        "outcome": "answered",
        "answerer": "quoting",
        "found_ms": 10.0,
        "first_words_ms": 12.0,
        "whole_ms": 14.0,
    }
    return Heard(**{**values, **columns})


def test_a_right_answer_is_right_and_its_place_has_a_rank() -> None:
    row = judged(GOLDEN, heard(), HERE, PLAIN)

    assert (row["right"], row["why"], row["rank"], row["contained"]) == (True, "", 2, True)
    assert row["cited"][0]["right"]
    assert row["collections"] == ["help-centre"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (heard("It lasts long. [1]"), "does not say “24 months”"),
        (heard("24 months, and the SECRET is out"), "must never be said"),
        (heard("", outcome="declined", citations=[]), "was to be answered, and was declined"),
        (heard(citations=[CitationDraft(1, ELSEWHERE, "x", 0, 1)]), "cites none of the places"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(said: Heard, why: str) -> None:
    row = judged(GOLDEN, said, HERE, PLAIN)

    assert why in row["why"]
    assert not row["right"]


def test_a_chunk_that_begins_a_page_earlier_counts_by_its_words() -> None:
    earlier = passage("… It lasts 24 months.", document_id=MANUAL, page=2)
    other = passage("Something else.", document_id=MANUAL, page=2)

    assert HERE.hold(earlier)
    assert not HERE.hold(other)


def test_case_spaces_markdown_and_marks_do_not_count_when_words_are_looked_for() -> None:
    assert says("| **E31** [2] |\n| Load  out of\nbalance |", ["e31", "Load out of balance"])
    assert not says("E32", ["E31"])


def test_a_probability_gives_its_log_odds_back() -> None:
    odds = uncalibrated(1 / (1 + 2.718281828459045**-3), Calibration(0.4, 2.0, 1.0))

    assert odds == pytest.approx(1.0)
    assert uncalibrated(1.0, PLAIN) < 100


def rows() -> list[dict[str, Any]]:
    """Return five questions: two right answers, a refusal that was due, one that was not, and one missed."""
    refuse = Golden("Salary?", "de", expect="decline")
    nowhere = Places((), ())
    silent = heard("", outcome="declined", citations=[], passages=(), confidence=0.1)
    return [
        judged(GOLDEN, heard(passages=(RIGHT,)), HERE, PLAIN),
        judged(GOLDEN, heard(), HERE, PLAIN),
        judged(refuse, silent, nowhere, PLAIN),
        judged(GOLDEN, silent, HERE, PLAIN),
        judged(refuse, heard(), nowhere, PLAIN),
    ]


def test_the_figures_of_a_run_are_as_computed_by_hand() -> None:
    found = figures_of(rows())

    shares = found["shares"]
    assert shares["right"] == 0.6
    assert (shares["hit@1"], shares["hit@3"]) == (0.3333, 0.6667)
    assert shares["mrr@10"] == 0.5
    assert (shares["refusal precision"], shares["refusal recall"], shares["refusal f1"]) == (0.5, 0.5, 0.5)
    assert (shares["citation precision"], shares["citation recall"]) == (1.0, 0.6667)
    assert shares["containment"] == 0.6667
    assert found["counts"] == {"questions": 5, "answered": 3, "declined": 2}
    assert found["milliseconds"]["whole_ms"] == {"p50": 14.0, "p95": 14.0}
    assert found["languages"]["de"]["right"] == 0.5
    assert found["collections"]["help-centre"]["questions"] == 3


def test_a_figure_that_nothing_was_measured_for_is_left_out() -> None:
    shares = figures_of(rows()[:1])["shares"]

    assert "refusal f1" not in shares
    assert "clarify right" not in shares
    assert figures_of([])["shares"] == {}


def test_the_opinions_of_a_judge_are_averaged_over_the_questions_it_was_asked_about() -> None:
    first, second, *others = rows()

    shares = figures_of(
        [first | {"judged": {"relevancy": 1.0}}, second | {"judged": {"relevancy": 0.0}}, *others]
    )

    assert shares["shares"]["judge relevancy"] == 0.5
