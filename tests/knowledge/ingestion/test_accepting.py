"""Accepting: what becomes of a file at the door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from knowledge.errors import PermanentError
from knowledge.ingestion.originals import name_of
from knowledge.models import Document, State, Version
from supportbot.celery import app
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")


def test_a_file_is_stored_under_its_hash_and_queued(tmp_path: Path) -> None:
    taken = accepted(tmp_path, MANUAL, "manual.md")

    assert taken.is_new
    assert taken.version.state == State.QUEUED
    assert taken.document.latest_version == taken.version
    assert taken.document.live_version is None
    with default_storage.open(name_of(taken.version.sha256)) as original:
        assert original.read().decode() == MANUAL


def test_the_same_bytes_are_the_same_document_under_any_name(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")

    again = accepted(tmp_path, MANUAL, "copy of manual.md")

    assert not again.is_new
    assert again.document == document
    assert "Same bytes" in again.note
    assert Version.objects.count() == 1


def test_the_same_bytes_on_another_shelf_are_another_document(tmp_path: Path) -> None:
    first = accepted(tmp_path, MANUAL, "manual.md")

    second = accepted(tmp_path, MANUAL, "manual.md", shelf("internal", "internal"))

    assert second.is_new
    assert second.document != first.document
    assert (first.document.audience, second.document.audience) == ("public", "internal")


def test_other_bytes_under_a_known_name_are_the_next_version(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")

    next_one = accepted(tmp_path, MANUAL + "\nMore.", "manual.md")

    document.refresh_from_db()
    assert next_one.document == document
    assert next_one.version.number == 2
    assert document.live_version is not None
    assert document.live_version.number == 1


def test_the_bytes_of_a_failed_version_may_come_again(tmp_path: Path) -> None:
    taken = accepted(tmp_path)
    Version.objects.update(state=State.FAILED)

    again = accepted(tmp_path)

    assert again.is_new
    assert again.document == taken.document
    assert again.version.number == 2


def test_bytes_of_an_older_version_are_new_again(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    taken_in(tmp_path, MANUAL + "\nMore.", "manual.md")

    back = accepted(tmp_path, MANUAL, "manual.md")

    assert back.is_new
    assert back.version.number == 3


def test_an_empty_file_is_refused_and_leaves_no_row(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="empty"):
        accepted(tmp_path, "", "nothing.txt")

    assert not Document.objects.exists()


def test_two_uploads_of_one_file_at_once_make_one_version(tmp_path: Path) -> None:
    help_centre = shelf()

    def upload() -> object:
        return accepted(tmp_path, MANUAL, "manual.md", help_centre).is_new

    results = in_parallel(upload, upload, upload, upload)

    assert sorted(map(str, results)) == ["False", "False", "False", "True"]
    assert Version.objects.count() == 1


def test_uploads_of_one_name_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    help_centre = shelf()
    texts = [f"{MANUAL}\nEdition {number}." for number in range(4)]

    in_parallel(*(lambda text=text: accepted(tmp_path, text, "manual.md", help_centre) for text in texts))

    assert sorted(Version.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Document.objects.count() == 1


@pytest.fixture
def _queue_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the queue be where nobody listens."""
    app.set_current()
    monkeypatch.setitem(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.conf, "task_publish_retry", False)
    _forget_connections()
    yield
    _forget_connections()


def _forget_connections() -> None:
    for owner, pool in ((app, "_pool"), (app.amqp, "_producer_pool")):
        setattr(owner, pool, None)


@pytest.mark.usefixtures("_queue_away")
def test_a_version_whose_bell_could_not_be_rung_is_marked_for_the_reconciler(tmp_path: Path) -> None:
    version = accepted(tmp_path).version

    version.refresh_from_db()
    assert version.state == State.QUEUED
    assert version.rung_at is None


def test_a_version_whose_bell_was_rung_is_left_to_the_worker(tmp_path: Path) -> None:
    version = accepted(tmp_path).version

    version.refresh_from_db()
    assert version.rung_at is not None
