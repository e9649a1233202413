"""Engines: the answer engine wired to search and the configured model.

One wiring for the runner, the commands and the evaluation, so that what is measured is
what customers get.
"""

from collections.abc import Sequence
from functools import lru_cache

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.module_loading import import_string

from chat.answering.engine import AnswerEngine, LanguageModel, Search
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search

MODEL_ADAPTER = "chat.answering.language_model.OpenAICompatibleModel"
PASSAGES = 8


@lru_cache(maxsize=1)
def configured_model() -> LanguageModel | None:
    """Return the model of the settings, or None; only a model costs LlamaIndex's 3 s and 100 MB."""
    if not settings.MODEL_URL:
        return None
    model: LanguageModel = import_string(MODEL_ADAPTER)()
    return model


def engine_for(collections: Sequence[str] = ()) -> AnswerEngine:
    """Return an engine that answers customers from the public documents of some collections."""
    return AnswerEngine(searcher(Scope(collections=tuple(collections))), configured_model())


def searcher(scope: Scope) -> Search:
    """Return search as the engine's port; it runs in a thread so that other answers go on."""

    def find(question: str) -> Sequence[Passage]:
        return search(question, scope, PASSAGES)

    found: Search = database_sync_to_async(find, thread_sensitive=False)
    return found
