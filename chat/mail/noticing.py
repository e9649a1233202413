"""Noticing: from the rows of conversations to the mails that somebody should get.

Looked for every few seconds; nothing depends on a signal or on Redis. A conversation is locked
while its mail is written, so that what is said meanwhile is in this mail or in the next one.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
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
MOST = 500  # conversations per round and side; the others have their turn in ten seconds
ADDRESS = r"^[^\s@]+@[^\s@]+$"  # none that no mail is queued for: those would be looked at for ever
UP_TO = Cast(Func("key", Value(":"), Value(-1), function="split_part"), BigIntegerField())  # of a mail's news
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
    rows = rows.exclude(assistant__notify_email="").exclude(Exists(_told())).select_related("assistant")
    for conversation in rows[:MOST]:
        if not is_here or not is_open(conversation.assistant):
            yield conversation.pk


def _told() -> QuerySet[OutgoingMail]:
    """Return the mails to staff after which a waiting customer has said nothing more."""
    of_it = {"conversation": OuterRef("conversation")}
    return OutgoingMail.objects.filter(
        Exists(Handoff.objects.filter(**of_it, ended_at=None, requested_at__lte=OuterRef("created_at"))),
        ~Exists(Message.objects.filter(**of_it, role=Role.CUSTOMER, created_at__gt=OuterRef("created_at"))),
        conversation=OuterRef("pk"),
        kind__in=TO_STAFF,
    )


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
    """Return some conversations that have a mail due to a customer who has not looked for a minute."""
    known = Q(email="", customer__email__regex=ADDRESS)
    said = _news().filter(
        conversation=OuterRef("pk"), seq__gt=OuterRef("seen_seq"), created_at__lt=Now() - UNSEEN_FOR
    )
    rows = Conversation.objects.filter(
        Q(email__regex=ADDRESS) | known, Exists(said), last_message_at__gt=Now() - LOOK_BACK
    )
    return rows.order_by("last_message_at").values_list("pk", flat=True)[:MOST]


def _news() -> QuerySet[Event]:
    """Return what goes by mail to who does not see it, once: staff's words, and answers to mails.

    What the assistant answers in the chat stays there: most customers have read it when they leave.
    """
    by_mail = Answer.objects.annotate(name=Cast("pk", CharField())).filter(
        conversation=OuterRef("conversation"), question__channel=Channel.EMAIL, name=OuterRef("answer")
    )
    mailed = OutgoingMail.objects.annotate(seq=UP_TO).filter(
        conversation=OuterRef("conversation"), kind=MailKind.STAFF_REPLIED, seq__gte=OuterRef("seq")
    )
    return Event.objects.annotate(answer=KT("data__answer")).filter(
        Q(kind="message.created", data__message__role=Role.STAFF)
        | Q(Exists(by_mail), kind="answer.finished"),
        ~Exists(mailed),
        created_at__gt=Now() - LOOK_BACK,
    )


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
    return list(_news().filter(conversation=conversation, seq__gt=conversation.seen_seq).order_by("seq"))


def address_of(conversation: Conversation) -> str:
    """Return where a customer gets mail: the address they gave, else the one their website vouches for."""
    known = conversation.customer
    return conversation.email or (known.email if known else "")


def _messages(conversation: Conversation) -> QuerySet[Message]:
    rows = conversation.messages.select_related("author").prefetch_related("citations", "attachments")
    return rows.order_by("created_at", "id")
