"""The reranking endpoint: a question and texts in, an index and a score for each out.

With ``RERANK_MODEL`` it speaks as Cohere, Jina and vLLM do ("documents", "relevance_score"),
without one as TEI, which serves a single model ("texts", "score").
"""

import json
import math
from collections.abc import Sequence
from typing import Any

import httpx
from django.conf import settings

from knowledge.reranking import MOST_SECONDS, RerankFailed

MOST_BYTES = 2_000_000  # of a reply; some send the texts back


class EndpointReranker:
    """Any ``/rerank`` endpoint, by the settings ``RERANK_URL``, ``_MODEL`` and ``_KEY``."""

    def __init__(self) -> None:
        """Configure the client; nothing is sent yet."""
        headers = {"Authorization": f"Bearer {settings.RERANK_KEY}"} if settings.RERANK_KEY else {}
        self._client = httpx.Client(timeout=MOST_SECONDS, headers=headers)
        self._url = settings.RERANK_URL
        self._model = settings.RERANK_MODEL

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text.

        Raises:
            RerankFailed: It refused, could not be reached, or sent something else than scores.
        """
        asked: dict[str, Any] = {"query": question, "texts": list(texts)}
        if self._model:
            asked = {"query": question, "documents": list(texts), "model": self._model, "top_n": len(texts)}
        try:
            return _read(self._reply(asked), len(texts))
        except httpx.HTTPError as error:
            raise RerankFailed(f"{self._url}: {error!r}") from error
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise RerankFailed(f"{self._url} sent something else than scores: {error}") from error

    def _reply(self, asked: dict[str, Any]) -> bytes:
        body = b""
        with self._client.stream("POST", self._url, json=asked) as response:
            response.raise_for_status()
            for data in response.iter_raw():
                body += data
                if len(body) > MOST_BYTES:
                    raise ValueError(f"more than {MOST_BYTES:,} bytes")
        return body


def _read(body: bytes, count: int) -> list[float]:
    told = json.loads(body)
    rows = told["results"] if isinstance(told, dict) else told
    scores = {row["index"]: float(row.get("relevance_score", row.get("score"))) for row in rows}
    if sorted(scores) != list(range(count)) or not all(map(math.isfinite, scores.values())):
        raise ValueError("not one score for each text")
    return [scores[index] for index in range(count)]
