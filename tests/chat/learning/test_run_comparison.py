"""Comparing: a gate that closes when a share falls or a question flips, and only then."""

from typing import Any

from chat.learning.comparing import compare


def report(right: float, *questions: bool, **shares: float) -> dict[str, Any]:
    """Return a report with questions named by their number."""
    rows = [
        {"key": str(n), "question": f"Question {n}?", "right": is_right, "why": "" if is_right else "No."}
        for n, is_right in enumerate(questions)
    ]
    return {"figures": {"shares": {"right": right, **shares}}, "questions": rows}


def test_a_fall_within_the_tolerance_is_none() -> None:
    found = compare(report(0.78), report(0.80), tolerance=0.02)

    assert not found.is_worse
    assert found.moved[0].by is not None
    assert found.moved[0].by < 0


def test_a_fall_beyond_the_tolerance_closes_the_gate() -> None:
    found = compare(report(0.77), report(0.80), tolerance=0.02)

    assert [share.name for share in found.fallen] == ["right"]
    assert found.is_worse


def test_one_question_that_was_right_and_is_wrong_closes_the_gate_even_if_another_is_mended() -> None:
    found = compare(report(0.5, False, True), report(0.5, True, False))

    assert [flip.question for flip in found.broken] == ["Question 0?"]
    assert [flip.question for flip in found.mended] == ["Question 1?"]
    assert found.is_worse


def test_new_questions_and_new_figures_are_no_change() -> None:
    found = compare(report(0.5, True, False, relevancy=0.1), report(0.5, True))

    assert not found.is_worse
    assert [(share.name, share.before) for share in found.moved if share.by is None] == [("relevancy", None)]
