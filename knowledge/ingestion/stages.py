"""Stages: what happens to a version between the claim and the swap.

Every stage writes through the claim's fence and may be repeated: a second attempt finds
what the first one stored and does only the rest.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast, Now

from knowledge.chunking import ChunkDraft
from knowledge.embedding import get_embedder
from knowledge.ingestion.claims import Claim
from knowledge.lexemes import lexemes
from knowledge.lexical_index import BODY, HEADING, TITLE, vector_of
from knowledge.models import (
    Chunk,
    Collection,
    Document,
    Embedding,
    EmbeddingSet,
    State,
    Version,
)
from knowledge.parsing.base import ParsedDocument

WRITE_BATCH = 500  # rows per statement


def embedded_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """Return what is embedded for a chunk: its place first, so that "it" has a name."""
    place = " › ".join(part for part in (title, *heading_path) if part)
    return f"{place}\n{text}" if place else text


def store_chunks(claim: Claim, title: str, parsed: ParsedDocument, drafts: Sequence[ChunkDraft]) -> None:
    """Store text, blocks and chunks of a version; chunks of an earlier attempt that still fit are kept."""
    rows = [_chunk(claim, title, draft) for draft in drafts]
    with claim.fenced() as version:
        version.text = parsed.text
        version.blocks = [block.to_json() for block in parsed.blocks]
        version.language, version.pages = parsed.language, parsed.pages
        version.save(update_fields=["text", "blocks", "language", "pages"])
        kept = dict(version.chunks.values_list("ordinal", "content_hash"))
        stale = [row.ordinal for row in rows if kept.get(row.ordinal, row.content_hash) != row.content_hash]
        version.chunks.exclude(ordinal__lt=len(rows)).delete()
        version.chunks.filter(ordinal__in=stale).delete()
        missing = [row for row in rows if row.ordinal not in kept or row.ordinal in stale]
        Chunk.objects.bulk_create(missing, batch_size=WRITE_BATCH)


def _chunk(claim: Claim, title: str, draft: ChunkDraft) -> Chunk:
    fields = [(TITLE, title, draft.language), (BODY, draft.text, draft.language)]
    fields += [(HEADING, heading, draft.language) for heading in draft.heading_path]
    vector, _ = vector_of(fields)
    text = embedded_text(title, draft.heading_path, draft.text)
    return Chunk(
        version_id=claim.version_id,
        ordinal=draft.ordinal,
        text=draft.text,
        kind=draft.kind,
        question=draft.question,
        heading_path=list(draft.heading_path),
        page=draft.page,
        last_page=draft.last_page,
        start=draft.start,
        end=draft.end,
        language=draft.language,
        content_hash=sha256(text.encode()).hexdigest(),
        lexemes=Cast(Value(vector), SearchVectorField()),
        lexeme_count=len(lexemes(draft.text, draft.language)),
    )


def embed_chunks(claim: Claim, title: str, embedding_set: EmbeddingSet) -> int:
    """Embed the chunks that have no vector yet; return how many had to be computed.

    The model runs outside any transaction; each batch is stored through the fence.
    """
    total = Chunk.objects.filter(version_id=claim.version_id).count()
    with claim.fenced():
        _reuse_vectors(claim, embedding_set)
    missing = list(
        Chunk.objects.filter(version_id=claim.version_id)
        .exclude(embeddings__embedding_set=embedding_set)
        .only("id", "heading_path", "text")
        .order_by("ordinal")
    )
    embedder = get_embedder()
    claim.report("embedding", total - len(missing), total)
    for first in range(0, len(missing), settings.EMBEDDER_BATCH):
        claim.check()
        batch = missing[first : first + settings.EMBEDDER_BATCH]
        vectors = embedder.embed_passages(
            [embedded_text(title, chunk.heading_path, chunk.text) for chunk in batch]
        )
        with claim.fenced() as version:
            Embedding.objects.bulk_create(
                Embedding(chunk=chunk, embedding_set=embedding_set, vector=vector)
                for chunk, vector in zip(batch, vectors, strict=True)
            )
            version.done = total - len(missing) + first + len(batch)
            version.save(update_fields=["done"])
    return len(missing)


def _reuse_vectors(claim: Claim, embedding_set: EmbeddingSet) -> None:
    """Copy vectors of identical content: an unchanged paragraph is never embedded again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO knowledge_embedding (chunk_id, embedding_set_id, vector)
            SELECT DISTINCT ON (mine.id) mine.id, known.embedding_set_id, known.vector
            FROM knowledge_chunk mine
            JOIN knowledge_chunk twin ON twin.content_hash = mine.content_hash AND twin.id <> mine.id
            JOIN knowledge_embedding known ON known.chunk_id = twin.id AND known.embedding_set_id = %(set)s
            WHERE mine.version_id = %(version)s
            ON CONFLICT DO NOTHING
            """,
            {"version": claim.version_id, "set": embedding_set.pk},
        )


def swap(claim: Claim) -> None:
    """Make the version live in one transaction: customers read the old one before and only this one after.

    Chunks of the former version go; its text and blocks stay for the citations that point to them.
    """
    with transaction.atomic():
        # Collection, document, version: the order in which all writers lock, or two of them could wait
        # for each other. The collection's lock also gives its statistics one writer at a time.
        collections = Collection.objects.select_for_update(of=("self",))
        collection = collections.filter(documents__versions=claim.version_id).first()
        documents = Document.objects.select_for_update(of=("self",))
        document = documents.filter(versions=claim.version_id).first()
        with claim.fenced() as version:
            if collection is not None and document is not None:
                _go_live(collection, document, version)


def _go_live(collection: Collection, document: Document, version: Version) -> None:
    """Put a version in the place of the one before it, unless a newer one stands there already."""
    live = document.live_version_id
    if live and Version.objects.filter(id=live, number__gt=version.number).exists():
        _finish(version, State.CANCELLED, "A newer version is live already.")
        return
    if live and live != version.id:
        withdraw(collection, live)
    _count(collection, version.id, sign=1)
    document.live_version = version
    document.language = version.language
    document.save(update_fields=["live_version", "language", "updated_at"])
    _finish(version, State.READY)


def withdraw(collection: Collection, version_id: Any) -> None:
    """Take a version's chunks out of the index and out of the statistics (collection row locked)."""
    _count(collection, version_id, sign=-1)
    Chunk.objects.filter(version_id=version_id).delete()


def _finish(version: Version, state: State, reason: str = "") -> None:
    version.state, version.reason, version.stage = state, reason, ""
    version.lease_until = None
    version.save(update_fields=["state", "reason", "stage", "lease_until"])
    Version.objects.filter(id=version.id).update(finished_at=Now())


def _count(collection: Collection, version_id: Any, sign: int) -> None:
    """Add (or subtract) a version's chunks to the BM25 figures of its collection."""
    counts: Counter[str] = Counter()
    chunks = words = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(lexemes), lexeme_count FROM knowledge_chunk WHERE version_id = %s",
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
