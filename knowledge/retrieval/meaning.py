"""Meaning: the vector of a question, for those who compare questions with questions."""

import logging
from dataclasses import dataclass

from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import active_set

log = logging.getLogger(__name__)


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
