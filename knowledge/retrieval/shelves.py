"""Shelves: the collections that a search may look in, and the figures that weigh its words.

Read anew for every question, each in one statement without the ORM: what is asked just after an
embedding finds the processor's caches empty, and building these statements then took as long
as the database did (docs/evaluation.md, "Speed and memory").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from knowledge.querysets import WRITTEN

SEEN = "CASE WHEN cardinality(%(slugs)s::text[]) = 0 THEN NOT is_scratch ELSE slug = ANY(%(slugs)s) END"
SHELVES = """
SELECT id, chunk_count, lexeme_total, {seen},
       ARRAY(SELECT language FROM written WHERE shelf = id AND language IS NOT NULL)
FROM knowledge_collection
"""
IN_SCOPE = "SELECT id FROM knowledge_collection WHERE {seen}"
STATEMENT = (WRITTEN.format(shelves=IN_SCOPE) + SHELVES).format(seen=SEEN)
COUNTS = """
SELECT lexeme, coalesce(sum(chunks) FILTER (WHERE collection_id = ANY(%(collections)s)), 0), sum(chunks)
FROM knowledge_lexemestatistic WHERE lexeme = ANY(%(lexemes)s) GROUP BY lexeme
"""


@dataclass(frozen=True, slots=True)
class Shelves:
    """What may be looked in: ids of collections, their chunks and lexemes, the languages they hold.

    ``everywhere`` is the number of chunks in all collections, seen or not: the index holds them all.
    """

    collections: list[int]
    languages: list[str]
    chunks: int
    lexemes: int
    everywhere: int

    @property
    def mean_length(self) -> float:
        """Return the lexemes of an average chunk, at least 1."""
        return max(self.lexemes / max(self.chunks, 1), 1.0)


def shelves_seen(slugs: Sequence[str]) -> Shelves:
    """Return the collections with these slugs; without any, all but those of evaluations."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"slugs": list(slugs)})
        rows = cursor.fetchall()
    seen = [row for row in rows if row[3]]
    return Shelves(
        collections=[row[0] for row in seen],
        languages=sorted({language for row in seen for language in row[4]}),
        chunks=sum(row[1] for row in seen),
        lexemes=sum(row[2] for row in seen),
        everywhere=sum(row[1] for row in rows),
    )


def counts(lexemes: Sequence[str], collections: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Return in how many chunks lexemes stand: of the collections, and of all."""
    if not lexemes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"lexemes": list(lexemes), "collections": list(collections)})
        return {lexeme: (int(own), int(everywhere)) for lexeme, own, everywhere in cursor.fetchall()}
