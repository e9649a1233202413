"""Re-embedding: another model beside the active one, without a question that finds nothing."""

from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError, connection

from knowledge.embedding import EmbedderUnavailable
from knowledge.embedding.sets import active_set, chunks_without, flip_to, index_name, index_statement
from knowledge.errors import PermanentError
from knowledge.ingestion.ingest import ingest
from knowledge.models import Act, Embedding, EmbeddingSet, State
from knowledge.reembedding import leasing, making, steering
from knowledge.retrieval import Scope, search
from tests.factories import MANUAL, accepted, in_parallel, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.reembedding.mirror import OTHER, activated, made, settled

pytestmark = pytest.mark.usefixtures("knowledge")


def test_a_set_is_made_beside_the_active_one_and_says_how_well_it_finds(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    before = active_set()
    begun = steering.begin(OTHER)
    queued = (begun.state, begun.dimensions)

    making.work(begun.pk)

    begun.refresh_from_db()
    assert queued == (State.QUEUED, 16)
    assert (begun.state, begun.done, begun.total) == (State.READY, 3, 3)
    assert begun.figures["questions"] == 3
    assert begun.figures["new"] == begun.figures["active"] == {"hit@1": 1.0, "hit@5": 1.0}
    assert active_set() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index_name(begun)])
        assert cursor.fetchone() == (True,)


def test_the_next_question_is_asked_of_the_activated_set_and_going_back_is_the_same_step(
    tmp_path: Path,
) -> None:
    first = active_set_after(tmp_path)
    other = EmbeddingSet.objects.exclude(pk=first.pk).get()

    activated(other)
    found = [(active_set(), bool(search("warranty", Scope())))]
    activated(first)
    found.append((active_set(), bool(search("warranty", Scope()))))

    assert found == [(other, True), (first, True)]
    verbs = Act.objects.order_by("id").values_list("verb", "subject")
    assert list(verbs)[-4:] == [
        ("activation asked for", "mirror (16)"),
        ("embedding set activated", "mirror (16)"),
        ("activation asked for", "axes (8)"),
        ("embedding set activated", "axes (8)"),
    ]


def active_set_after(tmp_path: Path) -> EmbeddingSet:
    """Make the other set; return the one that is still active."""
    made(tmp_path)
    current = active_set()
    assert current is not None
    return current


def test_what_was_taken_in_meanwhile_is_embedded_before_the_flip(tmp_path: Path) -> None:
    other = made(tmp_path)
    taken_in(tmp_path, "# Filter\n\nWash the filter every month with cold water.", "filter.md")
    refused = flip_to(other)

    activated(other)

    assert refused is False
    assert not chunks_without(other).exists()
    assert search("filter", Scope())[0].title == "Filter"


def test_a_version_made_while_the_set_changes_goes_live_with_vectors_of_the_new_one(tmp_path: Path) -> None:
    other = made(tmp_path)
    version = accepted(tmp_path, "# Filter\n\nWash the filter every month.", "filter.md").version

    def activate(_texts: object) -> None:
        AxisEmbedder.meanwhile = None
        assert flip_to(other)

    AxisEmbedder.meanwhile = activate
    ingest(version.id)
    version.refresh_from_db()
    between = (version.state, version.reason)
    ingest(version.id)

    version.refresh_from_db()
    assert between == (State.QUEUED, "The embedding model was changed meanwhile.")
    assert version.state == State.READY
    assert search("filter", Scope())[0].title == "Filter"


def test_no_question_finds_nothing_while_sets_are_flipped(tmp_path: Path) -> None:
    other = made(tmp_path)
    first = active_set()
    assert first is not None
    found: list[bool] = []
    is_over = Event()

    def flip() -> None:
        try:
            for number in range(20):
                activated(first if number % 2 else other)
        finally:
            is_over.set()

    def ask() -> None:
        while not is_over.is_set():
            found.append(bool(search("warranty", Scope())))

    assert in_parallel(flip, ask) == [None, None]

    assert len(found) > 3
    assert all(found)


def test_a_making_that_was_killed_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    begun = steering.begin(OTHER)
    monkeypatch.setattr("django.conf.settings.EMBEDDER_BATCH", 1)
    AxisEmbedder.embedded.clear()
    AxisEmbedder.failures.extend([None, None, SystemExit("the worker is killed")])
    with pytest.raises(SystemExit):
        making.work(begun.pk)
    taken_while_leased = making.work(begun.pk)
    EmbeddingSet.objects.filter(pk=begun.pk).update(lease_until="2020-01-01T00:00:00Z")

    making.work(begun.pk)

    begun.refresh_from_db()
    assert taken_while_leased is False
    assert begun.state == State.READY
    assert Embedding.objects.filter(embedding_set=begun).count() == 3


def test_a_model_that_is_away_is_waited_for_with_a_reason(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    begun = steering.begin(OTHER)
    AxisEmbedder.failures.append(EmbedderUnavailable("The endpoint is away."))

    goes_on = making.work(begun.pk)

    begun.refresh_from_db()
    assert goes_on is True
    assert (begun.state, begun.reason) == (State.WORKING, "Waiting for the model: The endpoint is away.")
    assert leasing.due() == begun


def test_an_index_that_a_killed_builder_left_behind_is_built_anew(tmp_path: Path) -> None:
    other = made(tmp_path)
    writer = connection.copy()
    with writer.cursor() as cursor, connection.cursor() as builder:
        builder.execute(f"DROP INDEX {index_name(other)}")
        cursor.execute("BEGIN; LOCK knowledge_embedding IN ROW EXCLUSIVE MODE")
        builder.execute("SET statement_timeout = 300")
        with pytest.raises(OperationalError):  # it waits for the writer until its time is up
            builder.execute(index_statement(other, concurrently=True))
        builder.execute("SET statement_timeout = 0")
    writer.close()
    left_behind = is_valid(other)

    making.build_index(other)

    assert left_behind is False
    assert is_valid(other) is True


def is_valid(embedding_set: EmbeddingSet) -> bool:
    """Say whether searches may use a set's index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [index_name(embedding_set)]
        )
        return bool(cursor.fetchone()[0])


def test_a_cancelled_set_stops_and_can_be_resumed_or_discarded(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    begun = steering.begin(OTHER)
    steering.cancel(begun)
    stopped = making.work(begun.pk)
    steering.resume(begun)
    making.work(begun.pk)
    begun.refresh_from_db()
    resumed = begun.state

    steering.discard(begun)
    settled(begun)

    assert (stopped, resumed) == (False, State.READY)
    assert not EmbeddingSet.objects.filter(pk=begun.pk).exists()
    assert Embedding.objects.count() == 3


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    other = made(tmp_path)
    current = active_set()
    assert current is not None

    with pytest.raises(PermanentError, match="a set of “mirror” already"):
        steering.begin(OTHER)
    with pytest.raises(PermanentError, match="activate another one first"):
        steering.discard(current)
    with pytest.raises(PermanentError, match="searched already"):
        steering.activate(current)
    with pytest.raises(PermanentError, match="not being made"):
        steering.cancel(other)
    with pytest.raises(PermanentError, match="failed or was cancelled"):
        steering.resume(other)
    EmbeddingSet.objects.filter(pk=other.pk).update(state=State.FAILED)
    other.refresh_from_db()
    with pytest.raises(PermanentError, match="ready can be activated"):
        steering.activate(other)
