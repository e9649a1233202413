"""Originals: the bytes staff gave us, stored once under their own hash for as long as a version names it."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from knowledge import blobs
from knowledge.models import Version

BLOCK = 1 << 20  # bytes read at once
FOLDER = "originals"
PARTS = f"{FOLDER}/parts"  # what is on its way to its name
FORGOTTEN = timedelta(days=1)  # a part this old has nobody who writes it any more
LOCKS = 0x6F726967  # first key of PostgreSQL's advisory locks on a hash: "orig"


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, reading it in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def name_of(sha256: str) -> str:
    """Return the storage name of an original; a customer's file name is never part of it."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def hold(sha256: str) -> None:
    """Let nobody store or drop these bytes until the transaction ends, so that a row never misses them.

    Before any row is locked: who waits for a hash keeps nobody from a collection.
    """
    blobs.hold(LOCKS, sha256)


def store(path: Path, sha256: str) -> None:
    """Copy a file into storage unless it is there whole; the hash must be held."""
    _forget_parts()
    blobs.store(path, name_of(sha256), PARTS)


def _forget_parts() -> None:
    """Delete what processes left that were killed while they wrote."""
    if not default_storage.exists(PARTS):
        return
    before = timezone.now() - FORGOTTEN
    for name in default_storage.listdir(PARTS)[1]:
        with suppress(FileNotFoundError):  # it has its name meanwhile
            if default_storage.get_modified_time(f"{PARTS}/{name}") < before:
                default_storage.delete(f"{PARTS}/{name}")


def drop_unnamed(hashes: Iterable[str]) -> int:
    """Delete the originals that no version names any more; return how many went."""
    return blobs.drop_unnamed(hashes, LOCKS, name_of, lambda one: Version.objects.filter(sha256=one).exists())


@contextmanager
def local_copy(sha256: str) -> Iterator[Path]:
    """Give a path of the original on this machine for as long as the block runs.

    Raises:
        FileNotFoundError: The original is not in storage any more.
    """
    with default_storage.open(name_of(sha256)) as stored, tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(stored, copy, BLOCK)
        copy.flush()
        yield Path(copy.name)
