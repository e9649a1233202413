"""Calibrating: the newest calibration is in force, judged on golden questions and reviews."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from chat.answering.deciding import Calibration, logit_of
from chat.learning import calibration_in_force
from chat.learning.calibrating import fit_here, forget, good_by, keep, labelled_samples, reset
from chat.learning.fitting import NotFitted, Sample
from chat.models import Answer, EvaluationRun, Message, Outcome, Review, Role, RunState, Verdict
from chat.models import Calibration as Stored
from tests.factories import asked, passage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unremembered() -> Iterator[None]:
    """Read the calibration anew before and after each test."""
    forget()
    yield
    forget()


def golden_row(**columns: Any) -> dict[str, Any]:
    """Return what a run stored of a question that was answered rightly."""
    row = {"key": "k", "expect": "answer", "outcome": "answered", "right": True, "is_placed": True}
    return {**row, "rank": 1, "logit": 2.0, "whole_ms": 9.0, **columns}


def run_of(*rows: dict[str, Any], state: str = RunState.READY) -> EvaluationRun:
    """Store a run."""
    return EvaluationRun.objects.create(subject="Golden questions", state=state, questions=list(rows))


def reviewed(
    verdict: str, outcome: str = Outcome.ANSWERED, question: str = "How do I reset it?", **more: object
) -> Message:
    """Let a customer be answered, and staff judge it; the evidence is one passage, ``more`` its signs."""
    asking = asked(question)
    reply = Message.objects.create(
        conversation=asking.conversation, role=Role.ASSISTANT, text="So.", outcome=outcome
    )
    signs = {"score": 0.9, "nearness": 0.6, "lead": 0.2, "words": 9.0, "coverage": 0.7, **more}
    evidence = [{"title": "Manual", "text": "Hold it.", "language": "en", **signs}]
    Answer.objects.filter(conversation=asking.conversation).update(reply=reply, evidence=evidence)
    Review.objects.create(message=reply, verdict=verdict)
    return reply


def test_without_any_the_shipped_calibration_is_in_force() -> None:
    assert calibration_in_force() == Calibration()


def test_the_newest_is_in_force_at_once_where_it_was_set_and_the_others_stay() -> None:
    ada = User.objects.create(username="ada")
    calibration_in_force()

    keep(Calibration(0.7, 0.5, 1.0), ada, "Set by hand")
    first = calibration_in_force()
    reset(ada)

    assert first == Calibration(0.7, 0.5, 1.0)
    assert calibration_in_force() == Calibration()
    assert list(Stored.objects.values_list("note", "created_by__username")) == [
        ("Reset", "ada"),
        ("Set by hand", "ada"),
    ]


def test_another_processs_change_is_not_looked_for_at_every_question(
    django_assert_num_queries: Any,
) -> None:
    calibration_in_force()
    Stored.objects.create(answer_from=0.9, slope=1, intercept=0)

    with django_assert_num_queries(0):
        remembered = calibration_in_force()
    forget()

    assert remembered == Calibration()
    assert calibration_in_force().answer_from == 0.9


def test_golden_questions_of_the_last_finished_run_are_samples() -> None:
    run_of(golden_row(logit=9.0))
    run_of(
        golden_row(),
        golden_row(right=False),
        golden_row(outcome="declined", right=False, rank=2, logit=-1.0),
        golden_row(outcome="declined", right=False, rank=None, logit=-2.0),
        golden_row(expect="decline", is_placed=False, rank=None, logit=-3.0),
        golden_row(logit=None),
        golden_row(expect="clarify"),
    )
    run_of(golden_row(), state=RunState.WORKING)

    samples = labelled_samples()

    assert samples == [
        Sample(2.0, True, True),
        Sample(2.0, False, True),
        Sample(-1.0, True, True),
        Sample(-2.0, False, True),
        Sample(-3.0, False, False),
    ]


def test_reviewed_answers_are_samples_with_the_log_odds_of_their_evidence() -> None:
    reviewed(Verdict.CORRECT)

    (sample,) = labelled_samples()

    assert sample.is_good
    assert sample.logit == pytest.approx(
        logit_of(
            "How do I reset it?",
            [passage("Hold it.", score=0.9, nearness=0.6, lead=0.2, words=9.0, coverage=0.7)],
        )
    )


@pytest.mark.parametrize("sign", [{"closest": 0.2}, {"code": 1.0}, {"lacks_code": True}])
def test_what_else_an_answer_was_decided_by_counts_as_well(sign: dict[str, Any]) -> None:
    reviewed(Verdict.CORRECT, **sign)

    (sample,) = labelled_samples()

    signs = {"score": 0.9, "nearness": 0.6, "lead": 0.2, "words": 9.0, "coverage": 0.7}
    plain, whole = (logit_of("How do I reset it?", [passage("x", **signs, **more)]) for more in ({}, sign))
    assert sample.logit == pytest.approx(whole) != plain


def test_an_answer_to_several_questions_is_no_sample() -> None:
    reviewed(Verdict.CORRECT, question="How do I reset the pump? How long is the warranty?")

    assert labelled_samples() == []


def test_an_answer_nobody_reviewed_is_no_sample() -> None:
    reply = reviewed(Verdict.CORRECT)
    Review.objects.filter(message=reply).delete()

    assert labelled_samples() == []


@pytest.mark.parametrize(
    ("verdict", "declined", "good"),
    [
        (Verdict.CORRECT, False, True),
        (Verdict.WRONG, False, False),
        (Verdict.SHOULD_DECLINE, False, False),
        (Verdict.INCOMPLETE, False, None),
        (Verdict.CORRECT, True, False),
        (Verdict.WRONG, True, True),
    ],
)
def test_a_verdict_says_whether_the_documents_held_the_answer(
    verdict: str, declined: bool, good: bool | None
) -> None:
    assert good_by(verdict, declined) is good


def test_fitting_needs_enough_and_then_puts_a_new_line_in_force() -> None:
    run_of(*(golden_row(logit=float(n), right=n % 10 > 4) for n in range(29)))
    with pytest.raises(NotFitted, match="30 are the least"):
        fit_here(None)
    keep(Calibration(answer_from=0.6), None, "Set by hand")
    run_of(*(golden_row(logit=float(n), right=n > 5) for n in range(-20, 20)))

    stored = fit_here(None)

    assert stored.fitted_on == 40
    assert calibration_in_force().answer_from == 0.6
    assert calibration_in_force().intercept < 0
    assert stored.figures["calibration_error"] < 0.2
