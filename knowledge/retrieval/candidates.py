"""Candidates: one statement that finds chunks by vector and by word, and scores both ways.

One statement sees one snapshot: a swap that commits meanwhile is seen wholly or not at
all. Visibility is part of it, never a filter afterwards.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from knowledge.embedding import Vectors, literal, unit
from knowledge.embedding.accents import Tongue
from knowledge.lexical_index import quoted
from knowledge.models import EmbeddingSet
from knowledge.retrieval.lexical import K1, B, Corpus, LexicalQuery
from knowledge.retrieval.planning import Plan

POOL = 60  # candidates from each side
# Of all that a question's words find, those that hold the most weight are scored by BM25: to look at
# every occurrence in a chunk takes fifty times as long as to ask whether a word is there. Of 120 questions
# none found anything else with twice as many.
LIKELY = 120
HEADED = 1.5  # how often a word in the title or a heading counts; in the body once
# Of a query of one word ts_rank_cd is the sum of its occurrences' weights (of D, C, B, A; at most 1). It
# looks the word up, where unnest lays out all the words of a chunk: a quarter of the statement.
OCCURRENCES = f"{HEADED} * ts_rank_cd('{{{1 / HEADED}, {1 / HEADED}, 1, 1}}', pool.lexemes, query.sought)"

# How near a chunk is to the question, as it is compared with passages in the language of its document.
NEAR = "(e.vector::halfvec({width}) <=> %(vector)s::halfvec({width}))"
NEAR_IN_ITS_TONGUE = "(e.vector::halfvec({width}) <=> coalesce(tongue.vector, %(vector)s::halfvec({width})))"
TONGUES = """tongue AS MATERIALIZED (
    SELECT * FROM unnest(%(languages)s::text[], %(vectors)s::text[]::halfvec[], %(lifts)s::float8[])
        AS tongue(language, vector, lift)
), """
OF_TONGUE = "LEFT JOIN tongue ON tongue.language = {language}"
WALK = "SET hnsw.iterative_scan = relaxed_order; SET hnsw.ef_search = {breadth}"
VISIBLE = """
    WHERE d.is_published AND (d.expires_on IS NULL OR d.expires_on > current_date)
    AND d.audience = ANY(%(audiences)s) AND d.collection_id = ANY(%(collections)s) AND c.is_searchable
"""
# The index gives neighbours nearly in order; what may not be seen is left out while it goes on. PostgreSQL
# takes that order for exact and would stop at the first ``pool`` of them: adding 0 makes it sort them all.
BY_INDEX = """
WITH {tongues} walked AS MATERIALIZED (
    SELECT c.id, e.vector::halfvec({width}) <=> %(vector)s::halfvec({width}) AS distance
    FROM knowledge_embedding e
    JOIN knowledge_chunk c ON c.id = e.chunk_id
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    {visible} AND e.embedding_set_id = {set_id} AND e.is_searchable
    ORDER BY e.vector::halfvec({width}) <=> %(vector)s::halfvec({width})
    LIMIT {neighbours}
), {abroad} dense AS MATERIALIZED (
    {nearest}
), matched AS MATERIALIZED (
    SELECT c.id, c.lexemes || ''::tsvector AS lexemes
    FROM knowledge_chunk c JOIN knowledge_document d ON d.live_version_id = c.version_id
    {visible} AND c.lexemes @@ %(finding)s::tsquery
"""
NEAREST = "SELECT id FROM walked ORDER BY distance + 0 LIMIT %(pool)s"
# Those in other languages are further off, and the first walk may not get there.
ABROAD = """abroad AS MATERIALIZED (
    SELECT c.id
    FROM knowledge_embedding e
    JOIN knowledge_chunk c ON c.id = e.chunk_id
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    {visible} AND d.language = ANY(%(languages)s) AND e.embedding_set_id = {set_id} AND e.is_searchable
    ORDER BY e.vector::halfvec({width}) <=> %(abroad)s::halfvec({width})
    LIMIT {neighbours}
), """
NEAREST_IN_ALL = """SELECT both_ways.id
    FROM (SELECT id FROM walked UNION SELECT id FROM abroad) both_ways
    JOIN knowledge_chunk c ON c.id = both_ways.id
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    JOIN knowledge_embedding e ON e.chunk_id = c.id AND e.embedding_set_id = {set_id}
    {of_tongue}
    ORDER BY {near} - {lift} LIMIT %(pool)s"""
# Adding an empty vector unpacks a compressed one once instead of for every word.
# Sorting by a difference, and matching by the operator's function, keep both indexes out of it.
BY_SCAN = """
WITH {tongues} seen AS MATERIALIZED (
    SELECT c.id, c.lexemes, d.language
    FROM knowledge_document d JOIN knowledge_chunk c ON c.version_id = d.live_version_id
    {visible}
), dense AS MATERIALIZED (
    SELECT seen.id
    FROM seen JOIN knowledge_embedding e ON e.chunk_id = seen.id AND e.embedding_set_id = {set_id}
    {of_seen}
    ORDER BY {near} - {lift}
    LIMIT %(pool)s
), matched AS MATERIALIZED (
    SELECT id, lexemes || ''::tsvector AS lexemes FROM seen WHERE ts_match_vq(lexemes, %(finding)s::tsquery)
"""
SCORED = """
), query AS MATERIALIZED (
    SELECT * FROM unnest(%(weights)s::float8[], %(codes)s::float8[], %(sought)s::tsquery[])
        AS query(weight, code, sought)
), likely AS MATERIALIZED (
    SELECT matched.id
    FROM matched CROSS JOIN LATERAL (
        SELECT sum(query.weight) AS weight, max(query.code) AS code
        FROM query WHERE ts_match_vq(matched.lexemes, query.sought)
    ) held
    ORDER BY held.code DESC, held.weight DESC, matched.id
    LIMIT {likely}
), pool AS MATERIALIZED (
    SELECT c.id, c.lexeme_count, c.lexemes || ''::tsvector AS lexemes
    FROM (SELECT id FROM dense UNION SELECT id FROM likely) found JOIN knowledge_chunk c ON c.id = found.id
), scored AS (
    SELECT pool.id, sum(
        query.weight * ({k1} + 1)
        / (1 + {k1} * (1 - {b} + {b} * pool.lexeme_count / %(mean_length)s)
           / ({occurrences}))
    ) AS bm25, sum(query.weight) AS held, max(query.code) AS code
    FROM pool JOIN query ON ts_match_vq(pool.lexemes, query.sought)
    GROUP BY pool.id
), chosen AS (
    SELECT id FROM dense
    UNION (SELECT id FROM scored ORDER BY bm25 DESC, id LIMIT %(pool)s)
)
SELECT c.id, d.id, c.version_id, d.title, c.heading_path, c.page, c.start, c."end", c.text, c.kind,
       c.question, c.language,
       d.is_pinned,
       1 - {near} AS cosine,
       {lift} AS lift,
       coalesce(scored.bm25, 0) AS bm25,
       coalesce(scored.held, 0) AS held,
       coalesce(scored.code, 0) AS code
FROM chosen
JOIN knowledge_chunk c ON c.id = chosen.id
JOIN knowledge_document d ON d.live_version_id = c.version_id
JOIN knowledge_embedding e ON e.chunk_id = c.id AND e.embedding_set_id = {set_id}
LEFT JOIN scored ON scored.id = c.id
{of_tongue}
"""


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """What is asked, as a vector; ``tongues`` say how it is compared with passages in other languages."""

    vector: Vectors
    tongues: tuple[Tongue, ...] = ()


class Candidate(NamedTuple):
    """A chunk that may answer: what is shown of it, and what speaks for it.

    ``lift`` makes the cosines of passages in several languages comparable. ``held`` is the weight of the
    question's lexemes that stand in it, ``code`` how much a code of the question singles it out.
    """

    chunk_id: int
    document_id: uuid.UUID
    version_id: uuid.UUID
    title: str
    heading_path: list[str]
    page: int | None
    start: int
    end: int
    text: str
    kind: str
    question: str
    language: str
    is_pinned: bool
    cosine: float
    lift: float
    bm25: float
    held: float
    code: float


def fetch(
    embedding_set: EmbeddingSet,
    meant: Meant,
    query: LexicalQuery,
    corpus: Corpus,
    scope: Mapping[str, Any],
) -> list[Candidate]:
    """Return the candidates, at most twice ``POOL``, in no order."""
    with connection.cursor() as cursor:
        if corpus.plan is Plan.INDEX:
            # Filtered questions must not run dry: the index goes on until enough rows pass (pgvector 0.8).
            cursor.execute(WALK.format(breadth=corpus.walk.breadth))
        cursor.execute(
            _statement(embedding_set, corpus, is_tongued=bool(meant.tongues)),
            {
                **_vectors(meant),
                "pool": POOL,
                "finding": query.finding,
                "weights": list(query.weights.values()),
                "codes": [query.codes.get(lexeme, 0.0) for lexeme in query.weights],
                "sought": [quoted(lexeme) for lexeme in query.weights],
                "mean_length": corpus.mean_length,
                **scope,
            },
        )
        return [Candidate._make(row) for row in cursor.fetchall()]


def _statement(embedding_set: EmbeddingSet, corpus: Corpus, is_tongued: bool) -> str:
    finding = BY_SCAN if corpus.plan is Plan.SCAN else BY_INDEX
    parts = {"visible": VISIBLE, "set_id": embedding_set.pk, "width": embedding_set.dimensions}
    parts |= {"k1": K1, "b": B, "likely": LIKELY, "neighbours": corpus.walk.neighbours}
    parts |= {"occurrences": OCCURRENCES, "lift": "coalesce(tongue.lift, 0)" if is_tongued else "0"}
    parts["near"] = (NEAR_IN_ITS_TONGUE if is_tongued else NEAR).format(**parts)
    parts["tongues"] = TONGUES if is_tongued else ""
    parts["of_tongue"] = OF_TONGUE.format(language="d.language") if is_tongued else ""
    parts["of_seen"] = OF_TONGUE.format(language="seen.language") if is_tongued else ""
    parts["abroad"] = ABROAD.format(**parts) if is_tongued else ""
    parts["nearest"] = (NEAREST_IN_ALL if is_tongued else NEAREST).format(**parts)
    return (finding + SCORED).format(**parts)


def _vectors(meant: Meant) -> dict[str, Any]:
    values: dict[str, Any] = {"vector": literal(meant.vector)}
    if meant.tongues:
        values["languages"] = [tongue.language for tongue in meant.tongues]
        values["vectors"] = [literal(tongue.vector) for tongue in meant.tongues]
        values["lifts"] = [tongue.lift for tongue in meant.tongues]
        values["abroad"] = literal(unit(np.mean([tongue.vector for tongue in meant.tongues], axis=0)))
    return values
