"""Runs: golden questions asked by a worker, in slices, past cancellations and deaths."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from chat.evaluation import runs
from chat.evaluation.tasks import reconcile_runs, work_on_run
from chat.learning.golden import Golden
from chat.learning.keeping import take_in
from chat.models import EvaluationRun, RunState
from chat.realtime.engines import configured_model
from knowledge.embedding import EmbedderUnavailable
from tests.factories import shelf, taken_in
from tests.fakes import AxisEmbedder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("knowledge", "no_model")]
QUESTIONS = """
- question: How long does the warranty last?
  language: en
  document: manual.md
  contains: ["24 months"]
- question: What is the reset code?
  document: secrets.md
  audience: internal
- question: What salary does a nurse get?
  expect: decline
"""


@pytest.fixture
def no_model(settings: Settings) -> None:
    """Answer by quoting."""
    settings.MODEL_URL = ""
    configured_model.cache_clear()


@pytest.fixture
def golden(knowledge: object, tmp_path: Path) -> None:
    """Have documents, a secret one among them, and three golden questions."""
    taken_in(tmp_path)
    taken_in(tmp_path, "The reset code of the staff is 4711.", "secrets.md", on=shelf("staff", "internal"))
    take_in(QUESTIONS, None)


def away(*_arguments: object) -> None:
    """Fail as an embedder does that cannot be reached."""
    raise EmbedderUnavailable("The embedder is away.")


def fresh(run: EvaluationRun) -> EvaluationRun:
    """Return the run as it is stored."""
    return EvaluationRun.objects.get(pk=run.pk)


@pytest.mark.usefixtures("golden")
def test_a_run_asks_every_question_as_its_asker_and_ends_with_figures() -> None:
    run = runs.begin(None)

    work_on_run(run.pk)

    done = fresh(run)
    assert (done.state, done.done, done.total) == (RunState.READY, 3, 3)
    assert [row["outcome"] for row in done.questions][:2] == ["answered", "answered"]
    assert done.questions[0]["right"], done.questions[0]["why"]
    assert done.questions[1]["rank"] == 1
    assert done.figures["shares"]["hit@1"] == 1.0
    assert set(done.figures["collections"]) == {"help-centre", "staff", "*"}


@pytest.mark.usefixtures("golden")
def test_a_slice_ends_after_its_time_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.begin(None)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)

    more = [runs.work(run.pk) for _ in range(3)]

    assert more == [True, True, False]
    assert len({row["key"] for row in fresh(run).questions}) == 3
    assert fresh(run).state == RunState.READY


@pytest.mark.usefixtures("golden")
def test_a_cancelled_run_stops_and_a_retry_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.begin(None)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    runs.work(run.pk)

    runs.cancel(run)
    stopped = runs.work(run.pk), fresh(run).state
    runs.retry(run)
    while runs.work(run.pk):
        pass

    assert stopped == (False, RunState.CANCELLED)
    assert fresh(run).state == RunState.READY
    assert fresh(run).done == 3


@pytest.mark.usefixtures("golden")
def test_a_run_that_another_worker_holds_is_left_alone_until_its_lease_ends() -> None:
    run = runs.begin(None)
    held = EvaluationRun.objects.filter(pk=run.pk)
    held.update(state=RunState.WORKING, owner="other", lease_until=timezone.now() + timedelta(minutes=1))

    left_alone = runs.work(run.pk), runs.due()
    held.update(lease_until=timezone.now() - timedelta(seconds=1))
    waiting = runs.due()
    runs.work(run.pk)

    assert left_alone == (False, None)
    assert waiting == run
    assert fresh(run).state == RunState.READY


@pytest.mark.usefixtures("golden")
def test_a_run_waits_for_the_embedder_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.begin(None)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(AxisEmbedder, "embed_query", away)

        more = runs.work(run.pk)

    waiting = fresh(run)
    runs.work(run.pk)
    assert not more
    assert (waiting.state, waiting.reason) == (RunState.WORKING, "Waiting: The embedder is away.")
    assert (fresh(run).state, fresh(run).reason) == (RunState.READY, "")


@pytest.mark.usefixtures("golden")
def test_a_run_whose_workers_die_is_given_up() -> None:
    run = runs.begin(None)
    EvaluationRun.objects.filter(pk=run.pk).update(attempt=runs.ATTEMPTS)

    runs.work(run.pk)

    assert fresh(run).state == RunState.FAILED
    assert "died" in fresh(run).reason


def test_nothing_to_ask_and_a_second_run_are_refused_with_a_sentence() -> None:
    with pytest.raises(runs.CannotRun, match="no active golden question"):
        runs.begin(None)
    run = runs.begin(None, [Golden("How?")])
    with pytest.raises(runs.CannotRun, match="Another run"):
        runs.begin(None, [Golden("How?")])
    with pytest.raises(runs.CannotRun, match="Another run"):
        runs.retry(run)
    runs.cancel(run)
    with pytest.raises(runs.CannotRun, match="nothing to cancel"):
        runs.cancel(run)


def test_the_clock_rings_for_a_run_that_nobody_works_on() -> None:
    runs.begin(None, [Golden("How?")])

    reconcile_runs()

    assert runs.due() is not None
