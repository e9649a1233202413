"""Bytes of attachments in storage: whole or not at all."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from chat.attachments import keeping
from tests.disks import full_disk

pytestmark = pytest.mark.django_db


def files() -> list[Path]:
    """Return all files below the folder of attachments."""
    return [path for path in Path(settings.MEDIA_ROOT, "attachments").rglob("*") if path.is_file()]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a file of a megabyte."""
    path = tmp_path / "photo.png"
    path.write_bytes(bytes(range(256)) * 4096)
    return path


def test_a_full_disk_leaves_nothing_that_the_next_try_takes_for_the_file(photo: Path) -> None:
    sha256 = keeping.fingerprint(photo)

    with full_disk(100_000), pytest.raises(OSError, match="File too large"):
        keeping.store(photo, sha256)
    left = files()
    keeping.store(photo, sha256)

    assert left == []
    assert [file.read_bytes() for file in files()] == [photo.read_bytes()]


def test_half_a_file_from_earlier_days_is_replaced(photo: Path) -> None:
    sha256 = keeping.fingerprint(photo)
    half = Path(settings.MEDIA_ROOT, keeping.name_of(sha256))
    half.parent.mkdir(parents=True)
    half.write_bytes(photo.read_bytes()[:1000])

    keeping.store(photo, sha256)

    assert files() == [half]
    assert half.read_bytes() == photo.read_bytes()


def test_a_part_that_a_killed_process_left_is_swept_up(photo: Path) -> None:
    part = Path(settings.MEDIA_ROOT, "attachments", "parts", "half")
    part.parent.mkdir(parents=True)
    part.write_bytes(photo.read_bytes()[:1000])

    young, old = keeping.sweep(), keeping.sweep(older_than=timedelta(0))

    assert (young, old) == (0, 1)
    assert files() == []
