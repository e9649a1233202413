"""Originals in storage: whole or not at all, and for as long as a version names them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from knowledge.ingestion import originals
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.steering import delete_document, retry
from knowledge.models import Version
from tests.disks import full_disk
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in, until_somebody_waits

pytestmark = pytest.mark.usefixtures("knowledge")


def files() -> list[Path]:
    """Return all files below the folder of originals."""
    return [path for path in Path(settings.MEDIA_ROOT, "originals").rglob("*") if path.is_file()]


def big_file(folder: Path) -> tuple[Path, str]:
    """Return a file of a megabyte and its hash."""
    path = folder / "big.txt"
    path.write_bytes(b"Rinse the pump. " * 65_536)
    return path, originals.fingerprint(path)


def stored(path: Path, sha256: str) -> None:
    """Store a file as uploads do."""
    with transaction.atomic():
        originals.hold(sha256)
        originals.store(path, sha256)


def test_a_full_disk_leaves_nothing_that_the_next_try_takes_for_the_original(tmp_path: Path) -> None:
    path, sha256 = big_file(tmp_path)

    with full_disk(100_000), pytest.raises(OSError, match="File too large"):
        stored(path, sha256)
    left = files()
    stored(path, sha256)

    assert left == []
    assert [file.read_bytes() for file in files()] == [path.read_bytes()]


def test_half_an_original_from_earlier_days_is_replaced(tmp_path: Path) -> None:
    path, sha256 = big_file(tmp_path)
    half = Path(settings.MEDIA_ROOT, originals.name_of(sha256))
    half.parent.mkdir(parents=True)
    half.write_bytes(path.read_bytes()[:1000])

    in_parallel(*[lambda: stored(path, sha256)] * 4)

    assert files() == [half]
    assert half.read_bytes() == path.read_bytes()


def test_a_deleted_documents_originals_leave_the_disk(tmp_path: Path) -> None:
    taken_in(tmp_path, "# Salaries\n\nAda earns 5000 a month.", "salaries.md")
    document = taken_in(tmp_path, "# Salaries\n\nAda earns 6000 a month.", "salaries.md")

    delete_document(document)

    assert files() == []


def test_an_original_that_another_document_names_stays_and_can_be_read_again(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")
    twin = taken_in(tmp_path, MANUAL, "manual.md", shelf("other"))

    delete_document(document)
    again = retry(twin)
    ingest(again.id)

    again.refresh_from_db()
    assert len(files()) == 1
    assert again.state == "ready"


def test_a_deletion_that_is_rolled_back_leaves_the_original(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")

    with transaction.atomic():
        delete_document(document)
        transaction.set_rollback(True)

    assert len(files()) == Version.objects.count() == 1


def test_an_original_whose_version_is_not_committed_yet_is_not_dropped(tmp_path: Path) -> None:
    path, sha256 = big_file(tmp_path)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            accepted(tmp_path, path.read_text(), "big.txt")
            dropping = pool.submit(in_parallel, lambda: originals.drop_unnamed([sha256]))
            until_somebody_waits()
        dropped = dropping.result(timeout=20)

    assert dropped == [0]
    assert len(files()) == 1
