"""Serving: an answer runner with the configured engine, for whichever process runs it."""

from chat.answering.answerer import Answerer
from chat.conversations.answers import Work
from chat.realtime.engines import answerer_for, configured_model
from chat.realtime.runner import AnswerRunner
from knowledge.retrieval import Scope, search


def warm_up() -> None:
    """Load the embedder and the model's adapter, which takes seconds, before the first customer asks."""
    search("warm up", Scope())
    configured_model()


def new_runner() -> AnswerRunner:
    """Return a runner that answers as this installation is set up; only a model's words are costly."""
    return AnswerRunner(_engine_for, is_costly=configured_model() is not None)


def _engine_for(work: Work) -> Answerer:
    return answerer_for(work.collections, work.style)
