"""Stored conversations: assistants, messages, numbered events, answers and their evidence."""

from chat.models.assistants import AnswerFormat, Assistant, Tone
from chat.models.calibration import Calibration
from chat.models.conversations import Conversation, Event, Message, Outcome, Role
from chat.models.evidence import Citation, Feedback, Review, Verdict
from chat.models.golden import Asker, EvaluationRun, Expectation, GoldenQuestion, RunState
from chat.models.remembered import RememberedAnswer
from chat.models.work import Answer, AnswerState

__all__ = [
    "Answer",
    "AnswerFormat",
    "AnswerState",
    "Asker",
    "Assistant",
    "Calibration",
    "Citation",
    "Conversation",
    "EvaluationRun",
    "Event",
    "Expectation",
    "Feedback",
    "GoldenQuestion",
    "Message",
    "Outcome",
    "RememberedAnswer",
    "Review",
    "Role",
    "RunState",
    "Tone",
    "Verdict",
]
