"""Versions that failed or were cancelled: they leave the indexes at once, and nothing for ever."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from knowledge.ingestion.claims import claim
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.steering import cancel, retry
from knowledge.ingestion.tasks import reconcile_ingestion
from knowledge.ingestion.versions import STEP
from knowledge.models import Chunk, Document, Embedding, State, Version
from tests.factories import MANUAL, accepted, taken_in
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("knowledge")
RENEWED = MANUAL.replace("24 months", "1 year").replace("ten seconds", "9 s").replace("E-42", "E-43")


def unmade(folder: Path, state: State) -> Version:
    """Let the making of a manual's next version end half way."""
    taken = accepted(folder, RENEWED, "manual.md")
    if state == State.CANCELLED:
        AxisEmbedder.meanwhile = lambda _texts: Version.objects.filter(id=taken.version.id).update(
            cancel_requested=True
        )
    else:
        AxisEmbedder.fail_after(calls=1)
    ingest(taken.version.id)
    AxisEmbedder.meanwhile = None
    taken.version.refresh_from_db()
    assert taken.version.state == state
    return taken.version


def in_the_indexes() -> set[tuple[str, int]]:
    """Return which versions search finds chunks or vectors of, before it looks at what is live."""
    chunks = Chunk.objects.filter(is_searchable=True).values_list("version__number", flat=True)
    vectors = Embedding.objects.filter(is_searchable=True).values_list("chunk__version__number", flat=True)
    return {("chunks", number) for number in chunks} | {("vectors", number) for number in vectors}


@pytest.mark.parametrize("state", [State.CANCELLED, State.FAILED])
def test_an_unmade_version_leaves_the_indexes_and_helps_the_next_one_once(
    tmp_path: Path, settings: Settings, state: State
) -> None:
    settings.EMBEDDER_BATCH, settings.INGEST_ATTEMPTS = 1, 1
    document = taken_in(tmp_path, MANUAL, "manual.md")

    version = unmade(tmp_path, state)
    indexed = in_the_indexes()
    has_vectors = Embedding.objects.filter(chunk__version=version).count()
    AxisEmbedder.embedded.clear()
    document.refresh_from_db()
    ingest(retry(document).id)

    assert indexed == {("chunks", 1), ("vectors", 1)}
    assert in_the_indexes() == {("chunks", 3), ("vectors", 3)}
    assert (
        len(AxisEmbedder.embedded) + has_vectors
        == Document.objects.get().versions.get(number=3).chunks.count()
    )
    assert set(Chunk.objects.values_list("version__number", flat=True)) == {1, 3}


def test_what_an_earlier_attempt_stored_is_hidden_when_a_waiting_version_is_cancelled(
    tmp_path: Path, settings: Settings
) -> None:
    settings.EMBEDDER_BATCH = 1
    taken = accepted(tmp_path)
    AxisEmbedder.fail_after(calls=1)
    ingest(taken.version.id)
    waiting = in_the_indexes()

    cancel(Document.objects.get())

    assert waiting == {("chunks", 1), ("vectors", 1)}
    assert in_the_indexes() == set()


def test_the_clock_clears_old_unmade_versions_in_steps(tmp_path: Path) -> None:
    live = taken_in(tmp_path)
    killed = accepted(tmp_path, RENEWED, "other.md").version
    claim(killed.id)
    model = Chunk.objects.filter(version__document=live)[0]
    for ordinal in range(STEP + 1):
        model.pk, model.version, model.ordinal = None, killed, ordinal
        model.save(force_insert=True)
    Version.objects.filter(id=killed.id).update(state=State.FAILED, finished_at=timezone.now())

    counts = []
    for age in (timedelta(hours=1), timedelta(days=2), timedelta(days=2)):
        Version.objects.filter(id=killed.id).update(finished_at=timezone.now() - age)
        reconcile_ingestion()
        counts.append(killed.chunks.count())

    assert counts == [STEP + 1, 1, 0]
    assert Chunk.objects.filter(version__document=live).count() == 3
