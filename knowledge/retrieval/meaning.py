"""Meaning: the vectors of questions and sentences, for those who compare them with each other."""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable, Vectors
from knowledge.embedding.asking import question_vector
from knowledge.embedding.scale import unrelated
from knowledge.embedding.sets import active_set, verified
from knowledge.models import EmbeddingSet
from knowledge.retrieval.ranking import nearness

log = logging.getLogger(__name__)
SENTENCES = 1024  # whose vectors are at hand: an answer compares many with the same few passages


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector of unit length, and the embedding set that it belongs to."""

    embedding_set_id: int
    vector: tuple[float, ...]


def meaning_of(question: str) -> Meaning | None:
    """Return what a question means, or None while there is no embedder to tell."""
    embedding_set = active_set()
    if embedding_set is None:
        return None
    try:
        vector = question_vector(embedding_set, question)
    except (EmbedderUnavailable, EmbedderMismatch) as error:
        log.warning("questions cannot be compared by meaning: %s", error)
        return None
    return Meaning(embedding_set.pk, tuple(vector.tolist()))


def likeness_to(sentence: str, others: Sequence[str]) -> list[float]:
    """Return how like a sentence others are: about 0 for unrelated ones, 1 for one that says the same.

    Raises:
        EmbedderUnavailable: The embedder did not answer, or there is none yet.
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    embedding_set = _set_in_use()
    level = unrelated(embedding_set)
    vectors = np.array(sentence_vectors(embedding_set, [sentence, *others]))
    return [nearness(float(cosine), level) for cosine in vectors[1:] @ vectors[0]]


def nearness_to(question: str, texts: Sequence[str]) -> list[float]:
    """Return how near texts are to a question: about 0 for unrelated ones, 1 for one that says the same.

    Raises:
        EmbedderUnavailable: The embedder did not answer, or there is none yet.
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    embedding_set = _set_in_use()
    asked = question_vector(embedding_set, question)
    level = unrelated(embedding_set)
    vectors = np.array(sentence_vectors(embedding_set, texts))
    return [nearness(float(cosine), level) for cosine in vectors @ asked]


def _set_in_use() -> EmbeddingSet:
    embedding_set = active_set()
    if embedding_set is None:
        raise EmbedderUnavailable("Nothing has been embedded yet.")
    return embedding_set


def sentence_vectors(embedding_set: EmbeddingSet, sentences: Sequence[str]) -> list[Vectors]:
    """Return the vectors of sentences in a set; those met lately are at hand, the others cost one call.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    embedder = verified(embedding_set)
    keys = [(id(embedder), embedding_set.pk, sentence) for sentence in sentences]
    found = _at_hand.all_of(keys)
    new = [key for key in dict.fromkeys(keys) if key not in found]
    if new:
        vectors = embedder.embed_passages([sentence for *_, sentence in new])
        # A row would keep the others of its call alive.
        made = {key: vector.copy() for key, vector in zip(new, vectors, strict=True)}
        _at_hand.keep(made)
        found |= made
    return [found[key] for key in keys]


class _AtHand:
    """The vectors of the sentences that were met last; threads share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._vectors: OrderedDict[tuple[int, int, str], Vectors] = OrderedDict()

    def all_of(self, keys: Iterable[tuple[int, int, str]]) -> dict[tuple[int, int, str], Vectors]:
        """Return what is at hand of these."""
        with self._lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in found:
                self._vectors.move_to_end(key)
        return found

    def keep(self, vectors: Mapping[tuple[int, int, str], Vectors]) -> None:
        """Keep these, and let go of those that nobody met for longest."""
        with self._lock:
            self._vectors.update(vectors)
            while len(self._vectors) > SENTENCES:
                self._vectors.popitem(last=False)


_at_hand = _AtHand()
