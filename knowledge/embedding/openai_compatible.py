"""The OpenAI-compatible embedder: LlamaIndex's client behind our port.

Serves OpenAI, Ollama, vLLM, TEI, llama.cpp and whatever else speaks ``/v1/embeddings``.
Models trained with prefixes (E5) get them when their name says so.
"""

from collections.abc import Sequence

import numpy as np
from django.conf import settings
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from openai import APIError

from knowledge.embedding import EmbedderUnavailable, Vectors, unit


class OpenAICompatibleEmbedder:
    """Any ``/v1/embeddings`` endpoint; what is not given comes from ``EMBEDDER_URL`` and ``_MODEL``."""

    def __init__(self, url: str = "", model: str = "") -> None:
        """Configure the client; nothing is sent yet."""
        self.name = model or settings.EMBEDDER_MODEL
        self._url = url or settings.EMBEDDER_URL
        self._prefixes = ("query: ", "passage: ") if "e5" in self.name.lower() else ("", "")
        self._client = OpenAILikeEmbedding(
            model_name=self.name,
            api_base=self._url,
            # The key is the settings' endpoint's; another address never gets to see it.
            api_key=(settings.EMBEDDER_KEY if self._url == settings.EMBEDDER_URL else "") or "none",
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
            raise EmbedderUnavailable(f"The embedder at {self._url} failed: {error}.") from error
        return unit(np.asarray(raw, dtype=np.float32))
