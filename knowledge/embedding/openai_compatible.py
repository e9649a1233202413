"""The OpenAI-compatible embedder: LlamaIndex's client behind our port.

Serves OpenAI, Ollama, vLLM, TEI, llama.cpp and whatever else speaks ``/v1/embeddings``.
Models trained with prefixes (E5) get them when their name says so.
"""

from collections.abc import Sequence

import numpy as np
from django.conf import settings
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from openai import APIError

from knowledge.embedding import EmbedderUnavailable, Vectors


class OpenAICompatibleEmbedder:
    """Any ``/v1/embeddings`` endpoint, by the settings ``EMBEDDER_URL``, ``_MODEL`` and ``_KEY``."""

    def __init__(self) -> None:
        """Configure the client; nothing is sent yet."""
        self.name = settings.EMBEDDER_MODEL
        self._prefixes = ("query: ", "passage: ") if "e5" in self.name.lower() else ("", "")
        self._client = OpenAILikeEmbedding(
            model_name=self.name,
            api_base=settings.EMBEDDER_URL,
            api_key=settings.EMBEDDER_KEY or "none",
            embed_batch_size=settings.EMBEDDER_BATCH,
            timeout=30,
            max_retries=1,
        )

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (dimensions,).

        Raises:
            EmbedderUnavailable: The endpoint did not answer.
        """
        vector: Vectors = self._embed([self._prefixes[0] + text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per passage, shape (len(texts), dimensions).

        Raises:
            EmbedderUnavailable: The endpoint did not answer.
        """
        return self._embed([self._prefixes[1] + text for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        try:
            raw = self._client.get_text_embedding_batch(texts)
        except APIError as error:
            raise EmbedderUnavailable(f"The embedder at {settings.EMBEDDER_URL} failed: {error}.") from error
        vectors: Vectors = np.asarray(raw, dtype=np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(norms, 1e-12)
        return unit
