"""Embedding: from text to vectors, whatever the model.

The port has two methods because the asymmetry is real: retrieval models are trained
with different prefixes for questions and passages (multilingual E5, Wang et al. 2024).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string

from knowledge.errors import KnowledgeError, TransientError

ADAPTERS = {
    "bundled": "knowledge.embedding.bundled.BundledEmbedder",
    "openai": "knowledge.embedding.openai_compatible.OpenAICompatibleEmbedder",
}
Vectors = npt.NDArray[np.float32]
PROBE = "The quick brown fox jumps over the lazy dog."


class EmbedderUnavailable(TransientError):
    """The model did not answer; trying again later may help."""


class EmbedderMismatch(KnowledgeError):
    """The model is not the one the stored vectors were made with."""


class Embedder(Protocol):
    """A model that turns texts into vectors of unit length."""

    name: str

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (dimensions,)."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per passage, shape (len(texts), dimensions)."""
        ...


@lru_cache(maxsize=1)
def get_embedder() -> Embedder:
    """Return the configured embedder, loaded once per process.

    Raises:
        EmbedderUnavailable: There is no such embedder, or its library is not installed.
    """
    path = ADAPTERS.get(settings.EMBEDDER, settings.EMBEDDER)
    try:
        embedder: Embedder = import_string(path)()
    except ImportError as error:
        raise EmbedderUnavailable(
            f"EMBEDDER={settings.EMBEDDER} cannot be loaded: {error}. "
            f"Set it to one of {', '.join(ADAPTERS)}, or to the dotted path of a class."
        ) from error
    return embedder
