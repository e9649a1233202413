"""Keeping: the bytes of attachments, each once under its hash, for as long as a row names it."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.core.files.storage import default_storage
from django.utils import timezone

from chat.models import Attachment
from knowledge import blobs

BLOCK = 1 << 20  # bytes read at once
FOLDER = "attachments"
PARTS = "parts"  # in that folder: what is on its way to its name
LOCKS = 0x61747461  # first key of PostgreSQL's advisory locks on a hash: "atta"


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_of(sha256: str) -> str:
    """Return the storage name of an attachment; the name that its sender gave it is never part of it."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(sha256)
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def hold(sha256: str) -> None:
    """Let nobody store or drop these bytes until the transaction ends, so that a row never misses them."""
    blobs.hold(LOCKS, sha256)


def store(path: Path, sha256: str) -> None:
    """Copy a file into storage unless it is there whole; the hash must be held."""
    blobs.store(path, name_of(sha256), f"{FOLDER}/{PARTS}")


def opened(attachment: Attachment) -> IO[bytes]:
    """Return the bytes of an attachment, to be closed by the caller.

    Raises:
        FileNotFoundError: They are gone from storage.
    """
    stored: IO[bytes] = default_storage.open(name_of(attachment.sha256))
    return stored


def drop_unnamed(hashes: Iterable[str]) -> int:
    """Delete the bytes that no row names any more; return how many files went."""
    return blobs.drop_unnamed(
        hashes, LOCKS, name_of, lambda one: Attachment.objects.filter(sha256=one).exists()
    )


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Delete bytes that no row names although they are not new: a process died between file and row."""
    before = timezone.now() - older_than
    if not default_storage.exists(FOLDER):
        return 0
    left, parts = [], 0
    for folder in default_storage.listdir(FOLDER)[0]:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            known = Attachment.objects.filter(sha256=name).exists()
            if known or not _is_older(f"{FOLDER}/{folder}/{name}", before):
                continue
            if folder == PARTS:
                default_storage.delete(f"{FOLDER}/{PARTS}/{name}")
                parts += 1
            else:
                left.append(name)
    return parts + drop_unnamed(left)


def _is_older(name: str, than: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < than
    except FileNotFoundError:  # gone since it was listed
        return False
