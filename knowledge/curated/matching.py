"""Matching: from a customer's question to the one curated answer that answers it, if there is one.

One statement finds the nearest wording of each answer that the scope may see; visibility is
part of it. The scan is exact: curated answers are thousands, not millions, and only an
exact scan knows the runner-up.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from knowledge.curated.agreeing import agree, normalised, overlap
from knowledge.curated.judging import MATCH_FROM, Likeness, probability
from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable, Vectors, literal
from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import active_set
from knowledge.language import detect
from knowledge.models import CuratedAnswer, EmbeddingSet
from knowledge.retrieval import Scope

log = logging.getLogger(__name__)
LONGEST_QUESTION = 2000  # characters, as search reads them; no curated question is as long
MOST_WORDS = 60  # longer questions tell a story that no curated question foresaw

STATEMENT = """
WITH nearest AS (
    SELECT DISTINCT ON (q.answer_id) q.answer_id, q.text, q.language, q.wording = %(wording)s AS exact,
           {cosine} AS cosine
    FROM knowledge_curatedquestion q
    JOIN knowledge_curatedanswer a ON a.id = q.answer_id
    JOIN knowledge_collection k ON k.id = a.collection_id
    {vectors}
    WHERE a.is_enabled AND (a.expires_on IS NULL OR a.expires_on > current_date)
    AND a.audience = ANY(%(audiences)s) AND {shelves}
    AND (q.wording = %(wording)s OR {has_vector})
    ORDER BY q.answer_id, exact DESC, cosine DESC, q.ordinal
)
SELECT n.exact, n.cosine, n.text, n.language, a.id, a.text, a.language, a.source_url,
       d.id, d.live_version_id, coalesce(d.title, '')
FROM nearest n
JOIN knowledge_curatedanswer a ON a.id = n.answer_id
LEFT JOIN knowledge_document d ON d.id = a.document_id AND d.live_version_id IS NOT NULL AND d.is_published
    AND (d.expires_on IS NULL OR d.expires_on > current_date) AND d.audience = ANY(%(audiences)s)
ORDER BY n.exact DESC, n.cosine DESC, a.updated_at DESC, a.id DESC
LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class CuratedMatch:
    """A curated answer for one question, with what it may be cited by.

    ``question`` is the wording that matched, ``score`` the probability that it asks the same.
    Without a document that the scope may read, the three of the document are empty; ``url``
    is the source address that staff gave.
    """

    answer_id: int
    question: str
    text: str
    language: str
    document_id: uuid.UUID | None
    version_id: uuid.UUID | None
    title: str
    url: str
    score: float


def match(question: str, scope: Scope) -> CuratedMatch | None:
    """Return the curated answer to a question, or None; the exact wording always matches.

    While the embedder is away only exact wordings match.
    """
    found = nearest(question, scope)
    if found is None or found[0].score < MATCH_FROM:
        return None
    return found[0]


def nearest(question: str, scope: Scope) -> tuple[CuratedMatch, Likeness | None] | None:
    """Return the curated answer whose question is nearest, however far, and how alike they are.

    The likeness is None for the exact wording. For benches and for staff who try a question.
    """
    question = question.replace("\x00", " ")[:LONGEST_QUESTION].strip()
    wording = normalised(question)
    if not wording:
        return None
    embedding_set = active_set()
    vector = _vector(embedding_set, question)
    rows = _nearest(wording, scope, embedding_set, vector)
    if not rows:
        return None
    likeness = None if rows[0][0] else _likeness(question, rows)
    return _match(rows[0], 1.0 if likeness is None else probability(likeness)), likeness


def count_hit(answer_id: int) -> None:
    """Count that a customer was given an answer; one statement, no lock that outlives it."""
    CuratedAnswer.objects.filter(id=answer_id).update(hits=F("hits") + 1, last_hit_at=Now())


def _vector(embedding_set: EmbeddingSet | None, question: str) -> Vectors | None:
    if embedding_set is None or len(question.split()) > MOST_WORDS:
        return None
    try:
        return question_vector(embedding_set, question)
    except (EmbedderUnavailable, EmbedderMismatch) as error:
        log.warning("only exact wordings of curated questions match: %s", error)
        return None


def _nearest(
    wording: str, scope: Scope, embedding_set: EmbeddingSet | None, vector: Vectors | None
) -> list[tuple[Any, ...]]:
    parts = {"cosine": "0.0", "vectors": "", "has_vector": "false"}
    if embedding_set is not None and vector is not None:
        width = embedding_set.dimensions
        parts = {
            "cosine": f"coalesce(1 - (v.vector::halfvec({width}) <=> %(vector)s::halfvec({width})), 0.0)",
            "vectors": "LEFT JOIN knowledge_curatedvector v"
            f" ON v.question_id = q.id AND v.embedding_set_id = {embedding_set.pk}",
            "has_vector": "v.id IS NOT NULL",
        }
    shelves = "k.slug = ANY(%(collections)s)" if scope.collections else "NOT k.is_scratch"
    values = {
        "wording": wording,
        "audiences": list(scope.audiences),
        "collections": list(scope.collections),
        "vector": None if vector is None else literal(vector),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(shelves=shelves, **parts), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _likeness(question: str, rows: Sequence[tuple[Any, ...]]) -> Likeness:
    """Compare with the nearest wording; one in another language does not agree: who would read its answer?"""
    _, cosine, known, language, *_ = rows[0]
    readable = not language or detect(question, default=language) == language
    return Likeness(
        cosine=float(cosine),
        lead=float(cosine) - float(rows[1][1]) if len(rows) > 1 else None,
        overlap=overlap(question, known, language or "en"),
        agrees=readable and agree(question, known),
    )


def _match(row: tuple[Any, ...], score: float) -> CuratedMatch:
    _, _, known, _, answer_id, text, language, url, document_id, version_id, title = row
    return CuratedMatch(answer_id, known, text, language, document_id, version_id, title, url, score)
