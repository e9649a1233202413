"""Closer: how near single sentences of passages are to what is asked, for who doubts that they answer it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from knowledge.embedding import EmbedderUnavailable, Vectors
from knowledge.models import EmbeddingSet
from knowledge.passages import Passage
from knowledge.retrieval.candidates import Meant
from knowledge.retrieval.meaning import sentence_vectors
from knowledge.retrieval.ranking import nearness

log = logging.getLogger(__name__)
# Which texts to compare, each with the place of the passage that it stands in; none where there is no doubt.
Doubts = Callable[[Sequence[Passage]], Mapping[str, int]]


def look_closer(
    embedding_set: EmbeddingSet, meant: Meant, unrelated: float, passages: Sequence[Passage], doubts: Doubts
) -> list[Passage]:
    """Return passages with how near the nearest of the doubted texts is, on the scale of ``nearness``.

    An embedder that does not answer leaves them as they were found.
    """
    texts = doubts(passages)
    try:
        vectors = sentence_vectors(embedding_set, list(texts))
    except EmbedderUnavailable as error:
        log.warning("no closer look: %s", error)
        return list(passages)
    closest: dict[int, float] = {}
    for place, vector in zip(texts.values(), vectors, strict=True):
        near = nearness(float(_meant_in(meant, passages[place].language) @ vector), unrelated)
        closest[place] = max(near, closest.get(place, near))
    return [
        replace(passage, closest=closest[place]) if place in closest else passage
        for place, passage in enumerate(passages)
    ]


def _meant_in(meant: Meant, language: str) -> Vectors:
    """Return what is asked as it is compared with passages in a language."""
    return next((one.vector for one in meant.tongues if one.language == language), meant.vector)
