"""Search: the one front door from a question to passages.

Used by the answer engine, the commands, the evaluation and the API. Who may see what is
decided by the ``Scope`` the caller gives, in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import active_set
from knowledge.language import detect
from knowledge.models import Audience, Collection, Document, LexemeStatistic
from knowledge.passages import Passage
from knowledge.retrieval.candidates import fetch
from knowledge.retrieval.fusion import fuse
from knowledge.retrieval.lexical import Corpus, LexicalQuery, question_lexemes, weigh
from knowledge.retrieval.planning import Plan, plan

LONGEST_QUESTION = 2000  # characters; what follows no longer changes what is asked
MOST_LANGUAGES = 4
PINNED = 0.03  # of a score from 0 to 1: decides among passages that fit equally, never against a better one


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose eyes a search has: the audiences and the collections (by slug; empty: all but scratch ones)."""

    audiences: tuple[str, ...] = (Audience.PUBLIC.value,)
    collections: tuple[str, ...] = ()


def search(question: str, scope: Scope, limit: int = 8) -> list[Passage]:
    """Return the passages that may answer a question, best first; none for a question without words.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the stored vectors.
    """
    question = question[:LONGEST_QUESTION].strip()
    embedding_set = active_set()
    collections = _collections(scope)
    if embedding_set is None or not collections or not any(map(str.isalnum, question)):
        return []
    vector = question_vector(embedding_set, question)
    query, corpus = _lexical(question, [collection.pk for collection in collections])
    rows = fetch(
        embedding_set,
        vector,
        query,
        corpus,
        {"audiences": list(scope.audiences), "collections": [collection.pk for collection in collections]},
    )
    return _ranked(rows, query)[:limit]


def _collections(scope: Scope) -> list[Collection]:
    wanted = Collection.objects.all()
    if scope.collections:
        return list(wanted.filter(slug__in=scope.collections))
    return list(wanted.exclude(is_scratch=True))


def _lexical(question: str, collections: Sequence[int]) -> tuple[LexicalQuery, Corpus]:
    lexemes = question_lexemes(question, _languages(question, collections))
    figures = Collection.objects.filter(id__in=collections).aggregate(
        chunks=Sum("chunk_count"), words=Sum("lexeme_total")
    )
    chunks = figures["chunks"] or 0
    rows = (
        LexemeStatistic.objects.filter(lexeme__in=lexemes)
        .values("lexeme")
        .annotate(own=Sum("chunks", filter=Q(collection_id__in=collections), default=0), all=Sum("chunks"))
        .values_list("lexeme", "own", "all")
    )
    counts = {lexeme: (own, all_over) for lexeme, own, all_over in rows}
    way = plan(chunks)
    frequencies = {lexeme: own for lexeme, (own, _) in counts.items()}
    matches = {
        lexeme: everywhere if way is Plan.INDEX else own for lexeme, (own, everywhere) in counts.items()
    }
    corpus = Corpus(chunks, max((figures["words"] or 0) / max(chunks, 1), 1.0), frequencies, matches, way)
    return weigh(lexemes, corpus), corpus


def _languages(question: str, collections: Sequence[int]) -> list[str]:
    """Return the question's language and those of the documents: a short question's own is a guess."""
    written = (
        Document.objects.filter(collection_id__in=collections, live_version__isnull=False)
        .order_by()
        .values_list("language", flat=True)
        .distinct()[:MOST_LANGUAGES]
    )
    return list(dict.fromkeys([detect(question), *written]))


def _ranked(rows: Sequence[tuple[Any, ...]], query: LexicalQuery) -> list[Passage]:
    best = query.best or 1.0
    shares = [min(row[14] / best, 1.0) for row in rows]
    scores = fuse([row[13] for row in rows], shares)
    passages = [
        Passage(
            chunk_id=row[0],
            document_id=row[1],
            version_id=row[2],
            title=row[3],
            heading_path=tuple(row[4]),
            page=row[5],
            start=row[6],
            end=row[7],
            text=row[8],
            kind=row[9],
            question=row[10],
            language=row[11],
            dense=float(row[13]),
            lexical=share,
            score=score + (PINNED if row[12] else 0.0),
        )
        for row, share, score in zip(rows, shares, scores, strict=True)
    ]
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk_id))
