"""Asking: the vector of a question, computed once however many want to look with it.

A question costs some 30 ms of a processor with the bundled embedder, and the same text is
looked for among curated answers and among passages within the same second.
"""

from functools import lru_cache
from typing import Any

from knowledge.embedding import Vectors
from knowledge.embedding.sets import verified
from knowledge.models import EmbeddingSet

REMEMBERED = 64  # questions at hand; nobody's words are kept for longer than that


def question_vector(embedding_set: EmbeddingSet, question: str) -> Vectors:
    """Return the vector of a question in a set, shape (dimensions,); read only.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    embedder: Any = verified(embedding_set)  # mypy sees no hash in a protocol with a name to set
    return _vector(embedder, embedding_set.pk, question)


@lru_cache(maxsize=REMEMBERED)
def _vector(embedder: Any, _set_id: int, question: str) -> Vectors:
    vector: Vectors = embedder.embed_query(question).copy()
    vector.setflags(write=False)
    return vector
