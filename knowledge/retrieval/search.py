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
from knowledge.models import Audience, Collection, LexemeStatistic
from knowledge.passages import Passage
from knowledge.querysets import languages_of
from knowledge.retrieval.candidates import fetch
from knowledge.retrieval.fusion import fuse
from knowledge.retrieval.lexical import Corpus, LexicalQuery, question_lexemes, weigh
from knowledge.retrieval.planning import Plan, plan, walk

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
    shelves = list(Collection.objects.all())
    seen = [shelf for shelf in shelves if _may_see(scope, shelf)]
    if embedding_set is None or not seen or not any(map(str.isalnum, question)):
        return []
    vector = question_vector(embedding_set, question)
    query, corpus = _lexical(question, seen, sum(shelf.chunk_count for shelf in shelves))
    rows = fetch(
        embedding_set,
        vector,
        query,
        corpus,
        {"audiences": list(scope.audiences), "collections": [shelf.pk for shelf in seen]},
    )
    return _ranked(rows, query)[:limit]


def _may_see(scope: Scope, shelf: Collection) -> bool:
    return shelf.slug in scope.collections if scope.collections else not shelf.is_scratch


def _lexical(question: str, seen: Sequence[Collection], all_chunks: int) -> tuple[LexicalQuery, Corpus]:
    collections = [shelf.pk for shelf in seen]
    lexemes = question_lexemes(question, _languages(question, collections))
    rows = (
        LexemeStatistic.objects.filter(lexeme__in=lexemes)
        .values("lexeme")
        .annotate(own=Sum("chunks", filter=Q(collection_id__in=collections), default=0), all=Sum("chunks"))
        .values_list("lexeme", "own", "all")
    )
    counts = {lexeme: (own, all_over) for lexeme, own, all_over in rows}
    chunks = sum(shelf.chunk_count for shelf in seen)
    way = plan(chunks)
    corpus = Corpus(
        chunks,
        max(sum(shelf.lexeme_total for shelf in seen) / max(chunks, 1), 1.0),
        {lexeme: own for lexeme, (own, _) in counts.items()},
        {lexeme: everywhere if way is Plan.INDEX else own for lexeme, (own, everywhere) in counts.items()},
        way,
        walk(chunks, all_chunks),
    )
    return weigh(lexemes, corpus), corpus


def _languages(question: str, collections: Sequence[int]) -> list[str]:
    """Return the question's language and those of the documents: a short question's own is a guess."""
    return list(dict.fromkeys([detect(question), *languages_of(collections)[:MOST_LANGUAGES]]))


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
