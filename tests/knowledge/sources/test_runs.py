"""Runs: one effect, whoever works on them, however often, and whatever dies."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from knowledge.ingestion.claims import Cancelled, ClaimLost
from knowledge.models import Document, Source, SourcePage, State, SyncRun, Version
from knowledge.sources.claims import RunClaim, claim_run
from knowledge.sources.runs import begin_due, next_time, open_run, overdue_runs
from knowledge.sources.steering import cancel_run
from knowledge.sources.sync import MOST_SETBACKS, sync
from tests.factories import in_parallel
from tests.knowledge.crawling.website import Reply, Website, html
from tests.knowledge.sources.syncing import source_of, synced

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PAGES = 12


@pytest.fixture
def source(site: Website) -> Source:
    """Return a site of some pages."""
    links = "".join(f"<a href='/{number}'>{number}</a>" for number in range(PAGES))
    site.pages["/"] = html(f"<h1>Help</h1><p>Welcome to the help for all our machines.</p>{links}")
    for number in range(PAGES):
        site.pages[f"/{number}"] = html(f"<h1>Part {number}</h1><p>The pump of part {number} is blocked.</p>")
    return source_of(site.url("/"))


def claimed(run: SyncRun) -> RunClaim:
    """Return the claim, which must be had."""
    held = claim_run(run.pk)
    assert held is not None
    return held


def fall_silent() -> None:
    """Let all leases end."""
    SyncRun.objects.update(lease_until=LONG_AGO)


def test_a_source_has_one_open_run(source: Source) -> None:
    runs = in_parallel(*[lambda: open_run(source)] * 4)

    assert len({run.pk for run in runs if isinstance(run, SyncRun)}) == 1
    assert SyncRun.objects.count() == 1


def test_a_run_is_claimed_once(source: Source) -> None:
    run = open_run(source)

    claims = in_parallel(*[lambda: claim_run(run.pk)] * 4)

    assert sum(claim is not None for claim in claims) == 1


def test_run_twice_in_parallel_there_is_one_effect(site: Website, source: Source) -> None:
    run = open_run(source)

    in_parallel(*[lambda: sync(run.pk)] * 3)

    run.refresh_from_db()
    assert (run.state, run.counts["new"], run.done) == (State.READY, PAGES + 1, PAGES + 1)
    assert Document.objects.count() == Version.objects.count() == PAGES + 1
    assert max(site.counted().values()) == 1


@pytest.mark.parametrize("kills", range(1, PAGES, 3))
def test_a_run_that_was_killed_goes_on_from_its_frontier(site: Website, source: Source, kills: int) -> None:
    run = open_run(source)
    for _ in range(kills):
        sync(run.pk, seconds=0.01)
        # As kill -9 leaves it: claimed by somebody who says nothing any more.
        SyncRun.objects.filter(id=run.pk, state=State.QUEUED).update(state=State.WORKING)
        fall_silent()
        SyncRun.objects.update(setbacks=0)

    finished = synced(source) if not SyncRun.objects.filter(state=State.READY).exists() else run

    finished.refresh_from_db()
    assert (finished.pk, finished.state) == (run.pk, State.READY)
    assert (finished.counts["new"], finished.done, finished.total) == (PAGES + 1,) * 3
    assert Version.objects.count() == PAGES + 1
    asked = site.counted()
    assert {path: n for path, n in asked.items() if n > 1 and path != "/robots.txt"} == {}


def test_content_that_was_accepted_before_the_kill_is_not_accepted_twice(source: Source) -> None:
    synced(source)
    SourcePage.objects.update(sha256="", document=None, etag="")

    run = synced(source)

    assert run.counts["new"] == PAGES + 1
    assert Version.objects.count() == PAGES + 1


def test_a_late_writer_is_refused(source: Source) -> None:
    run = open_run(source)
    late = claimed(run)
    fall_silent()
    taker = claimed(run)

    with pytest.raises(ClaimLost), late.fenced():
        pass

    late.end(State.FAILED, reason="too late")
    run.refresh_from_db()
    assert (taker.attempt, run.state, run.setbacks) == (2, State.WORKING, 1)


def test_a_run_whose_workers_die_each_time_is_given_up(source: Source) -> None:
    run = open_run(source)
    for _ in range(MOST_SETBACKS):
        claimed(run)
        fall_silent()

    sync(run.pk)

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "workers died" in run.reason


def test_a_page_that_kills_its_worker_is_given_up_alone(site: Website, source: Source) -> None:
    run = open_run(source)
    sync(run.pk, seconds=0)
    SourcePage.objects.filter(address=site.url("/")).update(attempts=3)

    finished = synced(source)

    assert finished.state == State.READY
    assert finished.troubles[0]["reason"] == "The worker died over it each time."


def test_a_cancelled_run_ends_and_keeps_what_it_brought(source: Source) -> None:
    run = open_run(source)
    held = claimed(run)
    cancel_run(run)

    with pytest.raises(Cancelled), held.fenced():
        pass

    fall_silent()
    sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason) == (State.CANCELLED, "Cancelled by staff.")
    assert run.finished_at is not None


def test_a_wait_ends_when_staff_cancel(source: Source, settings: Settings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.4
    run = open_run(source)

    with claimed(run) as held:
        cancel_run(run)
        with pytest.raises(Cancelled):
            held.pause(60)


def test_removing_the_source_ends_the_work_on_it(source: Source) -> None:
    run = open_run(source)
    held = claimed(run)

    source.delete()

    with pytest.raises(ClaimLost), held.fenced():
        pass


def test_the_lease_is_renewed_while_the_work_goes_on(source: Source, settings: Settings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.4
    run = open_run(source)

    with claimed(run) as held:
        before = SyncRun.objects.get().lease_until
        while (now := SyncRun.objects.get().lease_until) == before:
            held.pause(0.01)

    assert before is not None
    assert now is not None
    assert now > before


def test_runs_that_nobody_works_on_are_rung_for_again(source: Source) -> None:
    run = open_run(source)
    just_rung = overdue_runs()
    SyncRun.objects.update(rung_at=None)
    unrung = overdue_runs()
    SyncRun.objects.update(rung_at=None, due_at=timezone.now() + timedelta(hours=1))
    not_due = overdue_runs()
    SyncRun.objects.update(due_at=LONG_AGO)
    claimed(run)
    fall_silent()
    silent = overdue_runs()

    assert (just_rung, unrung, not_due, silent) == ([], [run.pk], [], [run.pk])


def test_a_source_that_is_due_is_begun_once_by_several_clocks(source: Source) -> None:
    Source.objects.update(next_run_at=LONG_AGO, schedule="daily")

    begun = in_parallel(*[begin_due] * 3)

    source.refresh_from_db()
    assert sum(len(runs) for runs in begun if isinstance(runs, list)) == SyncRun.objects.count() == 1
    assert source.next_run_at is not None
    assert source.next_run_at > timezone.now() + timedelta(hours=23)


@pytest.mark.parametrize(
    "columns", [{"is_paused": True}, {"next_run_at": None}, {"next_run_at": "2100-01-01T00:00Z"}]
)
def test_a_source_that_is_not_due_waits(source: Source, columns: dict[str, object]) -> None:
    Source.objects.update(**{"next_run_at": LONG_AGO, **columns})

    begun = begin_due()

    assert begun == []


@pytest.mark.parametrize(
    ("schedule", "after", "then"),
    [
        ("manual", "2026-01-31T10:00", None),
        ("hourly", "2026-01-31T23:30", "2026-02-01T00:30"),
        ("daily", "2026-02-28T10:00", "2026-03-01T10:00"),
        ("weekly", "2026-12-28T10:00", "2027-01-04T10:00"),
        ("monthly", "2026-01-31T10:00", "2026-02-28T10:00"),
        ("monthly", "2026-12-15T10:00", "2027-01-15T10:00"),
    ],
)
def test_schedules_come_round(schedule: str, after: str, then: str | None) -> None:
    found = next_time(schedule, datetime.fromisoformat(after))

    assert found == (datetime.fromisoformat(then) if then else None)


def test_a_postponed_run_waits_as_long_as_the_site_asks(site: Website, source: Source) -> None:
    site.pages["/robots.txt"] = Reply(b"", 503, headers={"Retry-After": "120"})
    run = open_run(source)

    again = sync(run.pk)

    run.refresh_from_db()
    assert not again
    assert run.state == State.QUEUED
    assert timedelta(seconds=100) < run.due_at - timezone.now() < timedelta(seconds=130)
