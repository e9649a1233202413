"""Liveness: which state of our knowledge somebody sees, so that what was built from another is not given.

Everything that could change what is found, or what is given instead, is part of the state:
the live versions of visible documents, their titles and pins, curated answers with their
wordings and vectors, the shelves, and the embedder. It is read, not counted up: no writer can forget it.
"""

from django.db import connection

from knowledge.retrieval.search import Scope

STATEMENT = """
WITH shelf AS MATERIALIZED (SELECT k.id FROM knowledge_collection k WHERE {shelves}),
curated AS MATERIALIZED (
    SELECT a.id, a.text, a.updated_at FROM knowledge_curatedanswer a
    WHERE a.collection_id IN (SELECT id FROM shelf) AND a.is_enabled AND a.audience = ANY(%(audiences)s)
    AND (a.expires_on IS NULL OR a.expires_on > current_date)
)
SELECT md5(concat_ws('|',
    (SELECT max(id) FROM knowledge_embeddingset WHERE is_active),
    (SELECT string_agg(id::text, ',' ORDER BY id) FROM shelf),
    (SELECT count(*) || ':' || bit_xor(hashtextextended(
        concat_ws('|', d.id, d.live_version_id, d.is_pinned, d.language, d.title), 0))
     FROM knowledge_document d
     WHERE d.collection_id IN (SELECT id FROM shelf) AND d.live_version_id IS NOT NULL AND d.is_published
     AND d.audience = ANY(%(audiences)s) AND (d.expires_on IS NULL OR d.expires_on > current_date)),
    (SELECT count(*) || ':' || bit_xor(hashtextextended(concat_ws('|', id, updated_at, text), 0))
     FROM curated),
    (SELECT count(*) || ':' || count(v.id) || ':' ||
            bit_xor(hashtextextended(concat_ws('|', q.id, q.wording), 0))
     FROM knowledge_curatedquestion q LEFT JOIN knowledge_curatedvector v ON v.question_id = q.id
     WHERE q.answer_id IN (SELECT id FROM curated))
))
"""


def knowledge_state(scope: Scope) -> str:
    """Return a digest of the knowledge that a scope sees now; another digest means other knowledge."""
    shelves = "k.slug = ANY(%(collections)s)" if scope.collections else "NOT k.is_scratch"
    values = {"audiences": list(scope.audiences), "collections": list(scope.collections)}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(shelves=shelves), values)
        digest: str = cursor.fetchone()[0]
    return digest
