"""Accept: a file comes in, is looked at, stored, and queued; nothing of it is parsed here."""

import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from knowledge.ingestion import originals
from knowledge.ingestion.tasks import ingest_version
from knowledge.models import Collection, Document, Origin, State, Version
from knowledge.parsing.guards import identify

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a file: its document, the version being made (or known), and a sentence."""

    document: Document
    version: Version
    is_new: bool
    note: str


@dataclass(frozen=True, slots=True)
class Made:
    """Who a version is made for, and why; nobody for what the product does by itself."""

    by: User | None = None
    origin: Origin = Origin.UPLOAD


NOBODY = Made()


@dataclass(frozen=True, slots=True)
class Original:
    """A file that passed the guards and is in storage."""

    file_name: str
    sha256: str
    media_type: str
    size: int

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the original that a version was made from."""
        return cls(version.document.file_name, version.sha256, version.media_type, version.size)


def accept_file(
    path: Path, file_name: str, collection: Collection, made: Made = NOBODY, title: str = ""
) -> Accepted:
    """Take a file into a collection and queue it; without a title it gives itself one.

    The same bytes again are recognised and do no work; other bytes under a known file
    name become that document's next version.

    Raises:
        PermanentError: The file is empty, too large, or not of a kind we read; says which.
    """
    media_type = identify(path, file_name, settings.UPLOAD_MAX_MB * 1_000_000)
    original = Original(file_name[-255:], originals.fingerprint(path), media_type, path.stat().st_size)
    known = _same_bytes(collection, original.sha256)
    if known is not None:
        note = f"Same bytes as “{known.document.title}”; nothing to do."
        return Accepted(known.document, known, False, note)
    with transaction.atomic():
        originals.hold(original.sha256)
        originals.store(path, original.sha256)
        # The row lock of the collection makes two uploads of one file name take turns.
        Collection.objects.select_for_update().get(id=collection.pk)
        known = _same_bytes(collection, original.sha256)
        if known is not None:
            return Accepted(known.document, known, False, "The same file is being taken in already.")
        document, created = Document.objects.get_or_create(
            collection=collection,
            file_name=original.file_name,
            defaults={
                "title": title[:300] or original.file_name,
                "audience": collection.audience,
                "created_by": made.by,
            },
        )
        version = queue_version(document, original, made)
    note = "Queued." if created else f"Queued as version {version.number} of “{document.title}”."
    return Accepted(document, version, True, note)


def queue_version(document: Document, original: Original, made: Made) -> Version:
    """Add the next version of a document to the queue; rings when the transaction commits."""
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        document=document,
        number=last + 1,
        sha256=original.sha256,
        media_type=original.media_type,
        size=original.size,
        origin=made.origin,
        made_by=made.by,
        rung_at=Now(),
    )
    document.latest_version = version
    document.save(update_fields=["latest_version", "updated_at"])
    transaction.on_commit(lambda: ring(version.id))
    return version


def ring(version_id: uuid.UUID) -> None:
    """Tell the queue; when Redis is away the reconciler tells it later."""
    try:
        ingest_version.delay(str(version_id))
    except OperationalError:
        log.warning("the queue is away; version %s waits for the reconciler", version_id)
        Version.objects.filter(id=version_id).update(rung_at=None)


def _same_bytes(collection: Collection, sha256: str) -> Version | None:
    """Return a document's latest version that has these bytes and is ready or on its way."""
    return (
        Version.objects.filter(
            sha256=sha256,
            document__collection=collection,
            state__in=[State.QUEUED, State.WORKING, State.READY],
            document__latest_version_id=F("id"),
        )
        .select_related("document")
        .first()
    )
