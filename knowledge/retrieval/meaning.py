"""Meaning: the vectors of questions and sentences, for those who compare them with each other."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
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


def sentence_vectors(sentences: Sequence[str]) -> list[tuple[float, ...]]:
    """Return the unit vectors of sentences, each as if it were a passage.

    Raises:
        EmbedderUnavailable: The embedder did not answer, or there is none yet.
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    return _sentence_vectors(_set_in_use(), sentences)


def nearness_to(question: str, texts: Sequence[str]) -> list[float]:
    """Return how near texts are to a question: about 0 for unrelated ones, 1 for one that says the same.

    Raises:
        EmbedderUnavailable: The embedder did not answer, or there is none yet.
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    embedding_set = _set_in_use()
    asked = question_vector(embedding_set, question)
    level = unrelated(embedding_set)
    vectors = np.array(_sentence_vectors(embedding_set, texts))
    return [nearness(float(cosine), level) for cosine in vectors @ asked]


def _set_in_use() -> EmbeddingSet:
    embedding_set = active_set()
    if embedding_set is None:
        raise EmbedderUnavailable("Nothing has been embedded yet.")
    return embedding_set


def _sentence_vectors(embedding_set: EmbeddingSet, sentences: Sequence[str]) -> list[tuple[float, ...]]:
    embedder: Any = verified(embedding_set)  # mypy sees no hash in a protocol with a name to set
    return [_sentence_vector(embedder, embedding_set.pk, sentence) for sentence in sentences]


@lru_cache(maxsize=SENTENCES)
def _sentence_vector(embedder: Any, _set_id: int, sentence: str) -> tuple[float, ...]:
    return tuple(embedder.embed_passages([sentence])[0].tolist())
