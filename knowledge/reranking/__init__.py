"""Reranking: a neural model's word on which passages answer a question, if one is set.

``RERANK_URL`` is a ``/rerank`` endpoint as TEI, vLLM, Cohere and Jina serve it; ``RERANKER``
the dotted path of a LlamaIndex ``BaseNodePostprocessor``. Either gets the best passages and a
few seconds; when it fails the order stays, the log says why, and it is left alone for a while.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from knowledge.errors import TransientError
from knowledge.passages import Passage

log = logging.getLogger(__name__)
MOST_PASSAGES = 30
MOST_SECONDS = 3.0
REST_SECONDS = 20.0  # after a failure nobody waits for it again
MOST_CHARACTERS = 4000  # of one passage
AT_ONCE = 4  # threads; one that hangs keeps its own, so that it cannot take all others
ENDPOINT = "knowledge.reranking.endpoint.EndpointReranker"
POSTPROCESSOR = "knowledge.reranking.postprocessor.PostprocessorReranker"
Rerank = Callable[[str, Sequence[Passage]], list[float] | None]


class RerankFailed(TransientError):
    """The reranker did not give one score for each text."""


class Reranker(Protocol):
    """A model that scores texts for a question, higher is better."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text; raise ``RerankFailed`` when there is none."""
        ...


class BoundedReranker:
    """A reranker that never raises, and never keeps a search waiting for long."""

    def __init__(
        self, reranker: Reranker, seconds: float = MOST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reranker = reranker
        self._seconds = seconds
        self._clock = clock
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="rerank")
        self._resting_until = float("-inf")

    def __call__(self, question: str, passages: Sequence[Passage]) -> list[float] | None:
        """Return a score for each of the first ``MOST_PASSAGES`` passages; None: the order stays."""
        texts = [_text(passage) for passage in passages[:MOST_PASSAGES]]
        if len(texts) < 2 or self._clock() < self._resting_until:
            return None
        scored = self._threads.submit(self._reranker.scores, question, texts)
        try:
            # Asked for, not caught: a library of somebody else's may fail in any way.
            failure: object = scored.exception(self._seconds)
        except TimeoutError:
            failure = "it took too long"
        if failure is None:
            return scored.result()
        scored.cancel()
        self._resting_until = self._clock() + REST_SECONDS
        log.warning("passages stay in their order, the reranker failed: %s", failure)
        return None


@lru_cache(maxsize=1)
def configured_rerank() -> Rerank | None:
    """Return the reranker of the settings, or None without one.

    Raises:
        RerankFailed: There is no such postprocessor, or its library is not installed.
    """
    if settings.RERANK_URL:
        return BoundedReranker(import_string(ENDPOINT)())
    if settings.RERANKER:
        return BoundedReranker(import_string(POSTPROCESSOR)())
    return None


def _text(passage: Passage) -> str:
    """Return a passage below its title and headings, which say what it is about."""
    heading = " › ".join((passage.title, *passage.heading_path))
    return f"{heading}\n{passage.text}"[:MOST_CHARACTERS]
