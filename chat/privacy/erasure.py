"""Erasure: a conversation goes with everything that belongs to it, by its customer's wish or by its age.

Gone are messages, events, answers with their evidence, citations, feedback, reviews, notes, replies
not yet published, attachments and their bytes, mails both ways, secrets and spent identities, what
the assistant remembered of its questions, and the verified customer who has no other conversation.
Kept are golden questions: staff wrote them down as their own, and evaluation rests on them.
"""

import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat.attachments import keeping
from chat.conversations import handoffs
from chat.conversations.remembered import digest
from chat.models import (
    Care,
    Conversation,
    Customer,
    IncomingMail,
    PendingReply,
    RememberedAnswer,
    SpentIdentity,
)

ROUND_SECONDS = 20.0
BATCH = 100


def erase(conversation_id: uuid.UUID) -> bool:
    """Delete a conversation with everything in it; say whether it was there."""
    with transaction.atomic():
        # Before the conversation, in the order in which replies are published: neither waits for the other.
        list(PendingReply.objects.select_for_update().filter(conversation=conversation_id).values_list("id"))
        rows = Conversation.objects.select_for_update(of=("self",)).select_related("customer")
        conversation = rows.filter(id=conversation_id).first()
        if conversation is None:
            return False
        hashes = list(conversation.attachments.values_list("sha256", flat=True))
        handoffs.silence(conversation)
        _erase_beside(conversation)
        conversation.delete()
        _erase_customer(conversation.customer)
    keeping.drop_unnamed(hashes)
    return True


def erase_old(seconds: float = ROUND_SECONDS) -> int:
    """Delete what nobody has spoken in for CONVERSATION_DAYS, for some seconds; return how many."""
    if settings.CONVERSATION_DAYS <= 0:
        return 0
    end, erased = time.monotonic() + seconds, 0
    now = timezone.now()
    old = Conversation.objects.filter(last_message_at__lt=now - timedelta(days=settings.CONVERSATION_DAYS))
    old = old.exclude(care=Care.SNOOZED, snoozed_until__gt=now).order_by("last_message_at")
    while time.monotonic() < end and (batch := list(old.values_list("id", flat=True)[:BATCH])):
        for conversation_id in batch:
            erased += erase(conversation_id)
    return erased


def _erase_beside(conversation: Conversation) -> None:
    """Delete what no foreign key ties to a conversation."""
    secrets = [conversation.token_sha256, *conversation.secrets.values_list("token_sha256", flat=True)]
    SpentIdentity.objects.filter(assistant=conversation.assistant_id, token_sha256__in=secrets).delete()
    texts = list(conversation.messages.exclude(text="").values_list("text", flat=True))
    RememberedAnswer.objects.filter(
        Q(question__in=[text for text in texts if len(text) <= 300])
        | Q(text_sha256__in=[digest(text) for text in texts])
    ).delete()
    known = conversation.customer
    addresses = {conversation.email.lower(), known.email.lower() if known else ""} - {""}
    led_nowhere = IncomingMail.objects.filter(conversation=None)
    led_nowhere.filter(Q(sender__in=addresses) | Q(recipient__contains=f".{conversation.pk.hex}.")).delete()


def _erase_customer(customer: Customer | None) -> None:
    if customer is not None and not customer.conversations.exists():
        customer.delete()
