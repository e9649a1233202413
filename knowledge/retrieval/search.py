"""Search: the one front door from a question to passages.

Used by the answer engine, the commands, the evaluation and the API. Who may see what is
decided by the ``Scope`` the caller gives, in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, Sum

from knowledge.embedding.accents import tongues
from knowledge.embedding.scale import unrelated
from knowledge.embedding.sets import active_set, verified
from knowledge.language import detect
from knowledge.lexemes import codes, codes_with_blanks
from knowledge.models import Audience, Collection, EmbeddingSet, LexemeStatistic
from knowledge.passages import Passage
from knowledge.querysets import languages_of
from knowledge.reranking import MOST_PASSAGES, configured_rerank
from knowledge.retrieval.asked import Asked, asked_vector
from knowledge.retrieval.candidates import Candidate, Meant, fetch
from knowledge.retrieval.gathering import MOST_READ, gather
from knowledge.retrieval.lexical import Corpus, LexicalQuery, weigh
from knowledge.retrieval.planning import Plan, plan, walk
from knowledge.retrieval.ranking import Features, likelihoods, nearness
from knowledge.retrieval.typos import meant_by

MOST_LANGUAGES = 4
RUN = 20  # the rank of the candidate from which the lead is measured


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose eyes a search has: the audiences and the collections (by slug; empty: all but scratch ones)."""

    audiences: tuple[str, ...] = (Audience.PUBLIC.value,)
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found: its words as weighed, the candidates, and what is unrelated to its model."""

    query: LexicalQuery
    candidates: list[Candidate]
    unrelated: float

    def features(self) -> list[Features]:
        """Return what speaks for each candidate, in their order."""
        return [
            Features(nearness(one.cosine + one.lift, self.unrelated), one.bm25, one.is_pinned, one.code)
            for one in self.candidates
        ]


def search(question: str, scope: Scope, limit: int = 8, earlier: Sequence[str] = ()) -> list[Passage]:
    """Return the passages that may answer a question, best first; none for a question without words.

    Args:
        question: As it was asked, or made to stand alone.
        scope: Whose eyes look.
        limit: At most so many passages.
        earlier: The questions before it that it may lean on, oldest first; their words count less.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the stored vectors.
    """
    found = find(question, scope, earlier)
    if found is None:
        return []
    return gather(_reranked(question, _ranked(found, max(MOST_READ * limit, MOST_PASSAGES))), limit)


def find(question: str, scope: Scope, earlier: Sequence[str] = ()) -> Found | None:
    """Return what speaks for every candidate; None when there is nothing to ask or to look in.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the stored vectors.
    """
    asked = Asked.of(question, earlier)
    embedding_set = active_set() if asked.has_words else None
    if embedding_set is None:
        return None
    shelves = list(Collection.objects.all())
    seen = [shelf for shelf in shelves if _may_see(scope, shelf)]
    if not seen:
        return None
    written = languages_of([shelf.pk for shelf in seen])
    meant = _meant(embedding_set, asked, written)
    query, corpus = _lexical(
        asked, seen, written[:MOST_LANGUAGES], sum(shelf.chunk_count for shelf in shelves)
    )
    candidates = fetch(
        embedding_set,
        meant,
        query,
        corpus,
        {"audiences": list(scope.audiences), "collections": [shelf.pk for shelf in seen]},
    )
    return Found(query, candidates, unrelated(embedding_set))


def _meant(embedding_set: EmbeddingSet, asked: Asked, written: Sequence[str]) -> Meant:
    """Return what is asked as vectors: one, or one for each language that documents are written in."""
    vector = asked_vector(embedding_set, asked)
    spoken = detect(asked.question, default=written[0] if written else "en")
    others = tongues(vector, verified(embedding_set), spoken, written)
    if len(written) == 1 and others:
        return Meant(others[0].vector)  # whatever lifts all lifts none
    return Meant(vector, tuple(others))


def _may_see(scope: Scope, shelf: Collection) -> bool:
    return shelf.slug in scope.collections if scope.collections else not shelf.is_scratch


def _lexical(
    asked: Asked, seen: Sequence[Collection], languages: Sequence[str], all_chunks: int
) -> tuple[LexicalQuery, Corpus]:
    collections = [shelf.pk for shelf in seen]
    spoken = detect(asked.question)
    # A short question's own language is a guess, so it is read in those of the documents as well.
    shares = asked.lexemes(list(dict.fromkeys([spoken, *languages])))
    whole, in_two = codes(asked.question), codes_with_blanks(asked.question)
    lexemes = list(dict.fromkeys([*shares, *whole, *in_two]))
    counts = _counts(lexemes, collections)
    unknown = [lexeme for lexeme in lexemes if not counts.get(lexeme, (0, 0))[0]]
    # A word of another language is not misspelt, but looks so.
    doubted = [word for word in unknown if word in whole or (spoken in languages and shares.get(word) == 1)]
    meant = meant_by(doubted, collections)
    near = [word for words in meant.values() for word in words]
    counts |= _counts([word for word in near if word not in counts], collections)
    chunks = sum(shelf.chunk_count for shelf in seen)
    way = plan(chunks, all_chunks)
    corpus = Corpus(
        chunks,
        max(sum(shelf.lexeme_total for shelf in seen) / max(chunks, 1), 1.0),
        {lexeme: own for lexeme, (own, _) in counts.items()},
        {lexeme: everywhere if way is Plan.INDEX else own for lexeme, (own, everywhere) in counts.items()},
        way,
        walk(chunks, all_chunks),
    )
    # A spelling that only joins what stands apart is nothing to miss.
    shares |= {code: 1.0 for code in (*whole, *in_two) if corpus.frequencies.get(code)}
    return weigh(shares, corpus, meant, {*whole, *in_two}), corpus


def _counts(lexemes: Sequence[str], collections: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Return in how many chunks lexemes stand: of the collections, and of all."""
    if not lexemes:
        return {}
    rows = (
        LexemeStatistic.objects.filter(lexeme__in=lexemes)
        .values("lexeme")
        .annotate(own=Sum("chunks", filter=Q(collection_id__in=collections), default=0), all=Sum("chunks"))
        .values_list("lexeme", "own", "all")
    )
    return {lexeme: (own, everywhere) for lexeme, own, everywhere in rows}


def _reranked(question: str, passages: list[Passage]) -> list[Passage]:
    """Put the best passages in the order of the reranker, if one is set and answers."""
    rerank = configured_rerank()
    scores = rerank(question, passages) if rerank is not None else None
    if scores is None:
        return passages
    best = sorted(zip(scores, passages, strict=False), key=lambda scored: -scored[0])
    # The shares of likelihood stay in their order, so that "nearly as good" still means something.
    likely = (replace(passage, score=passages[place].score) for place, (_, passage) in enumerate(best))
    return [*likely, *passages[len(scores) :]]


def _ranked(found: Found, most: int) -> list[Passage]:
    features = found.features()
    near = sorted((feature.dense for feature in features), reverse=True)
    run = near[min(RUN, len(near)) - 1] if near else 0.0
    asked = found.query.weight + found.query.missing
    ranked = sorted(
        zip(likelihoods(features), found.candidates, features, strict=True),
        key=lambda one: (-one[0], one[1].chunk_id),
    )
    return [
        Passage(
            chunk_id=candidate.chunk_id,
            document_id=candidate.document_id,
            version_id=candidate.version_id,
            title=candidate.title,
            heading_path=tuple(candidate.heading_path),
            page=candidate.page,
            start=candidate.start,
            end=candidate.end,
            text=candidate.text,
            kind=candidate.kind,
            question=candidate.question,
            language=candidate.language,
            dense=float(candidate.cosine),
            lexical=min(candidate.bm25 / (found.query.best or 1.0), 1.0),
            score=score,
            nearness=nearness(candidate.cosine, found.unrelated),
            lead=feature.dense - run,
            words=candidate.bm25,
            coverage=min(candidate.held / asked, 1.0) if asked else 0.0,
        )
        for score, candidate, feature in ranked[:most]
    ]
