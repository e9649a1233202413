"""Originals: the bytes staff gave us, stored once under their own hash."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

BLOCK = 1 << 20  # bytes read at once


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, reading it in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def name_of(sha256: str) -> str:
    """Return the storage name of an original; a customer's file name is never part of it."""
    return f"originals/{sha256[:2]}/{sha256}"


def store(path: Path, sha256: str) -> None:
    """Copy a file into storage unless the same bytes are there already."""
    if not default_storage.exists(name_of(sha256)):
        with path.open("rb") as file:
            default_storage.save(name_of(sha256), File(file))


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
