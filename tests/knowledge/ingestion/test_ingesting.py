"""Ingesting: from a queued version to a live one, whatever happens on the way."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django import Settings

from knowledge.ingestion.claims import claim
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.originals import name_of
from knowledge.models import Chunk, Document, Embedding, State, Version
from knowledge.retrieval import Scope, search
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("knowledge")


def stored(version: Version) -> list[tuple[Any, ...]]:
    """Return everything that search sees of a version's chunks."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.ordinal, c.text, c.heading_path, c.page, c.start, c."end", c.language, c.content_hash,
                   c.lexemes::text, c.lexeme_count, array_agg(e.vector::text)
            FROM knowledge_chunk c LEFT JOIN knowledge_embedding e ON e.chunk_id = c.id
            WHERE c.version_id = %s GROUP BY c.id ORDER BY c.ordinal
            """,
            [version.id],
        )
        return list(cursor.fetchall())


def test_a_ready_version_is_live_with_chunks_vectors_and_its_own_title(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")

    version = document.live_version
    assert version is not None
    assert (version.state, version.stage, version.reason) == (State.READY, "", "")
    assert version.finished_at is not None
    assert document.title == "Aroma 3000"
    assert document.language == "en"
    chunks = list(version.chunks.all())
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert len(chunks) > 2
    assert all(version.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert Embedding.objects.count() == len(chunks)


def test_a_title_that_staff_gave_stays(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    Document.objects.update(title="Ada's manual")

    ingest(taken.version.id)

    assert Document.objects.get().title == "Ada's manual"


def test_only_changed_chunks_are_embedded_again(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    AxisEmbedder.embedded.clear()

    taken_in(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md")

    assert len(AxisEmbedder.embedded) == 1
    assert "36 months" in AxisEmbedder.embedded[0]
    assert Chunk.objects.count() == Embedding.objects.count()


def test_a_reader_sees_the_old_version_until_the_swap_commits_and_then_only_the_new_one(
    tmp_path: Path, settings: Settings
) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    second = accepted(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md").version
    settings.EMBEDDER_BATCH = 1
    seen: list[str] = []

    # Another thread has a connection of its own and sees what is committed only.
    AxisEmbedder.meanwhile = lambda _texts: seen.extend(map(str, in_parallel(warranty)))

    ingest(second.id)

    assert seen == ["24 months"]
    assert warranty() == "36 months"
    assert set(Chunk.objects.filter(is_searchable=True).values_list("version_id", flat=True)) == {second.id}
    assert set(Embedding.objects.filter(is_searchable=True).values_list("chunk__version_id", flat=True)) == {
        second.id
    }


def warranty() -> str:
    """Return what customers read about the warranty."""
    text = " ".join(passage.text for passage in search("How long is the warranty?", Scope()))
    return " and ".join(term for term in ("24 months", "36 months") if term in text)


def test_the_swap_is_one_transaction(tmp_path: Path) -> None:
    old = taken_in(tmp_path, MANUAL, "manual.md")
    second = accepted(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md").version
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE 'no'; END $$ LANGUAGE plpgsql;"
            "CREATE TRIGGER refuse BEFORE UPDATE OF live_version_id ON knowledge_document"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    try:
        in_parallel(lambda: ingest(second.id))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse() CASCADE")

    old.refresh_from_db()
    shelf_now = shelf()
    assert old.live_version is not None
    assert old.live_version.number == 1
    assert warranty() == "24 months"
    assert shelf_now.chunk_count == old.live_version.chunks.count()


def test_an_older_version_that_finishes_late_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    first = accepted(tmp_path, MANUAL, "manual.md").version
    second = accepted(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md").version
    ingest(second.id)

    ingest(first.id)

    first.refresh_from_db()
    assert first.state == State.CANCELLED
    assert "newer version" in first.reason
    assert warranty() == "36 months"


def test_ingesting_twice_has_one_effect(tmp_path: Path) -> None:
    document = taken_in(tmp_path)
    assert document.live_version is not None
    before = stored(document.live_version)

    ingest(document.live_version.id)

    version = Version.objects.get()
    assert stored(version) == before
    assert version.attempt == 1


def test_ingesting_in_parallel_has_one_effect(tmp_path: Path) -> None:
    alone = taken_in(tmp_path, MANUAL, "manual.md", shelf("alone"))
    version = accepted(tmp_path, MANUAL, "manual.md", shelf("crowded")).version

    in_parallel(*[lambda: ingest(version.id)] * 3)

    version.refresh_from_db()
    assert (version.state, version.attempt) == (State.READY, 1)
    assert alone.live_version is not None
    assert stored(version) == stored(alone.live_version)
    assert shelf("crowded").chunk_count == version.chunks.count()


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_after_a_crash_between_batches_the_chunks_are_those_of_an_undisturbed_run(
    tmp_path: Path, settings: Settings, batches: int
) -> None:
    settings.EMBEDDER_BATCH = 1
    undisturbed = taken_in(tmp_path, MANUAL, "manual.md", shelf("undisturbed")).live_version
    Embedding.objects.all().delete()  # or the vectors would be copied from there
    version = accepted(tmp_path, MANUAL, "manual.md", shelf("disturbed")).version
    AxisEmbedder.embedded.clear()
    AxisEmbedder.failures.extend([*[None] * batches, SystemExit("the worker is killed")])
    with pytest.raises(SystemExit):
        ingest(version.id)
    Version.objects.filter(id=version.id).update(lease_until="2020-01-01T00:00:00Z")

    ingest(version.id)

    version.refresh_from_db()
    assert (version.state, version.attempt) == (State.READY, 2)
    assert len(AxisEmbedder.embedded) == version.chunks.count()
    assert undisturbed is not None
    assert [row[:-1] for row in stored(version)] == [row[:-1] for row in stored(undisturbed)]
    assert Embedding.objects.filter(chunk__version=version).count() == version.chunks.count()


def test_an_embedder_that_is_away_puts_the_version_back_and_then_fails_it_with_a_reason(
    tmp_path: Path, settings: Settings
) -> None:
    settings.INGEST_ATTEMPTS = 2
    version = accepted(tmp_path).version
    AxisEmbedder.fail_after(0, times=2)

    ingest(version.id)
    version.refresh_from_db()
    first = (version.state, version.reason)
    ingest(version.id)

    version.refresh_from_db()
    assert first == (State.QUEUED, "The embedder is away.")
    assert version.state == State.FAILED
    assert version.reason == "The embedder is away. Tried 2 times; retry when it is mended."
    assert not search("warranty", Scope())


def test_an_embedder_that_comes_back_in_time_is_forgiven(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    AxisEmbedder.fail_after(0)

    ingest(version.id)
    ingest(version.id)

    version.refresh_from_db()
    assert (version.state, version.reason) == (State.READY, "")


def test_a_damaged_file_fails_at_once_with_a_sentence(tmp_path: Path) -> None:
    version = accepted(tmp_path, "%PDF-1.7 and then nothing of a PDF", "broken.pdf").version

    ingest(version.id)

    version.refresh_from_db()
    assert (version.state, version.attempt) == (State.FAILED, 1)
    assert version.reason.endswith(".")
    assert len(version.reason) > 20


def test_a_file_without_words_fails_with_a_sentence(tmp_path: Path) -> None:
    version = accepted(tmp_path, "\n \n\t\n", "blank.txt").version

    ingest(version.id)

    version.refresh_from_db()
    assert version.state == State.FAILED
    assert "text" in version.reason


def test_a_lost_original_fails_with_a_sentence(tmp_path: Path) -> None:
    version = accepted(tmp_path).version
    default_storage.delete(name_of(version.sha256))

    ingest(version.id)

    version.refresh_from_db()
    assert version.state == State.FAILED
    assert "upload it again" in version.reason


def test_a_version_that_kills_its_worker_each_time_is_given_up(tmp_path: Path, settings: Settings) -> None:
    settings.INGEST_ATTEMPTS = 2
    version = accepted(tmp_path).version
    for _ in range(2):
        assert claim(version.id) is not None
        Version.objects.update(lease_until="2020-01-01T00:00:00Z")

    ingest(version.id)

    version.refresh_from_db()
    assert version.state == State.FAILED
    assert "the worker died each time" in version.reason


def test_another_embedder_than_that_of_the_stored_vectors_is_refused(tmp_path: Path) -> None:
    taken_in(tmp_path)
    version = accepted(tmp_path, "Another text about the battery.", "battery.txt").version
    AxisEmbedder.name = "other axes"

    ingest(version.id)

    version.refresh_from_db()
    assert version.state == State.FAILED
    assert "is not the model of the stored vectors" in version.reason
