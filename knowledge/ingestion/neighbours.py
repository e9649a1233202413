"""Neighbours: the passages of other documents that are nearest to those of a version in the making."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from knowledge.models import EmbeddingSet, Version

NEAREST = 5
MOST_CHUNKS = 200  # of a version; more are not looked at
BATCH = 50  # chunks to a statement, so that none runs long
NEAR = 0.86  # cosine; below it sentences are hardly ever nearly the same

CHANGED = """
SELECT mine.id, mine.text, mine.heading_path, mine.kind, mine.language, mine.start
FROM knowledge_chunk mine
WHERE mine.version_id = %(version)s AND NOT mine.is_disabled AND NOT EXISTS (
    SELECT FROM knowledge_chunk known
    WHERE known.version_id = %(live)s AND known.content_hash = mine.content_hash
)
ORDER BY mine.ordinal LIMIT %(most)s
"""
STATEMENT = """
SELECT mine.id, near.document_id, near.id, near.text, near.heading_path, near.kind, near.language, near.title
FROM knowledge_embedding own
JOIN knowledge_chunk mine ON mine.id = own.chunk_id
CROSS JOIN LATERAL (
    SELECT d.id AS document_id, c.id, c.text, c.heading_path, c.kind, c.language, d.title,
           e.vector::halfvec({width}) <=> own.vector::halfvec({width}) AS distance
    FROM knowledge_embedding e
    JOIN knowledge_chunk c ON c.id = e.chunk_id
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    JOIN knowledge_collection k ON k.id = d.collection_id
    WHERE e.embedding_set_id = {set_id} AND e.is_searchable AND d.id <> %(document)s
    AND (k.id = %(collection)s OR NOT (k.is_scratch OR %(is_scratch)s))
    ORDER BY e.vector::halfvec({width}) <=> own.vector::halfvec({width}) LIMIT {nearest}
) near
WHERE own.embedding_set_id = {set_id} AND own.chunk_id = ANY(%(chunks)s) AND near.distance <= {reach}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A passage as the checks read it."""

    id: int
    text: str
    heading_path: tuple[str, ...]
    kind: str
    language: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage of another document, near to the passage ``to``."""

    to: int
    document_id: UUID
    title: str
    said: Said


def changed_passages(version: Version) -> list[Said]:
    """Return the version's passages that the live version does not have, the first few hundred."""
    values = {"version": version.pk, "live": version.document.live_version_id, "most": MOST_CHUNKS}
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, values)
        return [
            Said(number, text, tuple(path), kind, language, start)
            for number, text, path, kind, language, start in cursor.fetchall()
        ]


def neighbours(version: Version, embedding_set: EmbeddingSet, passages: Sequence[Said]) -> list[Neighbour]:
    """Return the nearest passages of other documents, of all shelves staff see (or of one evaluation's)."""
    statement = STATEMENT.format(
        width=embedding_set.dimensions, set_id=embedding_set.pk, nearest=NEAREST, reach=1 - NEAR
    )
    collection = version.document.collection
    found: list[Neighbour] = []
    for first in range(0, len(passages), BATCH):
        values: dict[str, Any] = {
            "document": version.document_id,
            "collection": collection.pk,
            "is_scratch": collection.is_scratch,
            "chunks": [passage.id for passage in passages[first : first + BATCH]],
        }
        with connection.cursor() as cursor:
            # The version's own passages are its nearest by far: the index goes on past them.
            cursor.execute("SET hnsw.iterative_scan = relaxed_order; SET hnsw.ef_search = 40")
            cursor.execute(statement, values)
            for to, document, number, text, path, kind, language, title in cursor.fetchall():
                said = Said(number, text, tuple(path), kind, language)
                found.append(Neighbour(to, document, title, said))
    return found
