"""Search: the one front door from a question to passages.

Used by the answer engine, the commands, the evaluation and the API. Who may see what is
decided by the ``Scope`` the caller gives, in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.embedding import Vectors
from knowledge.embedding.accents import tongues
from knowledge.embedding.scale import unrelated
from knowledge.embedding.sets import active_set, verified
from knowledge.language import detect
from knowledge.lexemes import codes, codes_with_blanks
from knowledge.models import Audience, EmbeddingSet
from knowledge.passages import Passage
from knowledge.reranking import MOST_PASSAGES, configured_rerank
from knowledge.retrieval.asked import Asked, asked_vector
from knowledge.retrieval.candidates import Candidate, Meant, fetch
from knowledge.retrieval.closer import Doubts, look_closer
from knowledge.retrieval.gathering import MOST_READ, gather
from knowledge.retrieval.lexical import Corpus, LexicalQuery, weigh
from knowledge.retrieval.planning import Plan, plan, walk
from knowledge.retrieval.ranking import Features, likelihoods, nearness
from knowledge.retrieval.shelves import Shelves, counts, shelves_seen
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
    """What a question found: its words as weighed, what it means, and the candidates.

    ``unrelated`` is the cosine of unrelated texts; ``lacks_code`` says that the question names part numbers
    or error codes of which none is there.
    """

    query: LexicalQuery
    meant: Meant
    embedding_set: EmbeddingSet
    candidates: list[Candidate]
    unrelated: float
    lacks_code: bool = False

    def features(self) -> list[Features]:
        """Return what speaks for each candidate, in their order."""
        return [
            Features(nearness(one.cosine + one.lift, self.unrelated), one.bm25, one.is_pinned, one.code)
            for one in self.candidates
        ]


def search(
    question: str,
    scope: Scope,
    limit: int = 8,
    earlier: Sequence[str] = (),
    doubts: Doubts | None = None,
) -> list[Passage]:
    """Return the passages that may answer a question, best first; none for a question without words.

    Args:
        question: As it was asked, or made to stand alone.
        scope: Whose eyes look.
        limit: At most so many passages.
        earlier: The questions before it that it may lean on, oldest first; their words count less.
        doubts: Says which sentences of what was found to look at more closely; None for none.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the stored vectors.
    """
    found = find(question, scope, earlier)
    if found is None:
        return []
    passages = gather(_reranked(question, _ranked(found, max(MOST_READ * limit, MOST_PASSAGES))), limit)
    if doubts is None:
        return passages
    return look_closer(found.embedding_set, found.meant, found.unrelated, passages, doubts)


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
    shelves = shelves_seen(scope.collections)
    if not shelves.collections:
        return None
    query, corpus, misspelt = _lexical(asked, shelves)
    vector = asked_vector(embedding_set, asked, misspelt)
    meant = _meant(embedding_set, asked, vector, shelves.languages)
    candidates = fetch(
        embedding_set,
        meant,
        query,
        corpus,
        {"audiences": list(scope.audiences), "collections": shelves.collections},
    )
    lacks_code = bool(codes(asked.question)) and not query.codes
    return Found(query, meant, embedding_set, candidates, unrelated(embedding_set), lacks_code)


def _meant(embedding_set: EmbeddingSet, asked: Asked, vector: Vectors, written: Sequence[str]) -> Meant:
    """Return what is asked as vectors: one, or one for each language that documents are written in."""
    spoken = detect(asked.question, default=written[0] if written else "en")
    others = tongues(vector, verified(embedding_set), spoken, written)
    if len(written) == 1 and others:
        return Meant(others[0].vector)  # whatever lifts all lifts none
    return Meant(vector, tuple(others))


def _lexical(asked: Asked, shelves: Shelves) -> tuple[LexicalQuery, Corpus, dict[str, list[str]]]:
    """Return the words as weighed, in what corpus, and what misspelt ones were probably meant for."""
    languages = shelves.languages[:MOST_LANGUAGES]
    spoken = detect(asked.question)
    # A short question's own language is a guess, so it is read in those of the documents as well.
    words = asked.words(list(dict.fromkeys([spoken, *languages])))
    shares = {lexeme: words[word] for word in reversed(words) for lexeme in word}
    whole, in_two = codes(asked.question), codes_with_blanks(asked.question)
    lexemes = list(dict.fromkeys([*shares, *whole, *in_two]))
    known = counts(lexemes, shelves.collections)
    unknown = {lexeme for lexeme in lexemes if not known.get(lexeme, (0, 0))[0]}
    doubted = [code for code in whole if code in unknown]
    if spoken in languages:  # a word of another language is not misspelt, but looks so
        doubted += [word[0] for word, share in words.items() if share == 1 and unknown.issuperset(word)]
    meant = meant_by(doubted, shelves.collections)
    near = [word for words in meant.values() for word in words]
    known |= counts([word for word in near if word not in known], shelves.collections)
    way = plan(shelves.chunks, shelves.everywhere)
    corpus = Corpus(
        shelves.chunks,
        shelves.mean_length,
        {lexeme: own for lexeme, (own, _) in known.items()},
        {lexeme: everywhere if way is Plan.INDEX else own for lexeme, (own, everywhere) in known.items()},
        way,
        walk(shelves.chunks, shelves.everywhere),
    )
    # A spelling that only joins what stands apart is nothing to miss.
    shares |= {code: 1.0 for code in (*whole, *in_two) if corpus.frequencies.get(code)}
    return weigh(shares, corpus, meant, _singling(whole, in_two, corpus), list(words)), corpus, meant


def _singling(written: Sequence[str], joined: Sequence[str], corpus: Corpus) -> set[str]:
    """Return the codes without the parts of a known one with blanks: "9022" is of "EER_9022" as well."""
    known = [code for code in joined if corpus.frequencies.get(code)]
    return {code for code in (*written, *joined) if not any(code in one and code != one for one in known)}


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
            code=candidate.code,
            lacks_code=found.lacks_code,
        )
        for score, candidate, feature in ranked[:most]
    ]
