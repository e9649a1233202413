"""Handoffs: a conversation passes to staff and comes back, each step a numbered fact.

While staff have it the assistant is silent: questions are stored, but no answer is queued.
What the assistant remembers begins anew when it gets the conversation back.
"""

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from chat.conversations.transcript import STOP, lock, lock_if_there, public_name, record, ring
from chat.errors import BadQuestion
from chat.models import (
    Answer,
    AnswerState,
    Care,
    Conversation,
    Event,
    Feedback,
    Handoff,
    HandoffEnd,
    HandoffReason,
    Message,
    Outcome,
    Role,
)

OFFER_AFTER = 2  # answers in a row that did not help, before a person is offered
NOBODY = (Care.ASSISTANT, Care.CLOSED)  # no person has such a conversation


def request_handoff(conversation_id: uuid.UUID, reason: HandoffReason = HandoffReason.ASKED) -> list[Event]:
    """Pass a conversation to staff; no events when staff have it already.

    Raises:
        BadQuestion: The assistant passes nothing to people.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        if not is_offered(conversation):
            raise BadQuestion("no_handoff", "There is nobody to pass this conversation to.")
        return _requested(conversation, reason)


def _requested(conversation: Conversation, reason: HandoffReason) -> list[Event]:
    if conversation.care == Care.SNOOZED:
        return [*wake(conversation)]
    if conversation.care == Care.OPEN:
        return []
    handoff = Handoff.objects.create(conversation=conversation, reason=reason)
    _care(conversation, Care.OPEN, waiting_since=timezone.now(), assignee=None)
    silence(conversation)
    return [record(conversation, "handoff.requested", {"handoff": handoff.pk, "reason": reason.value})]


def requested_in(conversation: Conversation, reason: HandoffReason) -> list[Event]:
    """Pass a locked conversation to staff, if its assistant passes any on."""
    return _requested(conversation, reason) if is_offered(conversation) else []


def is_offered(conversation: Conversation) -> bool:
    """Say whether the assistant of a conversation passes any to people."""
    return conversation.assistant.passes_on


def withdraw(conversation_id: uuid.UUID) -> list[Event]:
    """Let the customer go back to the assistant."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        return _ended(conversation, HandoffEnd.WITHDRAWN) if conversation.care not in NOBODY else []


def join(conversation_id: uuid.UUID, staff: User) -> list[Event]:
    """Let somebody of staff take a conversation over, asked or not; the assistant is silent from now on.

    One that was closed is open again.
    """
    with transaction.atomic():
        return taken_over_in(lock(conversation_id), staff)


def taken_over_in(conversation: Conversation, staff: User) -> list[Event]:
    """Give a locked conversation, whoever has it, to somebody of staff."""
    events = reopened_in(conversation) if conversation.care == Care.CLOSED else []
    if conversation.care == Care.ASSISTANT:
        Handoff.objects.create(conversation=conversation, reason=HandoffReason.STAFF)
        silence(conversation)
    return [*events, *joined_in(conversation, staff)]


def joined_in(conversation: Conversation, staff: User) -> list[Event]:
    """Note in a locked conversation that somebody has it now; no event if that is known."""
    handoff = Handoff.objects.filter(conversation=conversation, ended_at=None).first()
    known = handoff is not None and handoff.joined_by_id == staff.pk and conversation.assignee_id == staff.pk
    _care(conversation, Care.OPEN, assignee=staff, snoozed_until=None)
    if handoff is None or known:
        return []
    Handoff.objects.filter(pk=handoff.pk).update(joined_by=staff, joined_at=handoff.joined_at or Now())
    return [
        record(conversation, "handoff.joined", {"handoff": handoff.pk, "staff": {"name": public_name(staff)}})
    ]


def release(conversation_id: uuid.UUID) -> list[Event]:
    """Give a conversation back to the assistant, whose memory begins here."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        return _ended(conversation, HandoffEnd.RELEASED) if conversation.care not in NOBODY else []


def close(conversation_id: uuid.UUID) -> list[Event]:
    """Close a conversation; the customer's next message opens it again, with the assistant."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.care == Care.CLOSED:
            return []
        events = _ended(conversation, HandoffEnd.CLOSED) if conversation.care != Care.ASSISTANT else []
        _care(conversation, Care.CLOSED)
        return [*events, record(conversation, "conversation.closed", {})]


def reopen(conversation_id: uuid.UUID, staff: User) -> list[Event]:
    """Open a closed conversation again, in the hands of who did so."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.care != Care.CLOSED:
            return []
        return taken_over_in(conversation, staff)


def reopened_in(conversation: Conversation) -> list[Event]:
    """Give a locked, closed conversation to the assistant again."""
    _care(conversation, Care.ASSISTANT, episode_at=timezone.now())
    return [record(conversation, "conversation.reopened", {})]


def snooze(conversation_id: uuid.UUID, until: datetime) -> None:
    """Put a conversation that staff have aside until a moment, or until the customer writes."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.care == Care.OPEN:
            _care(conversation, Care.SNOOZED, snoozed_until=until, waiting_since=None)


def wake(conversation: Conversation) -> list[Event]:
    """Take a locked conversation back from its snooze; the customer sees nothing of that."""
    _care(conversation, Care.OPEN, snoozed_until=None, waiting_since=timezone.now())
    return []


def wake_due() -> list[uuid.UUID]:
    """Wake the conversations whose snooze is over; return which."""
    woken = []
    due = Conversation.objects.filter(care=Care.SNOOZED, snoozed_until__lte=Now())
    for conversation_id in due.values_list("id", flat=True)[:200]:
        with transaction.atomic():
            conversation = lock_if_there(conversation_id)
            if conversation is not None and conversation.care == Care.SNOOZED:
                wake(conversation)
                woken.append(conversation_id)
    return woken


def silence(conversation: Conversation) -> None:
    """End the answers that are being made with what they have said, and drop those that have not begun."""
    answers = Answer.objects.filter(conversation=conversation)
    answers.filter(state__in=[AnswerState.QUEUED, AnswerState.PAUSED]).update(
        state=AnswerState.FINISHED, finished_at=Now()
    )
    if answers.filter(state=AnswerState.RUNNING).update(stop_requested=True):
        ring(STOP)


def is_worth_offering(conversation: Conversation) -> bool:
    """Say whether the last answers helped so little that a person should be offered."""
    if conversation.care != Care.ASSISTANT or not is_offered(conversation):
        return False
    most = int(conversation.assistant.handoff_rules.get("offer_after", OFFER_AFTER))
    replies = Message.objects.filter(
        conversation=conversation, role=Role.ASSISTANT, created_at__gte=conversation.episode_at
    ).exclude(outcome=Outcome.COURTESY)
    last = list(replies.order_by("-created_at", "-id").values_list("id", "outcome")[:most])
    thumbs_down = set(
        Feedback.objects.filter(message__in=[pk for pk, _ in last], helpful=False).values_list(
            "message", flat=True
        )
    )
    bad = [pk for pk, outcome in last if outcome == Outcome.DECLINED or pk in thumbs_down]
    return len(bad) >= most


def _ended(conversation: Conversation, end: HandoffEnd) -> list[Event]:
    handoff = Handoff.objects.filter(conversation=conversation, ended_at=None).first()
    now = timezone.now()
    _care(
        conversation,
        Care.ASSISTANT,
        assignee=None,
        waiting_since=None,
        snoozed_until=None,
        episode_at=now,
    )
    if handoff is None:
        return []
    Handoff.objects.filter(pk=handoff.pk).update(ended_at=now, end=end)
    return [record(conversation, "handoff.finished", {"handoff": handoff.pk, "end": end.value})]


def _care(conversation: Conversation, care: Care, **columns: object) -> None:
    """Store who takes care of a locked conversation, and keep the instance in step."""
    for name, value in {"care": care, **columns}.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=["care", *columns])
