"""Stages: what happens to a version between the claim and going live.

Every stage writes through the claim's fence and may be repeated: a second attempt finds
what the first one stored and does only the rest.
"""

from collections.abc import Sequence
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Cast

from knowledge.chunking import ChunkDraft
from knowledge.embedding.sets import embedder_of
from knowledge.ingestion.claims import Claim
from knowledge.lexemes import lexemes
from knowledge.lexical_index import BODY, HEADING, TITLE, vector_of
from knowledge.models import Chunk, Embedding, EmbeddingSet, Version
from knowledge.overlays import Overlaid

WRITE_BATCH = 500  # rows per statement
_SAME = ("ordinal", "content_hash", "start", "end", "is_disabled")  # a stored chunk that differs is made anew


def embedded_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """Return what is embedded for a chunk: its place first, so that "it" has a name."""
    place = " › ".join(part for part in (title, *heading_path) if part)
    return f"{place}\n{text}" if place else text


def store_chunks(claim: Claim, title: str, overlaid: Overlaid, drafts: Sequence[ChunkDraft]) -> None:
    """Store text, blocks and chunks of a version; chunks of an earlier attempt that still fit are kept."""
    rows = [_chunk(claim, title, draft) for draft in drafts]
    for row in rows:
        row.is_disabled = overlaid.disables(row.start, row.end)
        row.is_searchable = not row.is_disabled
    parsed = overlaid.parsed
    with claim.fenced() as version:
        version.text = parsed.text
        version.blocks = [block.to_json() for block in parsed.blocks]
        version.placements = [placement.to_json() for placement in overlaid.placements]
        version.language, version.pages = version.document.fixed_language or parsed.language, parsed.pages
        version.stage, version.done, version.total = "embedding", 0, len(rows)
        kept = ["text", "blocks", "placements", "language", "pages", "stage", "done", "total"]
        version.save(update_fields=kept)
        Chunk.objects.bulk_create(_missing(version, rows), batch_size=WRITE_BATCH)


def _missing(version: Version, rows: Sequence[Chunk]) -> list[Chunk]:
    """Return the rows that an earlier attempt has not stored; what it stored and no longer fits goes."""
    kept = {row[0]: row[1:] for row in version.chunks.values_list(*_SAME)}
    if not kept:
        return list(rows)
    fits = {row.ordinal for row in rows if kept.get(row.ordinal) == tuple(getattr(row, c) for c in _SAME[1:])}
    version.chunks.exclude(ordinal__in=fits).delete()
    return [row for row in rows if row.ordinal not in fits]


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
    with claim.fenced() as version:
        _reuse_vectors(claim, embedding_set)
        missing = list(
            Chunk.objects.filter(version_id=claim.version_id, is_disabled=False)
            .exclude(embeddings__embedding_set=embedding_set)
            .only("id", "heading_path", "text")
            .order_by("ordinal")
        )
        total = version.total
        if len(missing) < total:
            version.done = total - len(missing)
            version.save(update_fields=["done"])
    embedder = embedder_of(embedding_set)
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
            version.embedded += len(batch)
            version.save(update_fields=["done", "embedded"])
    return len(missing)


def _reuse_vectors(claim: Claim, embedding_set: EmbeddingSet) -> None:
    """Copy vectors of identical content: an unchanged paragraph is never embedded again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO knowledge_embedding (chunk_id, embedding_set_id, vector, is_searchable)
            SELECT DISTINCT ON (mine.id) mine.id, known.embedding_set_id, known.vector, true
            FROM knowledge_chunk mine
            JOIN knowledge_chunk twin ON twin.content_hash = mine.content_hash AND twin.id <> mine.id
            JOIN knowledge_embedding known ON known.chunk_id = twin.id AND known.embedding_set_id = %(set)s
            WHERE mine.version_id = %(version)s AND NOT mine.is_disabled
            ON CONFLICT DO NOTHING
            """,
            {"version": claim.version_id, "set": embedding_set.pk},
        )
