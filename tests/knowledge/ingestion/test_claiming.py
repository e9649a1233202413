"""Claiming: only one worker writes, and a late one cannot."""

import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from knowledge.ingestion import versions
from knowledge.ingestion.claims import Cancelled, Claim, ClaimLost, claim
from knowledge.ingestion.ingest import ingest
from knowledge.models import Chunk, Embedding, State, Version
from tests.factories import accepted, in_parallel, taken_in
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("knowledge")
LONG_AGO = "2020-01-01T00:00:00Z"


def claimed(version_id: uuid.UUID) -> Claim:
    """Return the claim, which must be had."""
    held = claim(version_id)
    assert held is not None
    return held


def write(held: Claim) -> None:
    """Write through the fence."""
    with held.fenced() as row:
        row.text = "written too late"
        row.save()


def check_for_ever(held: Claim) -> None:
    """Work until it is no longer wanted."""
    while True:
        held.check()


def test_a_version_is_claimed_once(tmp_path: Path) -> None:
    version = accepted(tmp_path).version

    results = in_parallel(*[lambda: claim(version.id)] * 4)

    assert sum(result is not None for result in results) == 1


def test_nothing_can_be_claimed_that_is_done_or_unknown(tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    assert document.live_version is not None
    assert claim(document.live_version.id) is None
    assert claim(uuid.uuid4()) is None


def test_a_silent_workers_version_is_claimed_again_and_its_late_writes_are_refused(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    late = claimed(version.id)
    Version.objects.update(lease_until=LONG_AGO)
    taker = claimed(version.id)

    with pytest.raises(ClaimLost):
        write(late)
    with pytest.raises(ClaimLost):
        late.report("embedding", 1, 2)
    with pytest.raises(ClaimLost):
        versions.swap(late, version.document_id)

    version.refresh_from_db()
    assert (taker.attempt, version.attempt) == (2, 2)
    assert (version.text, version.stage, version.state) == ("", "reading", State.WORKING)
    assert version.document.live_version_id is None


def test_a_worker_that_is_overtaken_while_embedding_changes_nothing_any_more(tmp_path: Path) -> None:
    version = accepted(tmp_path).version

    def overtake(_texts: object) -> None:
        AxisEmbedder.meanwhile = None
        Version.objects.update(lease_until=LONG_AGO)
        in_parallel(lambda: ingest(version.id))

    AxisEmbedder.meanwhile = overtake
    ingest(version.id)

    version.refresh_from_db()
    assert (version.state, version.attempt) == (State.READY, 2)
    assert Embedding.objects.count() == Chunk.objects.count() == version.document.collection.chunk_count


def test_a_renewal_keeps_the_claim(tmp_path: Path, settings: Settings) -> None:
    version = accepted(tmp_path).version
    held = claimed(version.id)
    Version.objects.update(lease_until=timezone.now())

    held.report("embedding", 1, 2)

    version.refresh_from_db()
    assert claim(version.id) is None
    assert (version.stage, version.percent) == ("embedding", 50)


def test_the_lease_is_renewed_while_the_work_goes_on(tmp_path: Path, settings: Settings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.4
    version = accepted(tmp_path).version

    with claimed(version.id) as held:
        before = Version.objects.get().lease_until
        while (now := Version.objects.get().lease_until) == before:
            held.check()

    assert before is not None
    assert now is not None
    assert now > before


def test_a_worker_notices_by_itself_that_staff_cancelled(tmp_path: Path, settings: Settings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.4
    version = accepted(tmp_path).version

    with claimed(version.id) as held:
        Version.objects.update(cancel_requested=True)

        with pytest.raises(Cancelled):
            check_for_ever(held)


def test_a_worker_notices_by_itself_that_it_lost_its_claim(tmp_path: Path, settings: Settings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.4
    version = accepted(tmp_path).version

    with claimed(version.id) as held:
        Version.objects.update(attempt=7)

        with pytest.raises(ClaimLost):
            check_for_ever(held)
