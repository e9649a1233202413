"""Engines of evaluation: the one that the asker of a golden question would get."""

from chat.answering.engine import AnswerEngine, Conduct
from chat.answering.style import Style
from chat.learning import calibration_in_force
from chat.learning.golden import Golden
from chat.models import Assistant
from chat.realtime.engines import configured_model, engine_for, matcher, searcher
from knowledge.retrieval import Scope

STAFF_SEE = ("public", "internal")


def engine_of(golden: Golden) -> AnswerEngine:
    """Return the customers' engine for the collections of a question, or one that sees what staff see."""
    assistant = Assistant.objects.filter(key=golden.assistant).first() if golden.assistant else None
    collections = golden.collections or (tuple(assistant.collections) if assistant else ())
    if golden.audience == "public":
        return engine_for(collections, style_of(assistant))
    scope = Scope(STAFF_SEE, tuple(collections))
    return AnswerEngine(
        searcher(scope),
        configured_model(),
        matcher(scope),
        conduct=Conduct(calibration=calibration_in_force()),
    )


def style_of(assistant: Assistant | None) -> Style | None:
    """Return the manner of an assistant; None for that of nobody in particular."""
    if assistant is None:
        return None
    return Style(assistant.language, assistant.persona, assistant.tone, assistant.answer_format)
