"""Another model in tests of re-embedding, and sets of it made, activated and discarded as staff do."""

from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.embedding import Vectors
from knowledge.models import EmbeddingSet
from knowledge.reembedding import making, settling, steering
from tests.factories import MANUAL, taken_in
from tests.fakes import AxisEmbedder

OTHER = "tests.knowledge.reembedding.mirror.MirrorEmbedder"


class MirrorEmbedder(AxisEmbedder):
    """Another model: the same axes in the opposite order, and one more."""

    name = "mirror"
    while_asked: Callable[[], object] | None = None  # what happens while a question is embedded

    def embed_query(self, text: str) -> Vectors:
        """Return the vector the other way round."""
        if MirrorEmbedder.while_asked is not None:
            happen, MirrorEmbedder.while_asked = MirrorEmbedder.while_asked, None
            happen()
        vector: Vectors = self._mirrored(super().embed_query(text).reshape(1, -1))[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors the other way round."""
        return self._mirrored(super().embed_passages(texts))

    @staticmethod
    def _mirrored(vectors: Vectors) -> Vectors:
        mirrored: Vectors = vectors[:, ::-1].repeat(2, axis=1) / 2**0.5
        return mirrored


def made(tmp_path: Path) -> EmbeddingSet:
    """Return a ready set of the other model over the manual."""
    taken_in(tmp_path, MANUAL, "manual.md")
    begun = steering.begin(OTHER)
    while making.work(begun.pk):
        pass
    begun.refresh_from_db()
    return begun


def settled(embedding_set: EmbeddingSet) -> EmbeddingSet:
    """Do what staff decided about a set; return it as it is then, if it is still there."""
    while settling.settle(embedding_set.pk):
        pass
    return EmbeddingSet.objects.filter(pk=embedding_set.pk).first() or embedding_set


def activated(embedding_set: EmbeddingSet) -> EmbeddingSet:
    """Activate a set as staff and the worker do."""
    steering.activate(embedding_set)
    return settled(embedding_set)
