"""Blobs: files in storage, each once and whole under its own hash, for as long as a row names it."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction


def hold(lock: int, sha256: str) -> None:
    """Let nobody store or drop these bytes until the transaction ends, so that a row never misses them.

    Args:
        lock: First key of PostgreSQL's advisory locks on a hash, another for each kind of files.
        sha256: The hash.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [lock, sha256])


def store(path: Path, name: str, parts: str) -> None:
    """Copy a file into storage unless it is there whole; its hash must be held.

    It gets its name when the last byte is written: a full disk or a kill leaves a part in the folder
    ``parts``, that no retry takes for the file.
    """
    part = f"{parts}/{uuid4().hex}"
    if default_storage.exists(name) and default_storage.size(name) == path.stat().st_size:
        return
    try:
        with path.open("rb") as file:
            default_storage.save(part, File(file))
        target = Path(default_storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(default_storage.path(part), target)
    finally:
        default_storage.delete(part)


def drop_unnamed(
    hashes: Iterable[str], lock: int, name_of: Callable[[str], str], is_named: Callable[[str], bool]
) -> int:
    """Delete the files of hashes that no row names any more; return how many went."""
    dropped = 0
    for sha256 in sorted(set(hashes)):
        with transaction.atomic():
            hold(lock, sha256)
            if is_named(sha256):
                continue
            if default_storage.exists(name_of(sha256)):
                default_storage.delete(name_of(sha256))
                dropped += 1
    return dropped
