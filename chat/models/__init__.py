"""Stored conversations: assistants, messages, numbered events, answers and their evidence."""

from chat.models.assistants import AnswerFormat, Assistant, Tone
from chat.models.calibration import Calibration
from chat.models.conversations import (
    Care,
    Channel,
    Conversation,
    ConversationSecret,
    Event,
    Message,
    Outcome,
    Role,
)
from chat.models.customers import Customer, IdentitySecret, SpentIdentity
from chat.models.evidence import Citation, Feedback, Review, Verdict
from chat.models.golden import Asker, EvaluationRun, Expectation, GoldenQuestion, RunState
from chat.models.mail import IncomingMail, MailKind, MailState, OutgoingMail
from chat.models.remembered import RememberedAnswer
from chat.models.staffing import (
    Attachment,
    Ban,
    CannedReply,
    Handoff,
    HandoffEnd,
    HandoffReason,
    Note,
    PendingReply,
    StaffPresence,
)
from chat.models.work import Answer, AnswerState

__all__ = [
    "Answer",
    "AnswerFormat",
    "AnswerState",
    "Asker",
    "Assistant",
    "Attachment",
    "Ban",
    "Calibration",
    "CannedReply",
    "Care",
    "Channel",
    "Citation",
    "Conversation",
    "ConversationSecret",
    "Customer",
    "EvaluationRun",
    "Event",
    "Expectation",
    "Feedback",
    "GoldenQuestion",
    "Handoff",
    "HandoffEnd",
    "HandoffReason",
    "IdentitySecret",
    "IncomingMail",
    "MailKind",
    "MailState",
    "Message",
    "Note",
    "Outcome",
    "OutgoingMail",
    "PendingReply",
    "RememberedAnswer",
    "Review",
    "Role",
    "RunState",
    "SpentIdentity",
    "StaffPresence",
    "Tone",
    "Verdict",
]
