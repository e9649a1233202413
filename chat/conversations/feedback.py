"""Feedback: the customer's thumb on an answer; a change of mind replaces it."""

import uuid

from django.db import transaction

from chat.conversations.handoffs import is_worth_offering
from chat.conversations.remembered import dislike
from chat.conversations.transcript import lock, record
from chat.errors import BadQuestion
from chat.models import Event, Feedback, Message, Role


def give_feedback(
    conversation_id: uuid.UUID, message_id: uuid.UUID, helpful: bool, reason: str
) -> Event | None:
    """Record what a customer thinks of an answer; None when it says nothing new.

    Raises:
        BadQuestion: The conversation has no such answer.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        message = Message.objects.filter(
            id=message_id, conversation_id=conversation_id, role=Role.ASSISTANT
        ).first()
        if message is None:
            raise BadQuestion("unknown_message", "That answer is not part of this conversation.")
        before = Feedback.objects.filter(message=message).values_list("helpful", "reason").first()
        if before == (helpful, reason[:1000]):
            return None
        if not helpful:
            dislike(message.text)
        Feedback.objects.update_or_create(
            message=message, defaults={"helpful": helpful, "reason": reason[:1000]}
        )
        data = {
            "message": str(message_id),
            "helpful": helpful,
            "offer_handoff": not helpful and is_worth_offering(conversation),
        }
        return record(conversation, "feedback.given", data)
