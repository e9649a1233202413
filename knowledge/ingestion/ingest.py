"""Ingest: the one function that turns a queued version into a live one, or says why not.

It may be called twice, in parallel, or after a crash, with one effect: the claim lets
one caller in, the fence keeps a late writer out, and every stage continues where the
last attempt stopped.
"""

import logging
import re
import threading
import uuid
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from knowledge.chunking import split
from knowledge.embedding import EmbedderMismatch
from knowledge.embedding.sets import ensure_active_set
from knowledge.errors import PermanentError, TransientError
from knowledge.ingestion import checking, originals, overlaying, stages, versions
from knowledge.ingestion.claims import Cancelled, Claim, ClaimLost, claim
from knowledge.models import State, Version
from knowledge.parsing.base import ParsedDocument
from knowledge.parsing.sandbox import Limits, ParserSandbox

log = logging.getLogger(__name__)
_loading = threading.Lock()  # a worker's threads would load a model once each, were they to begin together


@lru_cache(maxsize=1)
def sandbox() -> ParserSandbox:
    """Return this process's parser sandbox, kept warm between files."""
    return ParserSandbox(Limits(seconds=settings.PARSE_SECONDS))


def ingest(version_id: uuid.UUID) -> None:
    """Claim a version and take it through reading, splitting, embedding and the swap.

    Returns without effect when another worker has it. Failures end in the row: a permanent
    one with its reason, a transient one back in the queue until attempts run out.
    """
    held = claim(version_id)
    if held is None:
        return
    with held:
        try:
            _work(held)
        except Cancelled:
            _end(held, State.CANCELLED, "Cancelled by staff.")
        except ClaimLost:
            log.info("version %s was taken over; this attempt ends", version_id)
        except PermanentError as error:
            _end(held, State.FAILED, str(error))
        except FileNotFoundError:
            _end(held, State.FAILED, "The original file is gone from storage: upload it again.")
        except EmbedderMismatch as error:
            _end(held, State.FAILED, str(error))
        except TransientError as error:
            _again(held, str(error))


def _work(held: Claim) -> None:
    version = Version.objects.select_related("document").get(id=held.version_id)
    if held.attempt > settings.INGEST_ATTEMPTS:
        raise PermanentError(
            f"Gave up after {settings.INGEST_ATTEMPTS} attempts: the worker died each time. "
            "Look into the worker's log and its memory, then retry."
        )
    parsed = _read(version)
    held.check()
    overlaid = overlaying.overlay(version, parsed)
    drafts = split(overlaid.parsed, overlaid.cuts, overlaid.joins)
    if not drafts:
        raise PermanentError("There is no text in this file that could answer a question.")
    _name(version, parsed)
    stages.store_chunks(held, version.document.title, overlaid, drafts)
    with _loading:
        embedding_set = ensure_active_set()
    stages.embed_chunks(held, version.document.title, embedding_set)
    overlaying.settle(held, version, parsed, overlaid)
    checking.check(held, version, overlaid, embedding_set)
    versions.swap(held, version.document_id)
    versions.clear_unmade(version.document_id)


def _read(version: Version) -> ParsedDocument:
    with _loading:
        parser = sandbox()
    with originals.local_copy(version.sha256) as path:
        return parser.parse(path, version.media_type)


def _name(version: Version, parsed: ParsedDocument) -> None:
    """Give a document that still has its file's name the title it gives itself, or a readable one."""
    document = version.document
    if document.title == document.file_name:
        stem = " ".join(re.split(r"[\s_-]+", Path(document.file_name).stem)).strip()
        document.title = (parsed.title or stem[:1].upper() + stem[1:] or document.file_name)[:300]
        document.save(update_fields=["title"])


def _end(held: Claim, state: State, reason: str) -> None:
    mine = Version.objects.filter(id=held.version_id, attempt=held.attempt, state=State.WORKING)
    if mine.update(state=state, reason=reason, lease_until=None, finished_at=Now()):
        versions.hide_unmade(held.version_id)


def _again(held: Claim, reason: str) -> None:
    """Put the version back; the reconciler rings for it after a moment."""
    if held.attempt >= settings.INGEST_ATTEMPTS:
        _end(held, State.FAILED, f"{reason} Tried {held.attempt} times; retry when it is mended.")
        return
    with transaction.atomic():
        Version.objects.filter(id=held.version_id, attempt=held.attempt, state=State.WORKING).update(
            state=State.QUEUED, reason=reason, lease_until=None, rung_at=Now()
        )
