"""Reconciling: work that nobody does is found again; and the tasks that the queue rings."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from knowledge import heartbeats
from knowledge.ingestion.claims import claim
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.reconcile import RING_AGAIN, overdue
from knowledge.ingestion.tasks import ingest_version, look_around, reconcile_ingestion, record_heartbeat
from knowledge.models import State, Version
from tests.factories import accepted, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")


def test_a_version_that_was_never_rung_is_found(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    Version.objects.update(rung_at=None)

    assert overdue() == [version.id]
    assert overdue() == []


def test_a_version_whose_bell_got_lost_is_found_after_a_while(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    fresh = overdue()

    Version.objects.update(rung_at=timezone.now() - RING_AGAIN - timedelta(seconds=1))

    assert fresh == []
    assert overdue() == [version.id]


def test_a_version_whose_worker_fell_silent_is_found_and_can_be_ingested(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    claim(version.id)
    busy = overdue()
    Version.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    found = overdue()
    ingest(version.id)

    version.refresh_from_db()
    assert (busy, found) == ([], [version.id])
    assert (version.state, version.attempt) == (State.READY, 2)


def test_what_is_done_is_never_found(tmp_path: Path) -> None:
    taken_in(tmp_path)
    Version.objects.update(rung_at=None, lease_until="2020-01-01T00:00:00Z")

    assert overdue() == []


def test_the_oldest_are_found_first(tmp_path: Path) -> None:
    versions = [accepted(tmp_path, f"The battery number {n}.", f"{n}.txt").version for n in range(3)]
    Version.objects.update(rung_at=None)

    assert overdue() == [version.id for version in versions]


def test_the_task_ingests_the_version_it_was_rung_for(tmp_path: Path) -> None:
    version = accepted(tmp_path).version

    ingest_version(str(version.id))

    version.refresh_from_db()
    assert version.state == State.READY


@pytest.mark.parametrize(("task", "kind"), [(reconcile_ingestion, "beat"), (look_around, "worker")])
def test_a_round_rings_for_overdue_versions_and_leaves_a_sign_of_life(
    tmp_path: Path, task: object, kind: str
) -> None:
    version = accepted(tmp_path).version
    Version.objects.update(rung_at=None)

    task()  # type: ignore[operator]  # a Celery task is callable

    version.refresh_from_db()
    assert version.rung_at is not None
    assert heartbeats.last_seen(kind) is not None


def test_the_heartbeat_task_shows_that_a_worker_is_at_work() -> None:
    before = heartbeats.last_seen("worker")

    record_heartbeat()

    assert before is None
    assert heartbeats.last_seen("worker") is not None
