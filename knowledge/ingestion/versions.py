"""Versions: which state of a document customers read, and the figures of search that follow from it.

A version goes live, retires and comes back in one transaction that holds the rows of its
collection and its document. The chunks of the latest few versions are kept out of search,
so that a roll-back is a flip and not a day's work. Those of a version that failed or was cancelled
are kept out of search too, until the next one is live: what is the same in it is not embedded again.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from knowledge.embedding.sets import hold_active_set
from knowledge.errors import PermanentError, TransientError
from knowledge.ingestion.claims import Claim
from knowledge.models import Chunk, Collection, Document, Embedding, State, Version

UNMADE = (State.CANCELLED, State.FAILED)
STEP = 1000  # chunks to a transaction, where nobody needs all of them at once
OLD = timedelta(days=1)  # nobody has tried an unmade version again for so long
MOST_OLD = 20  # versions per round, a step of each
HAS_CHUNKS = Exists(Chunk.objects.filter(version=OuterRef("pk")))


@contextmanager
def locked(document_id: uuid.UUID, target_id: int | None = None) -> Iterator[tuple[Collection, Document]]:
    """Give a document and its collection in a transaction that keeps others from changing either.

    Collection, document, version: the order in which all writers lock, or two of them could
    wait for each other. The collection's lock also gives its figures one writer at a time.
    ``target_id`` is another collection to lock, for a move; collections are locked by id.

    Raises:
        PermanentError: The document is gone.
    """
    with transaction.atomic():
        home = Document.objects.filter(id=document_id).values("collection_id")
        wanted = Collection.objects.filter(Q(id__in=home) | Q(id=target_id))
        collections = {row.pk: row for row in wanted.select_for_update(of=("self",)).order_by("id")}
        document = Document.objects.select_for_update(of=("self",)).filter(id=document_id).first()
        collection = collections.get(document.collection_id) if document else None
        if document is None or collection is None:
            raise PermanentError("This document was deleted or moved a moment ago; look again.")
        yield collection, document


def swap(claim: Claim, document_id: uuid.UUID) -> None:
    """Make the version live in one transaction: customers read the old one before and only this one after.

    Raises:
        TransientError: Another embedding set became active; the vectors for it are still to be made.
    """
    with locked(document_id) as (collection, document), claim.fenced() as version:
        if not has_vectors(version, hold_active_set()):
            raise TransientError("The embedding model was changed meanwhile.")
        live = document.live_version_id
        if live and Version.objects.filter(id=live, number__gt=version.number).exists():
            _finish(version, State.CANCELLED, "A newer version is live already.")
            return
        if live and live != version.id:
            _retire(collection, live)
        _count(collection, version.id, sign=1)
        _put_live(document, version)
        _finish(version, State.READY)
        _prune(document)


def bring_back(document_id: uuid.UUID, version_id: uuid.UUID) -> bool:
    """Put an earlier version in the place of the live one, from the next question on.

    Returns:
        False when its chunks or their vectors in the active set are not kept any more.
    """
    with locked(document_id) as (collection, document):
        version = document.versions.select_for_update().filter(id=version_id, state=State.READY).first()
        if version is None or not version.chunks.exists() or not has_vectors(version, hold_active_set()):
            return False
        if document.live_version_id == version.id:
            return True
        if document.live_version_id:
            _retire(collection, document.live_version_id)
        Chunk.objects.filter(version=version, is_disabled=False).update(is_searchable=True)
        Embedding.objects.filter(chunk__version=version).update(is_searchable=True)
        _count(collection, version.id, sign=1)
        _put_live(document, version)
    return True


def has_vectors(version: Version, set_id: int | None) -> bool:
    """Say whether every chunk of a version that may be found has its vector in a set."""
    chunks = Chunk.objects.filter(version=version, is_disabled=False)
    return not chunks.exclude(embeddings__embedding_set=set_id).exists()


def _put_live(document: Document, version: Version) -> None:
    document.live_version = version
    document.language = document.fixed_language or version.language
    document.save(update_fields=["live_version", "language", "updated_at"])


def _retire(collection: Collection, version_id: uuid.UUID) -> None:
    """Take a version's chunks out of the indexes and out of the figures; the rows stay for a roll-back."""
    _count(collection, version_id, sign=-1)
    Chunk.objects.filter(version_id=version_id).update(is_searchable=False)
    Embedding.objects.filter(chunk__version_id=version_id).update(is_searchable=False)


def move(document: Document, target: Collection) -> None:
    """Put a document on another shelf, with its share of the figures (both collection rows locked)."""
    if document.collection_id == target.pk:
        return
    if target.documents.filter(file_name=document.file_name).exists():
        raise PermanentError(f"“{target.name}” already has a document of the file {document.file_name}.")
    if document.live_version_id:
        _count(document.collection, document.live_version_id, sign=-1)
        _count(target, document.live_version_id, sign=1)
    document.collection = target


def withdraw(collection: Collection, version_id: uuid.UUID) -> None:
    """Take a version's chunks away for good (collection row locked)."""
    _count(collection, version_id, sign=-1)
    Chunk.objects.filter(version_id=version_id).delete()


def _prune(document: Document) -> None:
    """Delete the chunks of versions older than the latest few; their text stays for citations."""
    ready = document.versions.filter(state=State.READY).exclude(
        pk__in=[document.live_version_id or uuid.UUID(int=0)]
    )
    stale = ready.order_by("-number").values_list("id", flat=True)[max(settings.VERSIONS_KEPT - 1, 0) :]
    Chunk.objects.filter(version_id__in=list(stale)).delete()


def hide_unmade(version_id: uuid.UUID) -> None:
    """Take the chunks of a version that failed or was cancelled out of the indexes, in steps."""
    while _hide_step(version_id):
        pass


def clear_unmade(document_id: uuid.UUID) -> None:
    """Delete the chunks of a document's versions that failed or were cancelled, in steps."""
    unmade = Version.objects.filter(HAS_CHUNKS, document=document_id, state__in=UNMADE)
    for version_id in list(unmade.values_list("id", flat=True)):
        while _clear_step(version_id):
            pass


def clear_old() -> int:
    """Delete some chunks of versions that failed or were cancelled long ago; return how many.

    Nobody tried again, or a process died before it had hidden or cleared them.
    """
    old = Version.objects.filter(HAS_CHUNKS, state__in=UNMADE, finished_at__lt=Now() - OLD)
    return sum(_clear_step(version_id) for version_id in list(old.values_list("id", flat=True)[:MOST_OLD]))


def _hide_step(version_id: uuid.UUID) -> int:
    with transaction.atomic():
        chunks = _some_unmade(version_id, is_searchable=True)
        Embedding.objects.filter(chunk__in=chunks).update(is_searchable=False)
        return Chunk.objects.filter(pk__in=chunks).update(is_searchable=False)


def _clear_step(version_id: uuid.UUID) -> int:
    with transaction.atomic():
        chunks = _some_unmade(version_id)
        Chunk.objects.filter(pk__in=chunks).delete()
        return len(chunks)


def _some_unmade(version_id: uuid.UUID, **columns: object) -> list[int]:
    """Return chunks for one step and hold their version: who deletes its document waits, or is waited for."""
    held = Version.objects.select_for_update().filter(id=version_id, state__in=UNMADE)
    chunks = Chunk.objects.filter(version__in=list(held.values_list("id", flat=True)), **columns)
    return list(chunks.values_list("id", flat=True)[:STEP])


def _finish(version: Version, state: State, reason: str = "") -> None:
    version.state, version.reason, version.stage = state, reason, ""
    version.lease_until = None
    version.save(update_fields=["state", "reason", "stage", "lease_until"])
    Version.objects.filter(id=version.id).update(finished_at=Now())


def _count(collection: Collection, version_id: uuid.UUID, sign: int) -> None:
    """Add (or subtract) a version's chunks to the BM25 figures of its collection."""
    counts: Counter[str] = Counter()
    chunks = words = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(lexemes), lexeme_count FROM knowledge_chunk"
            " WHERE version_id = %s AND is_searchable",
            [version_id],
        )
        for names, length in cursor.fetchall():
            counts.update(names)
            chunks, words = chunks + 1, words + length
    Collection.objects.filter(id=collection.pk).update(
        chunk_count=F("chunk_count") + sign * chunks, lexeme_total=F("lexeme_total") + sign * words
    )
    if sign > 0:
        _raise_statistics(collection, counts)
    else:
        _lower_statistics(collection, counts)


def _raise_statistics(collection: Collection, counts: Counter[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_lexemestatistic AS known (collection_id, lexeme, chunks)"
            " SELECT %s, * FROM unnest(%s::text[], %s::int[])"
            " ON CONFLICT (lexeme, collection_id) DO UPDATE SET chunks = known.chunks + excluded.chunks",
            [collection.pk, list(counts), list(counts.values())],
        )


def _lower_statistics(collection: Collection, counts: Counter[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE knowledge_lexemestatistic known SET chunks = greatest(known.chunks - gone.n, 0)"
            " FROM unnest(%s::text[], %s::int[]) AS gone(lexeme, n)"
            " WHERE known.collection_id = %s AND known.lexeme = gone.lexeme",
            [list(counts), list(counts.values()), collection.pk],
        )
