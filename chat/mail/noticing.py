"""Noticing: from the rows of conversations to the mails that somebody should get.

Looked for every few seconds; nothing depends on a signal or on Redis. A conversation is locked
while its mail is written, so that what is said meanwhile is in this mail or in the next one.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from chat.conversations.hours import is_open
from chat.conversations.presence import is_somebody_here
from chat.conversations.transcript import lock_if_there
from chat.mail import composing, jobs, servers
from chat.models import (
    Answer,
    Care,
    Channel,
    Conversation,
    Event,
    Handoff,
    MailKind,
    Message,
    OutgoingMail,
    Role,
)

AGAIN_AFTER = timedelta(minutes=10)  # between two mails to staff of one episode
UNSEEN_FOR = timedelta(seconds=60)
LOOK_BACK = timedelta(days=2)  # what is older than this when mail is switched on is no news
TO_STAFF = (MailKind.WAITING, MailKind.CUSTOMER_WROTE)


def notice() -> int:
    """Queue the mails that are due and not queued yet; return how many. None without a mail server."""
    if not servers.is_sending():
        return 0
    told = sum(_tell_staff(conversation_id) for conversation_id in _waiting())
    return told + sum(_tell_customer(conversation_id) for conversation_id in _unseen())


def _waiting() -> Iterator[uuid.UUID]:
    """Yield the conversations in which a customer waits and nobody is there to look."""
    is_here = is_somebody_here()
    rows = Conversation.objects.filter(
        care=Care.OPEN, waiting_since__isnull=False, last_message_at__gt=Now() - LOOK_BACK
    )
    for conversation in rows.exclude(assistant__notify_email="").select_related("assistant"):
        if not is_here or not is_open(conversation.assistant):
            yield conversation.pk


def _tell_staff(conversation_id: uuid.UUID) -> bool:
    with transaction.atomic():
        conversation = lock_if_there(conversation_id)
        if conversation is None:
            return False
        handoff = Handoff.objects.filter(conversation=conversation, ended_at=None).first()
        if conversation.care != Care.OPEN or conversation.waiting_since is None or handoff is None:
            return False
        earlier = OutgoingMail.objects.filter(
            conversation=conversation, kind__in=TO_STAFF, created_at__gte=handoff.requested_at
        )
        last = earlier.order_by("-id").first()
        if last is None:
            key = f"waiting:{handoff.pk}"
            whole = composing.to_staff(conversation, MailKind.WAITING, key, list(_messages(conversation)))
            return jobs.queue(conversation, whole)
        new = list(_messages(conversation).filter(created_at__gt=last.created_at))
        by_customer = [message for message in new if message.role == Role.CUSTOMER]
        if not by_customer or last.created_at > timezone.now() - AGAIN_AFTER:
            return False
        key = f"wrote:{by_customer[-1].pk}"
        return jobs.queue(conversation, composing.to_staff(conversation, MailKind.CUSTOMER_WROTE, key, new))


def _unseen() -> QuerySet[Conversation, uuid.UUID]:
    """Return the conversations whose customer has an address and has not looked for a minute."""
    said = Event.objects.filter(
        Q(kind="message.created", data__message__role=Role.STAFF) | Q(kind="answer.finished"),
        conversation=OuterRef("pk"),
        seq__gt=OuterRef("seen_seq"),
        created_at__lt=Now() - UNSEEN_FOR,
    )
    rows = Conversation.objects.filter(last_message_at__gt=Now() - LOOK_BACK).filter(
        ~Q(email="") | Q(customer__email__gt="")
    )
    return rows.filter(Exists(said)).order_by("last_message_at").values_list("pk", flat=True)


def _tell_customer(conversation_id: uuid.UUID) -> bool:
    with transaction.atomic():
        conversation = lock_if_there(conversation_id)
        events = unseen_events(conversation) if conversation else []
        if conversation is None or not events or events[0].created_at > timezone.now() - UNSEEN_FOR:
            return False
        ids = [event.data["message"]["id"] for event in events]
        messages = list(_messages(conversation).filter(pk__in=ids))
        key = f"replied:{conversation.pk}:{events[-1].seq}"
        to = address_of(conversation)
        return jobs.queue(conversation, composing.to_customer(conversation, key, to, messages))


def unseen_events(conversation: Conversation) -> list[Event]:
    """Return what a customer has neither seen nor been mailed: staff's words, and answers to their mails."""
    mailed = OutgoingMail.objects.filter(conversation=conversation, kind=MailKind.STAFF_REPLIED)
    last = max((int(key.rpartition(":")[2]) for key in mailed.values_list("key", flat=True)), default=0)
    events = Event.objects.filter(
        Q(kind="message.created", data__message__role=Role.STAFF) | Q(kind="answer.finished"),
        conversation=conversation,
        seq__gt=max(last, conversation.seen_seq),
        created_at__gt=timezone.now() - LOOK_BACK,
    ).order_by("seq")
    by_mail = Answer.objects.filter(conversation=conversation, question__channel=Channel.EMAIL)
    answers = {str(pk) for pk in by_mail.values_list("pk", flat=True)}
    return [event for event in events if event.kind == "message.created" or event.data["answer"] in answers]


def address_of(conversation: Conversation) -> str:
    """Return where a customer gets mail: the address they gave, else the one their website vouches for."""
    known = conversation.customer
    return conversation.email or (known.email if known else "")


def _messages(conversation: Conversation) -> QuerySet[Message]:
    rows = conversation.messages.select_related("author").prefetch_related("citations", "attachments")
    return rows.order_by("created_at", "id")
