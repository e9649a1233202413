"""Calibrating: which calibration is in force here, who set it, and what it is judged on.

Judged on are the golden questions of the last run and the answers that staff reviewed.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User

from chat.answering.deciding import Calibration, logit_of
from chat.answering.subquestions import subquestions
from chat.learning.fitting import Sample, bins_of, calibration_error, fit
from chat.models import Answer, EvaluationRun, Outcome, RunState, Verdict
from chat.models import Calibration as Stored
from knowledge.passages import Passage

FRESH_SECONDS = 5.0  # another process's change is seen that late
MOST_REVIEWS = 500  # each with its evidence; older ones were given by other documents
REACH = 5  # of a refused question, its place must be among so many passages for an answer to be right


class _Known:
    """The calibration last read, and until when it counts as fresh."""

    value = Calibration()
    until = 0.0


def calibration_in_force() -> Calibration:
    """Return the newest calibration, or the one that was shipped; read again after some seconds."""
    if time.monotonic() >= _Known.until:
        newest = Stored.objects.order_by("-id").first()
        _Known.value = values_of(newest) if newest else Calibration()
        _Known.until = time.monotonic() + FRESH_SECONDS
    return _Known.value


def forget() -> None:
    """Read it anew next time: it was changed here."""
    _Known.until = 0.0


def values_of(stored: Stored) -> Calibration:
    """Return a stored calibration as the engine takes it."""
    return Calibration(stored.answer_from, stored.slope, stored.intercept)


def keep(calibration: Calibration, by: User | None, note: str, fitted_on: int = 0) -> Stored:
    """Put a calibration in force; the one before stays in the list."""
    samples = labelled_samples()
    stored = Stored.objects.create(
        answer_from=min(max(calibration.answer_from, 0.0), 1.0),
        slope=calibration.slope,
        intercept=calibration.intercept,
        fitted_on=fitted_on,
        figures={
            "samples": len(samples),
            "calibration_error": round(calibration_error(bins_of(samples, calibration)), 4),
        },
        note=note[:200],
        created_by=by,
    )
    forget()
    return stored


def fit_here(by: User | None) -> Stored:
    """Fit the calibration to what staff reviewed and the golden questions showed, and put it in force.

    Raises:
        NotFitted: There is too little to fit on.
    """
    samples = labelled_samples()
    now = calibration_in_force()
    return keep(fit(samples, now.answer_from), by, "Fitted", len(samples))


def reset(by: User | None) -> Stored:
    """Put the calibration in force that was shipped."""
    return keep(Calibration(), by, "Reset")


def labelled_samples() -> list[Sample]:
    """Return the golden questions of the last finished run and the reviewed answers, as samples."""
    run = EvaluationRun.objects.filter(state=RunState.READY).order_by("-id").first()
    golden = map(golden_sample, run.questions) if run else ()
    return [sample for sample in (*golden, *reviewed_samples()) if sample is not None]


def golden_sample(row: Mapping[str, Any]) -> Sample | None:
    """Return an asked golden question as a sample; None where confidence had no say."""
    if row["logit"] is None or row["expect"] not in ("answer", "decline"):
        return None
    answerable = row["expect"] == "answer"
    if row["outcome"] == "answered":
        good = row["right"]
    elif row["is_placed"]:
        good = row["rank"] is not None and row["rank"] <= REACH
    else:
        good = answerable
    return Sample(row["logit"], answerable and bool(good), answerable)


def reviewed_samples() -> Iterator[Sample]:
    """Yield the answers that staff called right or wrong, newest first, with their log-odds."""
    answers = (
        Answer.objects.filter(reply__review__isnull=False)
        .filter(reply__outcome__in=[Outcome.ANSWERED, Outcome.DECLINED])
        .select_related("question", "reply__review", "conversation")
        .order_by("-reply__review__updated_at")
    )
    for answer in answers[:MOST_REVIEWS]:
        sample = _reviewed(answer)
        if sample is not None:
            yield sample


def _reviewed(answer: Answer) -> Sample | None:
    if answer.reply is None or not answer.evidence:
        return None
    good = good_by(answer.reply.review.verdict, answer.reply.outcome == Outcome.DECLINED)
    if good is None:
        return None
    if "nearness" not in answer.evidence[0]:
        return None  # from before confidence was measured as it is now
    if len(subquestions(answer.question.text, answer.conversation.language)) > 1:
        return None  # each was decided by passages of its own
    passages = [passage_of(row, answer.conversation.language) for row in answer.evidence]
    return Sample(logit_of(answer.question.text, passages), good, good)


def good_by(verdict: str, declined: bool) -> bool | None:
    """Return whether the documents held the answer, by a review; None where it does not say."""
    if declined:
        return verdict != Verdict.CORRECT
    if verdict == Verdict.INCOMPLETE:
        return None
    return verdict == Verdict.CORRECT


def passage_of(row: Mapping[str, Any], language: str) -> Passage:
    """Return a passage as it was found, from the evidence that was kept of it."""
    return Passage(
        chunk_id=0,
        document_id=uuid.UUID(row.get("document_id") or str(uuid.UUID(int=0))),
        version_id=uuid.UUID(row.get("version_id") or str(uuid.UUID(int=0))),
        title=row.get("title", ""),
        heading_path=tuple(row.get("heading_path") or ()),
        page=row.get("page"),
        start=row.get("start", 0),
        end=row.get("end", 0),
        text=row.get("text", ""),
        kind="paragraph",
        question="",
        language=row.get("language") or language,
        dense=row.get("dense", 0.0),
        lexical=row.get("lexical", 0.0),
        score=row.get("score", 0.0),
        nearness=row.get("nearness", 0.0),
        lead=row.get("lead", 0.0),
        words=row.get("words", 0.0),
        coverage=row.get("coverage", 0.0),
        code=row.get("code", 0.0),
        lacks_code=row.get("lacks_code", False),
        closest=row.get("closest"),
    )
