"""Engines of evaluation: the one that the asker of a golden question would get."""

from chat.answering.engine import AnswerEngine
from chat.conversations.answers import style_of
from chat.learning.golden import Golden
from chat.models import Assistant
from chat.realtime.engines import engine_for, engine_in
from knowledge.retrieval import Scope

STAFF_SEE = ("public", "internal")


def engine_of(golden: Golden) -> AnswerEngine:
    """Return the customers' engine for the collections of a question, or one that sees what staff see."""
    assistant = Assistant.objects.filter(key=golden.assistant).first() if golden.assistant else None
    collections = golden.collections or (tuple(assistant.collections) if assistant else ())
    if golden.audience == "public":
        return engine_for(collections, style_of(assistant) if assistant else None)
    return engine_in(Scope(STAFF_SEE, tuple(collections)))
