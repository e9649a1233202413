"""Baselines: what plain BM25, plain vectors and their rank fusion make of the same chunks and vectors.

All are exact and computed in memory: BM25 with k1 1.2 and b .75 over the stored lexemes, every
field alike; cosines over all vectors; reciprocal rank fusion with k 60 of both.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from django.db import connection

from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import active_set
from knowledge.lexemes import query_lexemes
from knowledge.models import Collection, EmbeddingSet
from supportbot.measuring.scratch import Names

K1, B = 1.2, 0.75
SMOOTHING = 60
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_CHUNKS = """
SELECT c.id, c.version_id, d.id, e.vector::text
FROM knowledge_document d
JOIN knowledge_chunk c ON c.version_id = d.live_version_id
JOIN knowledge_embedding e ON e.chunk_id = c.id AND e.embedding_set_id = %s
WHERE d.collection_id = %s AND c.is_searchable ORDER BY c.id
"""
_POSTINGS = """
SELECT c.id, held.lexeme, cardinality(held.positions)
FROM knowledge_document d
JOIN knowledge_chunk c ON c.version_id = d.live_version_id
CROSS JOIN LATERAL unnest(c.lexemes) AS held(lexeme, positions, letters)
WHERE d.collection_id = %s AND c.is_searchable
"""


class Baselines:
    """The chunks of one collection in memory, ranked in three plain ways."""

    def __init__(self, collection: Collection, names: Names) -> None:
        embedding_set = active_set()
        if embedding_set is None:
            raise ValueError("There are no vectors: ingest something first.")
        self._set: EmbeddingSet = embedding_set
        with connection.cursor() as cursor:
            cursor.execute(_CHUNKS, [self._set.pk, collection.pk])
            rows = cursor.fetchall()
            cursor.execute(_POSTINGS, [collection.pk])
            postings = cursor.fetchall()
        self._documents = [names.get(document, []) for _, _, document, _ in rows]
        vectors = [np.array(text.strip("[]").split(","), dtype=np.float64) for *_, text in rows]
        self._vectors = np.stack(vectors) if vectors else np.zeros((0, self._set.dimensions))
        self._vectors /= np.maximum(np.linalg.norm(self._vectors, axis=1, keepdims=True), 1e-9)
        self._index(postings, {chunk: place for place, (chunk, *_) in enumerate(rows)})

    def rankings(self, question: str, languages: Sequence[str]) -> dict[str, list[str]]:
        """Return the documents of the set, best first, by each baseline."""
        words = self._ranked(self._bm25(question, languages))
        meaning = self._ranked(self._vectors @ question_vector(self._set, question).astype(np.float64))
        return {"bm25": words, "dense": meaning, "rrf": fused(words, meaning)}

    def _index(self, postings: Sequence[tuple[int, str, int]], places: dict[int, int]) -> None:
        self._lengths = np.zeros(len(places))
        self._postings: dict[str, list[tuple[int, int]]] = {}
        for chunk, lexeme, count in postings:
            if chunk in places:
                self._lengths[places[chunk]] += count
                self._postings.setdefault(lexeme, []).append((places[chunk], count))

    def _bm25(self, question: str, languages: Sequence[str]) -> Floats:
        scores = np.zeros(len(self._documents))
        mean = max(float(self._lengths.mean()) if len(self._lengths) else 1.0, 1.0)
        lexemes = {lexeme for language in languages for lexeme in query_lexemes(question, language)}
        for lexeme in sorted(lexemes & self._postings.keys()):
            held = self._postings[lexeme]
            weight = math.log(1 + (len(self._documents) - len(held) + 0.5) / (len(held) + 0.5))
            for place, count in held:
                length = 1 - B + B * self._lengths[place] / mean
                scores[place] += weight * count * (K1 + 1) / (count + K1 * length)
        return scores

    def _ranked(self, scores: Floats) -> list[str]:
        """Return the documents by their best chunk; those without a point are not found."""
        return list(dict.fromkeys(self._by_score(scores)))

    def _by_score(self, scores: Floats) -> Iterator[str]:
        for place in np.argsort(-scores, kind="stable"):
            if scores[place] <= 0:
                return
            yield from self._documents[place]


def fused(*rankings: Sequence[str]) -> list[str]:
    """Return the reciprocal rank fusion of rankings (Cormack, Clarke and Büttcher, 2009)."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (SMOOTHING + rank)
    return sorted(scores, key=lambda name: (-scores[name], name))
