"""Embedding: from text to vectors, whatever the model.

The port has two methods because the asymmetry is real: retrieval models are trained
with different prefixes for questions and passages (multilingual E5, Wang et al. 2024).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class ReadsInPieces(Protocol):
    """An embedder that says how it reads a word: the common ones of a language in one piece."""

    def pieces(self, word: str) -> int:
        """Return in how many pieces the model reads a word."""
        ...


def knows(embedder: Embedder, word: str) -> bool:
    """Say whether a model reads a word in one piece; not of one that does not tell."""
    return isinstance(embedder, ReadsInPieces) and embedder.pieces(word) == 1


@lru_cache(maxsize=4)
def get_embedder(adapter: str = "", url: str = "", model: str = "") -> Embedder:
    """Return an embedder, loaded once per process; without arguments the one of the settings.

    Args:
        adapter: A name of ``ADAPTERS`` or the dotted path of a class.
        url: Of the endpoint, for adapters that have one.
        model: Its name there.

    Raises:
        EmbedderUnavailable: There is no such embedder, or its library is not installed.
    """
    chosen = adapter or settings.EMBEDDER
    options = {name: value for name, value in (("url", url), ("model", model)) if value}
    try:
        embedder: Embedder = import_string(ADAPTERS.get(chosen, chosen))(**options)
    except (ImportError, TypeError) as error:
        raise EmbedderUnavailable(
            f"EMBEDDER={chosen} cannot be loaded: {error}. "
            f"Set it to one of {', '.join(ADAPTERS)}, or to the dotted path of a class."
        ) from error
    return embedder


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return one vector or several, each of length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    made: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return made


def literal(vector: Vectors) -> str:
    """Return a vector as PostgreSQL reads it; six decimals are more than its half precision keeps."""
    return "[" + ",".join(f"{value:.6f}" for value in vector) + "]"
