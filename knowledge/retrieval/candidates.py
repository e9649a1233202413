"""Candidates: one statement that finds chunks by vector and by word, and scores both ways.

One statement sees one snapshot: a swap that commits meanwhile is seen wholly or not at
all. Visibility is part of it, never a filter afterwards.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from knowledge.embedding import Vectors
from knowledge.models import EmbeddingSet
from knowledge.retrieval.lexical import K1, B, Corpus, LexicalQuery

POOL = 60  # candidates from each side
FIELD_WEIGHTS = {"A": 1.5, "B": 1.5, "D": 1.0}  # title, headings, body

VISIBLE = """
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    JOIN knowledge_collection k ON k.id = d.collection_id
    WHERE d.is_published AND (d.expires_on IS NULL OR d.expires_on > current_date)
    AND d.audience = ANY(%(audiences)s) AND k.id = ANY(%(collections)s) AND c.is_searchable
"""
STATEMENT = """
WITH dense AS MATERIALIZED (
    SELECT c.id
    FROM knowledge_embedding e JOIN knowledge_chunk c ON c.id = e.chunk_id
    {visible} AND e.embedding_set_id = {set_id} AND e.is_searchable
    ORDER BY e.vector::halfvec({width}) <=> %(vector)s::halfvec({width})
    LIMIT %(pool)s
), matched AS MATERIALIZED (
    SELECT c.id FROM knowledge_chunk c {visible} AND c.lexemes @@ %(finding)s::tsquery
), query AS (
    SELECT * FROM unnest(%(names)s::text[], %(weights)s::float8[]) AS query(lexeme, weight)
), scored AS (
    SELECT c.id, sum(
        query.weight * frequency.n * ({k1} + 1)
        / (frequency.n + {k1} * (1 - {b} + {b} * c.lexeme_count / %(mean_length)s))
    ) AS bm25
    FROM (SELECT id FROM dense UNION SELECT id FROM matched) pool
    JOIN knowledge_chunk c ON c.id = pool.id
    CROSS JOIN LATERAL unnest(c.lexemes) AS held(lexeme, positions, letters)
    JOIN query ON query.lexeme = held.lexeme
    CROSS JOIN LATERAL (
        SELECT sum(CASE letter WHEN 'A' THEN {a_weight} WHEN 'B' THEN {b_weight} ELSE {d_weight} END) AS n
        FROM unnest(held.letters) AS letter
    ) frequency
    GROUP BY c.id
), chosen AS (
    SELECT id FROM dense
    UNION (SELECT id FROM scored ORDER BY bm25 DESC, id LIMIT %(pool)s)
)
SELECT c.id, d.id, c.version_id, d.title, c.heading_path, c.page, c.start, c."end", c.text, c.kind,
       c.question, c.language,
       1 - (e.vector::halfvec({width}) <=> %(vector)s::halfvec({width})) AS cosine,
       coalesce(scored.bm25, 0) AS bm25
FROM chosen
JOIN knowledge_chunk c ON c.id = chosen.id
JOIN knowledge_document d ON d.live_version_id = c.version_id
JOIN knowledge_embedding e ON e.chunk_id = c.id AND e.embedding_set_id = {set_id}
LEFT JOIN scored ON scored.id = c.id
"""


def fetch(
    embedding_set: EmbeddingSet,
    vector: Vectors,
    query: LexicalQuery,
    corpus: Corpus,
    scope: Mapping[str, Any],
) -> list[tuple[Any, ...]]:
    """Return the candidates' columns, cosine and BM25 score; at most twice ``POOL`` rows, in no order."""
    statement = STATEMENT.format(
        visible=VISIBLE,
        set_id=embedding_set.pk,
        width=embedding_set.dimensions,
        k1=K1,
        b=B,
        a_weight=FIELD_WEIGHTS["A"],
        b_weight=FIELD_WEIGHTS["B"],
        d_weight=FIELD_WEIGHTS["D"],
    )
    with connection.cursor() as cursor:
        # Filtered questions must not run dry: the index goes on until enough rows pass (pgvector 0.8).
        cursor.execute("SET hnsw.iterative_scan = relaxed_order; SET hnsw.ef_search = 100")
        cursor.execute(
            statement,
            {
                "vector": "[" + ",".join(f"{value:.6f}" for value in vector) + "]",
                "pool": POOL,
                "finding": query.finding,
                "names": list(query.weights),
                "weights": list(query.weights.values()),
                "mean_length": corpus.mean_length,
                **scope,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
