"""Turns: a customer asks, and an answer is queued in the same transaction.

A retry with the same ``client_id`` finds the message that is there; the customer's
secret finds, or on the first question founds, the conversation.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from chat.answering.events import Turn
from chat.conversations import handoffs
from chat.conversations.transcript import STOP, lock, message_data, record, ring
from chat.errors import BadQuestion
from chat.models import (
    Answer,
    AnswerState,
    Assistant,
    Attachment,
    Care,
    Channel,
    Conversation,
    ConversationSecret,
    Event,
    HandoffReason,
    Message,
    Role,
)
from chat.texts import storable
from knowledge.lexemes import fold

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes in base64url
MOST_WAITING = 3  # unanswered questions of one conversation


@dataclass(frozen=True, slots=True)
class Asked:
    """A stored question: its conversation and the events to announce (none on a retry)."""

    conversation: Conversation
    message: Message
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer says: the text, what makes a retry harmless, and how it came."""

    text: str
    client_id: uuid.UUID
    channel: Channel = Channel.CHAT


Attach = Callable[[Message], Sequence[Attachment]]


def nothing_attached(_message: Message) -> Sequence[Attachment]:
    """Attach nothing to a message."""
    return ()


def is_token(text: object) -> bool:
    """Say whether a text has the form of a customer's secret."""
    return isinstance(text, str) and TOKEN.fullmatch(text) is not None


def hashed(token: str) -> str:
    """Return what is stored of a customer's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(assistant: Assistant, token: str) -> Conversation | None:
    """Return the conversation a secret opens with an assistant."""
    known = Conversation.objects.select_related("customer")
    own = known.filter(assistant=assistant, token_sha256=hashed(token)).first()
    if own is not None:
        return own
    key = ConversationSecret.objects.filter(
        token_sha256=hashed(token), conversation__assistant=assistant
    ).select_related("conversation__customer")
    other = key.first()
    return other.conversation if other else None


def found(assistant: Assistant, token: str) -> Conversation:
    """Return the conversation a secret opens with an assistant, founded if there is none.

    Raises:
        BadQuestion: The secret opens a conversation with another assistant.
    """
    known = find(assistant, token)
    if known is not None:
        return known
    founded, _ = Conversation.objects.get_or_create(
        token_sha256=hashed(token), defaults={"assistant": assistant}
    )
    if founded.assistant_id != assistant.pk:
        raise BadQuestion("unknown_conversation", "This conversation belongs to another assistant.")
    return founded


def checked(text: object) -> str:
    """Return a question fit to be asked.

    Raises:
        BadQuestion: It is empty or too long; says so to the customer.
    """
    text = storable(text).strip() if isinstance(text, str) else ""
    if not text:
        raise BadQuestion("empty", "Please type a question first.")
    most = settings.QUESTION_MAX_CHARACTERS
    if len(text) > most:
        raise BadQuestion(
            "too_long",
            f"That is {len(text):,} characters; please ask in at most {most:,}, one thing at a time.",
        )
    return text


def ask(assistant: Assistant, token: str, client_id: uuid.UUID, text: object) -> Asked:
    """Store a question once and queue its answer.

    Raises:
        BadQuestion: It is empty or too long, or too many are waiting already.
    """
    question = checked(text)
    with transaction.atomic():
        return say_in(lock(found(assistant, token).id), Said(question, client_id))


def say_in(conversation: Conversation, said: Said, attach: Attach = nothing_attached) -> Asked:
    """Store once what a customer says in a locked conversation, for whoever has it.

    ``attach`` gives the new message its attachments. A mail is taken however many questions are waiting:
    it has no button by which it could be sent again.

    Raises:
        BadQuestion: The assistant has the conversation, and too many questions are waiting.
    """
    known = conversation.messages.filter(client_id=said.client_id).first()
    if known is not None:
        return Asked(conversation, known, ())
    if said.channel != Channel.EMAIL and conversation.care in (Care.ASSISTANT, Care.CLOSED):
        _refuse_if_busy(conversation)
    events = handoffs.reopened_in(conversation) if conversation.care == Care.CLOSED else []
    message = Message.objects.create(
        conversation=conversation,
        role=Role.CUSTOMER,
        text=said.text,
        client_id=said.client_id,
        channel=said.channel,
    )
    data = {"message": message_data(message, attachments=attach(message))}
    events.append(record(conversation, "message.created", data))
    Conversation.objects.filter(id=conversation.id).update(last_message_at=Now())
    events += _pass_on(conversation, message)
    return Asked(conversation, message, tuple(events))


def _refuse_if_busy(conversation: Conversation) -> None:
    if conversation.answers.exclude(state=AnswerState.FINISHED).count() >= MOST_WAITING:
        raise BadQuestion("busy", "Please wait for the answers to your last questions first.")


def _pass_on(conversation: Conversation, message: Message) -> list[Event]:
    """Queue an answer, or leave the question to staff when they have the conversation or a rule says so."""
    if conversation.care == Care.SNOOZED:
        return handoffs.wake(conversation)
    if conversation.care == Care.OPEN:
        waiting = Conversation.objects.filter(id=conversation.id, waiting_since=None)
        waiting.update(waiting_since=Now())
        return []
    words = conversation.assistant.handoff_rules.get("words", [])
    text = fold(message.text)
    if any(fold(word) in text for word in words if word.strip()):
        return handoffs.requested_in(conversation, HandoffReason.RULE)
    Answer.objects.create(conversation=conversation, question=message)
    ring()
    return []


def request_stop(conversation_id: uuid.UUID, answer_id: uuid.UUID) -> None:
    """Ask the runner of an answer to end it with what has been said."""
    with transaction.atomic():
        Answer.objects.filter(id=answer_id, conversation_id=conversation_id).exclude(
            state=AnswerState.FINISHED
        ).update(stop_requested=True)
        ring(STOP)


def history_before(message: Message, most: int = 3) -> list[Turn]:
    """Return the finished turns of this episode before a question, oldest first."""
    earlier = (
        Answer.objects.filter(
            conversation_id=message.conversation_id,
            state=AnswerState.FINISHED,
            question__created_at__gte=message.conversation.episode_at,
            question__created_at__lt=message.created_at,
            reply__isnull=False,
        )
        .select_related("question", "reply")
        .order_by("-created_at")[:most]
    )
    turns = [Turn(answer.question.text, answer.reply.text) for answer in earlier if answer.reply]
    return turns[::-1]
