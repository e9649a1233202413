"""Verifying: does a new set find what the active one finds? Asked before anybody is flipped to it.

The questions are our own documents': those of questions and answers, and headings, each of which
should find its own document again. They cost no labels and are the same for both sets.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import connection

from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable, Vectors, literal
from knowledge.embedding.sets import active_set, verified
from knowledge.models import Chunk, EmbeddingSet

QUESTIONS = 100
ENOUGH = 20  # fewer questions say nothing
MOST_LOST = 0.2  # of the questions, beside the active set; less may be chance, and the better model elsewhere
FIRST = 5  # a document counts as found among the first so many chunks

NEAREST = (
    "SELECT chunk_id FROM knowledge_embedding WHERE embedding_set_id = {set} AND is_searchable"
    " ORDER BY vector::halfvec({width}) <=> %s::halfvec({width}) LIMIT {first}"
)


def compare(new: EmbeddingSet) -> dict[str, Any]:
    """Return how many questions find their own document first, and among the first five, in both sets.

    Without the active one when its model is gone, which may be why another is wanted.

    Raises:
        EmbedderUnavailable: The new set's model did not answer.
        EmbedderMismatch: It is not the one that the set began with.
    """
    probes = _probes()
    current = active_set()
    figures: dict[str, Any] = {"questions": len(probes), "new": _share(new, probes)}
    if current is not None and current.pk != new.pk:
        with suppress(EmbedderUnavailable, EmbedderMismatch):
            figures["active"] = _share(current, probes)
    return figures


def shortfall(figures: Mapping[str, Any]) -> str:
    """Return a sentence when a set finds far less than the active one; empty when it is good enough."""
    found, before = (figures.get(which, {}).get(f"hit@{FIRST}", 0.0) for which in ("new", "active"))
    if figures.get("questions", 0) < ENOUGH or found >= before - MOST_LOST:
        return ""
    return (
        f"It was not activated: it finds {found:.0%} of the questions' documents among the first {FIRST} "
        f"passages, the active set {before:.0%}. Discard it, and choose another model."
    )


def _probes() -> list[tuple[str, str]]:
    """Return questions and the documents they are from, spread over all that can be found."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN question <> '' THEN question
                   ELSE heading_path[array_length(heading_path, 1)] END, version_id::text
            FROM knowledge_chunk
            WHERE is_searchable AND (question <> '' OR heading_path <> '{}')
            ORDER BY md5(content_hash) LIMIT %s
            """,
            [QUESTIONS],
        )
        return list(cursor.fetchall())


def _share(embedding_set: EmbeddingSet, probes: Sequence[tuple[str, str]]) -> dict[str, float]:
    embedder = verified(embedding_set)
    first = among = 0
    for question, version in probes:
        found = _nearest(embedding_set, embedder.embed_query(question))
        first += found[:1] == [version]
        among += version in found
    count = max(len(probes), 1)
    return {"hit@1": round(first / count, 3), f"hit@{FIRST}": round(among / count, 3)}


def _nearest(embedding_set: EmbeddingSet, vector: Vectors) -> list[str]:
    with connection.cursor() as cursor:
        # The planner takes a set's partial index only for a number that stands in the statement.
        cursor.execute(
            NEAREST.format(set=embedding_set.pk, width=embedding_set.dimensions, first=FIRST),
            [literal(vector)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    versions = dict(Chunk.objects.filter(pk__in=ids).values_list("pk", "version_id"))
    return [str(versions[number]) for number in ids if number in versions]
