"""Stored conversations: assistants, messages, numbered events, answers and their evidence."""

from chat.models.assistants import Assistant
from chat.models.conversations import Conversation, Event, Message, Outcome, Role
from chat.models.evidence import Citation, Feedback, Review, Verdict
from chat.models.work import Answer, AnswerState

__all__ = [
    "Answer",
    "AnswerState",
    "Assistant",
    "Citation",
    "Conversation",
    "Event",
    "Feedback",
    "Message",
    "Outcome",
    "Review",
    "Role",
    "Verdict",
]
