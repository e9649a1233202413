"""Content: from the bytes of a page to the next version of its own document.

A page owns the document that was made of it, and nobody else's: bytes that staff uploaded
already, or that another page has, are not taken in twice, and what becomes of this page is
then nothing to that document.
"""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from knowledge.errors import PermanentError
from knowledge.ingestion import originals
from knowledge.ingestion.accept import Made, Original, accept_file, queue_version
from knowledge.ingestion.versions import locked
from knowledge.models import Document, Origin, Source, SourcePage, State
from knowledge.parsing.guards import identify
from knowledge.sources.looks import Body, Failed, LeftOut, Look, Same, Why

SYNCED = Made(None, Origin.SYNC)


def taken_in(source: Source, page: SourcePage, look: Look) -> tuple[Look, Document | None]:
    """Queue a page's content when its words changed; return the look as it turned out, and the document."""
    if not isinstance(look, Body):
        return look, page.document
    if page.sha256 and page.document is None:
        reason = "Staff deleted its document: it stays out until it is asked for again."
        return LeftOut(Why.STAFF, reason), None
    if look.sha256 == page.sha256:
        return Same(look.known), page.document
    return _accepted(source, page, look)


def _accepted(source: Source, page: SourcePage, look: Body) -> tuple[Look, Document | None]:
    try:
        with tempfile.NamedTemporaryFile() as copy:
            copy.write(look.data)
            copy.flush()
            if page.document is not None:
                _take_next(page.document, Path(copy.name), look.file_name)
                return look, page.document
            accepted = accept_file(Path(copy.name), look.file_name, source.collection, SYNCED)
    except PermanentError as error:
        return Failed(str(error)), page.document
    if accepted.document.file_name != look.file_name:
        return LeftOut(Why.TWIN, f"It has the same content as “{accepted.document.title}”."), None
    return look, accepted.document


def _take_next(document: Document, path: Path, file_name: str) -> None:
    """Queue bytes as the next version of a document, unless they are the latest one's.

    Raises:
        PermanentError: We do not take the file, or the document is gone.
    """
    media_type = identify(path, file_name, settings.UPLOAD_MAX_MB * 1_000_000)
    digest = originals.fingerprint(path)
    with transaction.atomic():
        originals.hold(digest)
        originals.store(path, digest)
        _queue(document, Original(document.file_name, digest, media_type, path.stat().st_size))


def _queue(document: Document, original: Original) -> None:
    with locked(document.pk) as (_, current):
        latest = current.latest_version
        if (
            latest is None
            or latest.sha256 != original.sha256
            or latest.state in (State.FAILED, State.CANCELLED)
        ):
            queue_version(current, original, SYNCED)
