"""Steering: what staff may do to documents that are in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.postgres.search import SearchVectorField
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Cast
from pytest_django import Settings

from knowledge.errors import PermanentError
from knowledge.ingestion.claims import claim
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.steering import cancel, delete_document, retry, set_published
from knowledge.ingestion.versions import swap
from knowledge.models import Chunk, Collection, Document, Embedding, LexemeStatistic, State, Version
from knowledge.retrieval import Scope, search
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in, until_somebody_waits
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("knowledge")


def test_a_queued_version_is_cancelled_at_once_and_never_made(tmp_path: Path) -> None:
    taken = accepted(tmp_path)

    cancel(taken.document)
    ingest(taken.version.id)

    taken.version.refresh_from_db()
    assert (taken.version.state, taken.version.attempt) == (State.CANCELLED, 0)
    assert taken.version.reason == "Cancelled by staff."


def test_a_version_being_made_is_cancelled_before_its_next_batch(tmp_path: Path, settings: Settings) -> None:
    settings.EMBEDDER_BATCH = 1
    taken_in(tmp_path, MANUAL, "manual.md")
    taken = accepted(
        tmp_path, MANUAL.replace("ten seconds", "9 s").replace("24 months", "1 year"), "manual.md"
    )
    AxisEmbedder.embedded.clear()
    AxisEmbedder.meanwhile = lambda _texts: cancel(taken.document)

    ingest(taken.version.id)

    taken.version.refresh_from_db()
    taken.document.refresh_from_db()
    assert (taken.version.state, taken.version.reason) == (State.CANCELLED, "Cancelled by staff.")
    assert len(AxisEmbedder.embedded) == 1
    assert taken.document.live_version is not None
    assert taken.document.live_version.number == 1


def test_a_wish_to_cancel_outlives_the_worker(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    claim(taken.version.id)
    cancel(taken.document)
    Version.objects.update(lease_until="2020-01-01T00:00:00Z")

    ingest(taken.version.id)

    taken.version.refresh_from_db()
    assert taken.version.state == State.CANCELLED


def test_what_is_not_in_progress_cannot_be_cancelled(tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    with pytest.raises(PermanentError, match="Nothing is in progress"):
        cancel(document)

    document.refresh_from_db()
    assert document.live_version is not None


def test_a_retry_makes_the_next_version_from_the_same_bytes(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    Version.objects.update(state=State.FAILED)

    again = retry(taken.document)
    ingest(again.id)

    again.refresh_from_db()
    taken.document.refresh_from_db()
    assert (again.number, again.sha256, again.state) == (2, taken.version.sha256, State.READY)
    assert taken.document.live_version == again


def test_a_ready_document_can_be_made_anew_without_doubles(tmp_path: Path) -> None:
    document = taken_in(tmp_path)
    before = Chunk.objects.count()

    ingest(retry(document).id)

    assert Chunk.objects.filter(is_searchable=True).count() == before
    assert shelf().chunk_count == before


def test_what_is_in_progress_cannot_be_retried(tmp_path: Path) -> None:
    taken = accepted(tmp_path)

    with pytest.raises(PermanentError, match="in progress"):
        retry(taken.document)

    assert Version.objects.count() == 1


def test_retrying_twice_at_once_makes_one_version(tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    in_parallel(*[lambda: retry(document)] * 3)

    assert Version.objects.count() == 2


def test_an_unpublished_document_is_not_found_until_it_is_published_again(tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    set_published(document, False)
    hidden = search("warranty", Scope())
    set_published(document, True)

    assert hidden == []
    assert search("warranty", Scope())


def test_deleting_a_document_removes_all_that_was_made_of_it(tmp_path: Path) -> None:
    kept = taken_in(tmp_path, "The battery lasts two days.", "battery.txt")
    document = taken_in(tmp_path, MANUAL, "manual.md")
    taken_in(tmp_path, MANUAL + "\nMore.", "manual.md")

    delete_document(document)

    assert list(Document.objects.all()) == [kept]
    assert set(Chunk.objects.values_list("version__document", flat=True)) == {kept.id}
    assert Embedding.objects.count() == Chunk.objects.count() == shelf().chunk_count
    assert not LexemeStatistic.objects.filter(lexeme="pump", chunks__gt=0).exists()


def test_deleting_a_document_while_it_is_made_ends_its_making(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    AxisEmbedder.meanwhile = lambda _texts: in_parallel(lambda: delete_document(taken.document))

    ingest(taken.version.id)

    assert not Document.objects.exists()
    assert not Chunk.objects.exists()
    assert shelf().chunk_count == 0


def test_a_deletion_waits_for_a_worker_that_is_writing(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    held = claim(taken.version.id)
    assert held is not None

    with ThreadPoolExecutor(1) as pool:
        with held.fenced() as version:
            deletion = pool.submit(in_parallel, lambda: delete_document(taken.document))
            until_somebody_waits()
            stray(version)

        assert deletion.result() == [None]
    assert not Document.objects.exists()
    assert not Chunk.objects.exists()


def stray(version: Version) -> Chunk:
    """Store a chunk as a worker does."""
    return Chunk.objects.create(
        version=version,
        ordinal=0,
        text="The pump.",
        kind="paragraph",
        start=0,
        end=9,
        language="en",
        content_hash="0" * 64,
        lexemes=Cast(Value("'pump':1"), SearchVectorField()),
        lexeme_count=1,
    )


def test_a_swap_that_waits_for_its_collection_holds_nothing_that_an_upload_needs(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    held = claim(taken.version.id)
    assert held is not None

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Collection.objects.select_for_update().get()
            swapping = pool.submit(in_parallel, lambda: swap(held, taken.document.pk))
            until_somebody_waits()
            upload_goes_on = Document.objects.select_for_update(nowait=True).filter(id=taken.document.id)
            version_is_free = Version.objects.select_for_update(nowait=True).filter(id=taken.version.id)

            assert len(upload_goes_on) == len(version_is_free) == 1

        assert swapping.result() == [None]


def test_uploads_swaps_and_deletions_at_once_never_wait_for_each_other_in_a_circle(tmp_path: Path) -> None:
    documents = [taken_in(tmp_path, f"{MANUAL}\nEdition {n}.", f"manual-{n}.md") for n in range(3)]
    help_centre = shelf()

    def renew(number: int) -> object:
        text = f"{MANUAL}\nNew edition {number}."
        ingest(accepted(tmp_path, text, f"manual-{number}.md", help_centre).version.id)
        return None

    def upload(number: int) -> object:
        accepted(tmp_path, f"{MANUAL}\nNewest edition {number}.", f"manual-{number}.md", help_centre)
        return None

    results = in_parallel(
        *(lambda n=n: renew(n) for n in range(3)),
        *(lambda n=n: upload(n) for n in range(3)),
        lambda: delete_document(documents[2]),
    )

    assert [result for result in results if isinstance(result, Exception)] == []
