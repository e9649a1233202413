"""Runs: golden questions asked one after the other, in slices, by whichever worker holds the row.

A slice is a task of some seconds, so that maintenance goes on beside it; what was answered
is in the row, so that a run goes on after its worker died.
"""

import asyncio
import os
import socket
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from chat.errors import ChatError
from chat.evaluation.asking import Questioner
from chat.evaluation.doorbell import ring
from chat.learning.figures import figures_of
from chat.learning.golden import Golden, golden_of
from chat.learning.keeping import active_questions
from chat.models import EvaluationRun, RunState
from knowledge.errors import KnowledgeError, PermanentError

SUBJECT = "Golden questions"
OPEN = (RunState.QUEUED, RunState.WORKING)
LEASE = timedelta(seconds=120)  # longer than the slowest answer of a model
SLICE_SECONDS = 20.0
ATTEMPTS = 5


class CannotRun(ChatError):
    """The run cannot be begun, cancelled or retried; says why."""


def begin(by: User | None, questions: Sequence[Golden] | None = None) -> EvaluationRun:
    """Queue a run over the active golden questions of this installation, or over those given.

    Raises:
        CannotRun: There is no question, or another run is at work.
    """
    wanted = active_questions() if questions is None else list(questions)
    if not wanted:
        raise CannotRun("There is no active golden question: add one, then start the run.")
    with transaction.atomic():
        if EvaluationRun.objects.filter(state__in=OPEN).exists():
            raise CannotRun("Another run is at work: wait for it, or cancel it first.")
        run = EvaluationRun.objects.create(
            subject=SUBJECT, wanted=[golden.record() for golden in wanted], total=len(wanted), by=by
        )
        transaction.on_commit(lambda: ring(run.pk))
    return run


def cancel(run: EvaluationRun) -> None:
    """Stop a run; what it has heard so far stays.

    Raises:
        CannotRun: It is not at work.
    """
    if not _open(run.pk).update(state=RunState.CANCELLED, reason="Cancelled by staff.", lease_until=None):
        raise CannotRun("This run is not at work, so there is nothing to cancel.")


def retry(run: EvaluationRun) -> None:
    """Queue a failed or cancelled run again; it goes on where it stopped.

    Raises:
        CannotRun: It neither failed nor was cancelled, or another run is at work.
    """
    with transaction.atomic():
        if EvaluationRun.objects.filter(state__in=OPEN).exists():
            raise CannotRun("Another run is at work: wait for it, or cancel it first.")
        ended = EvaluationRun.objects.filter(pk=run.pk, state__in=[RunState.FAILED, RunState.CANCELLED])
        if not ended.update(state=RunState.QUEUED, reason="", attempt=0):
            raise CannotRun("Only a run that failed or was cancelled can be tried again.")
        transaction.on_commit(lambda: ring(run.pk))


def due() -> EvaluationRun | None:
    """Return a run that somebody should work on, if nobody does."""
    return _free(EvaluationRun.objects.filter(state__in=OPEN)).order_by("id").first()


def work(run_id: int) -> bool:
    """Do a slice of a run; return whether there is more to do. Without effect when another worker has it."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    taken = _free(_open(run_id)).update(
        state=RunState.WORKING, owner=owner, lease_until=Now() + LEASE, attempt=F("attempt") + 1
    )
    if not taken:
        return False
    run = EvaluationRun.objects.get(pk=run_id)
    mine = _open(run_id).filter(owner=owner)
    if run.attempt > ATTEMPTS:
        mine.update(state=RunState.FAILED, reason="Its worker died several times.", lease_until=None)
        return False
    try:
        return _slice(run, mine)
    except PermanentError as error:
        mine.update(state=RunState.FAILED, reason=str(error), lease_until=None)
    except KnowledgeError as error:
        # Not to be rung for at once: the clock tries again.
        mine.update(reason=f"Waiting: {error}", lease_until=None, attempt=0)
    return False


def _slice(run: EvaluationRun, mine: QuerySet[EvaluationRun]) -> bool:
    until = time.monotonic() + SLICE_SECONDS
    wanted = [golden_of(row) for row in run.wanted]
    questioner = Questioner(wanted)
    rows = list(run.questions)
    for golden in wanted[len(rows) :]:
        rows.append(_runner().run(questioner.ask(golden)))
        if not mine.update(done=len(rows), lease_until=Now() + LEASE):
            return False  # cancelled, or another worker's by now
        if time.monotonic() > until:
            break
    if len(rows) < len(wanted):
        return bool(mine.update(questions=rows, reason="", lease_until=None, attempt=0))
    mine.update(
        questions=rows,
        figures=figures_of(rows),
        state=RunState.READY,
        reason="",
        lease_until=None,
        finished_at=Now(),
    )
    return False


def finished(subject: str, rows: Sequence[dict[str, object]], wanted: Sequence[Golden]) -> EvaluationRun:
    """Store a run that a command made, so that the next one can be compared with it."""
    return EvaluationRun.objects.create(
        subject=subject[:200],
        state=RunState.READY,
        total=len(rows),
        done=len(rows),
        wanted=[golden.record() for golden in wanted],
        questions=list(rows),
        figures=figures_of(rows),
        finished_at=Now(),
    )


def run_before(subject: str, than: EvaluationRun | None = None) -> EvaluationRun | None:
    """Return the last finished run of a subject, or the one before a run."""
    ready = EvaluationRun.objects.filter(subject=subject, state=RunState.READY)
    if than is not None:
        ready = ready.filter(pk__lt=than.pk)
    return ready.order_by("-id").first()


def _open(run_id: int) -> QuerySet[EvaluationRun]:
    return EvaluationRun.objects.filter(pk=run_id, state__in=OPEN)


def _free(runs: QuerySet[EvaluationRun]) -> QuerySet[EvaluationRun]:
    return runs.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))


@cache
def _runner() -> asyncio.Runner:
    """Return the one event loop of this process: a model's client belongs to the loop it began in."""
    return asyncio.Runner()
