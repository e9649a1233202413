"""Engines: the answer engine wired to curated answers, search and the configured model.

One wiring for the runner, the commands and the evaluation, so that what is measured is
what customers get. Customers' answers are remembered besides, measured ones never are.
"""

import uuid
from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import lru_cache, partial

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.module_loading import import_string

from chat.answering.answerer import Answerer
from chat.answering.closer import doubts
from chat.answering.deciding import Calibration
from chat.answering.engine import AnswerEngine, Conduct, Match, Search
from chat.answering.events import Curated
from chat.answering.guarding import GuardedModel, Patience
from chat.answering.places import Places
from chat.answering.prompting import judge_instructions, prompt_version
from chat.answering.quoting import Near
from chat.answering.remembering import RememberingAnswerer
from chat.answering.rewriting import with_what_it_leans_on
from chat.answering.style import Style
from chat.answering.support import EDITION, Judge, Like, Support, model_judge
from chat.answering.wording import LanguageModel
from chat.conversations.remembered import StoredMemory
from chat.learning import calibration_in_force
from knowledge.curated import CuratedMatch, match
from knowledge.language import detect
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search
from knowledge.retrieval.meaning import likeness_to, nearness_to

MODEL_ADAPTER = "chat.answering.language_model.OpenAICompatibleModel"
PASSAGES = 8
like: Like = database_sync_to_async(likeness_to, thread_sensitive=False)
near: Near = database_sync_to_async(nearness_to, thread_sensitive=False)
NOWHERE = uuid.UUID(int=0)  # the document of a curated answer that links to none


@lru_cache(maxsize=1)
def configured_model() -> LanguageModel | None:
    """Return the guarded model of the settings, or None; only a model costs LlamaIndex's 3 s and 100 MB.

    One for the process: its answers share the places and the breaker.
    """
    if not settings.MODEL_URL:
        return None
    return GuardedModel(import_string(MODEL_ADAPTER)(), _patience(), Places(settings.MODEL_CONCURRENCY))


@lru_cache(maxsize=1)
def configured_judge() -> Judge | None:
    """Return what judges each sentence of a model besides, by the setting ``SUPPORT_JUDGE``, or None.

    "model" is the model itself, asked beside the answer that it is wording: in line behind that one it
    would wait for itself.

    Raises:
        ImportError: The setting names what cannot be loaded; a check says so at the start.
    """
    if settings.SUPPORT_JUDGE != "model":
        return import_string(settings.SUPPORT_JUDGE)() if settings.SUPPORT_JUDGE else None
    if not settings.MODEL_URL:
        return None
    model = GuardedModel(import_string(MODEL_ADAPTER)(), _patience(), Places(0))
    return model_judge(model.stream, judge_instructions())


def _patience() -> Patience:
    return Patience(
        settings.MODEL_WAIT_SECONDS,
        settings.MODEL_FIRST_TOKEN_SECONDS,
        settings.MODEL_STALL_SECONDS,
        settings.MODEL_TOTAL_SECONDS,
    )


def engine_for(collections: Sequence[str] = (), style: Style | None = None) -> AnswerEngine:
    """Return an engine that answers customers from the public knowledge of some collections."""
    return engine_in(Scope(collections=tuple(collections)), style)


def engine_in(scope: Scope, style: Style | None = None) -> AnswerEngine:
    """Return the same engine for the eyes that a scope has."""
    conduct = Conduct(_fitted(style), calibration_in_force(), Support(like, configured_judge()), near)
    return AnswerEngine(searcher(scope, conduct.calibration), configured_model(), matcher(scope), conduct)


def answerer_for(collections: Sequence[str] = (), style: Style | None = None) -> Answerer:
    """Return an engine that gives customers what it gave before, as long as that holds."""
    engine = engine_for(collections, style)
    if configured_model() is None or not (settings.REMEMBERED_ANSWERS and settings.REMEMBERED_HOURS):
        return engine
    manner = astuple(replace(_fitted(style), language=""))
    setting = astuple(calibration_in_force())
    model = (settings.MODEL_URL, settings.MODEL_NAME, str(settings.MODEL_MAX_TOKENS), prompt_version())
    checks = (EDITION, settings.SUPPORT_JUDGE, settings.RERANKER, settings.RERANK_URL, settings.RERANK_MODEL)
    circumstances = (*model, *checks, *map(str, (*manner, *setting)))
    return RememberingAnswerer(engine, StoredMemory(Scope(collections=tuple(collections)), circumstances))


def _fitted(style: Style | None) -> Style:
    """Return a style with the model's share of tokens."""
    return replace(style or Style(), context_tokens=settings.MODEL_CONTEXT_TOKENS)


def searcher(scope: Scope, calibration: Calibration | None = None) -> Search:
    """Return search as the engine's port; it runs in a thread so that other answers go on.

    What leaves doubt by the calibration is looked at more closely.
    """

    def find(question: str, earlier: Sequence[str]) -> Sequence[Passage]:
        return looked_up(question, scope, calibration or Calibration(), earlier)

    found: Search = database_sync_to_async(find, thread_sensitive=False)
    return found


def looked_up(
    question: str,
    scope: Scope,
    calibration: Calibration,
    earlier: Sequence[str] = (),
    limit: int = PASSAGES,
) -> list[Passage]:
    """Return the passages that an engine decides by, the best three looked at closely where they leave doubt.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the stored vectors.
    """
    sought = with_what_it_leans_on(question, earlier, detect(question))
    return search(question, scope, limit, earlier, partial(doubts, sought, calibration))


def matcher(scope: Scope) -> Match:
    """Return the look for a curated answer as the engine's port, in a thread like search."""

    def find(question: str) -> Curated | None:
        found = match(question, scope)
        return None if found is None else _curated(found)

    looked: Match = database_sync_to_async(find, thread_sensitive=False)
    return looked


def _curated(found: CuratedMatch) -> Curated:
    source = Passage(
        chunk_id=0,
        document_id=found.document_id or NOWHERE,
        version_id=found.version_id or NOWHERE,
        title=found.title,
        heading_path=(),
        page=None,
        start=0,
        end=0,
        text=found.text,
        kind="curated",
        question=found.question,
        language=found.language,
        dense=found.score,
        lexical=found.score,
        score=found.score,
    )
    opens = found.version_id is not None
    return Curated(found.answer_id, found.question, found.text, source, opens, found.url, found.score)
