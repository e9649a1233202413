"""Waiting: conversations in which somebody is away, and time that has passed."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from chat.conversations import contacts, handoffs, staffing
from chat.conversations.answers import claim_next
from chat.conversations.transcript import lock
from chat.mail import noticing, sending
from chat.models import Conversation, Event, Message, OutgoingMail, StaffPresence
from tests.factories import asked, assistant, replied, staff, token


def waiting(secret: str = "", **columns: Any) -> Conversation:
    """Let Cleo ask, get an answer, want a person and leave her address, while nobody is here."""
    columns = {"notify_email": "team@lindmoor.example", **columns}
    made = assistant()
    type(made).objects.filter(pk=made.pk).update(**columns)
    conversation = asked("How do I reset it?", secret or token()).conversation
    (work,) = claim_next("runner", 1)
    replied(work)
    contacts.give_contact(conversation.pk, "Cleo", "cleo@example.com")
    handoffs.request_handoff(conversation.pk)
    return Conversation.objects.get(pk=conversation.pk)


def here(name: str = "ben") -> None:
    """Let somebody of staff have the inbox open."""
    StaffPresence.objects.update_or_create(staff=staff(name), defaults={"seen_at": timezone.now()})


def says(conversation: Conversation, text: str, who: str = "ben") -> Event:
    """Let staff say something in the chat."""
    with transaction.atomic():
        return staffing.say(lock(conversation.pk), staff(who), text)


def later(**time: float) -> None:
    """Let time pass: all that was said, sent and asked for becomes older."""
    age = timedelta(**time)
    for rows, column in (
        (Event.objects.all(), "created_at"),
        (Message.objects.all(), "created_at"),
        (OutgoingMail.objects.all(), "created_at"),
        (OutgoingMail.objects.all(), "due_at"),
        (OutgoingMail.objects.exclude(lease_until=None), "lease_until"),
    ):
        rows.update(**{column: F(column) - age})
    from_handoffs = Conversation.objects.exclude(waiting_since=None)
    from_handoffs.update(waiting_since=F("waiting_since") - age)
    for conversation in Conversation.objects.all():
        conversation.handoffs.update(requested_at=F("requested_at") - age)


def round_of_mail() -> None:
    """Do what the clock rings for every ten seconds."""
    noticing.notice()
    sending.send_due()
