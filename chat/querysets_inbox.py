"""Querysets of the inbox: from a queue that staff look into to its conversations, its length and its wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, TextChoices
from django.db.models.functions import JSONObject, Left
from django.utils.translation import gettext_lazy as _

from chat.models import (
    Assistant,
    CannedReply,
    Care,
    Conversation,
    Event,
    Handoff,
    Message,
    Note,
    PendingReply,
)

MOST_COUNTED = 1000  # of a queue; nobody works through more, and counting on would cost every look
PARTS = ("citations", "attachments")  # of a message
LINE = 160  # characters of the last message that a row shows
SHOWN = (
    "message.created",
    "answer.finished",
    "handoff.requested",
    "handoff.joined",
    "handoff.finished",
    "contact.given",
    "conversation.closed",
    "conversation.reopened",
)


class Queue(TextChoices):
    """Where a conversation stands for whoever looks; the order is that of the page."""

    UNASSIGNED = "unassigned", _("Unassigned")
    MINE = "mine", _("Mine")
    WAITING = "waiting", _("Waiting")
    TEAM = "team", _("All open")
    ASSISTANT = "assistant", _("Assistant")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")


OF_STAFF = (Queue.UNASSIGNED, Queue.MINE, Queue.WAITING, Queue.TEAM)


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What the inbox shows; empty means any."""

    queue: Queue = Queue.UNASSIGNED
    assistant: Assistant | None = None
    tag: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """How many conversations stand in a queue, up to one more than ``MOST_COUNTED``, and the longest wait."""

    queue: Queue
    count: int
    waiting_since: datetime | None = None

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > MOST_COUNTED

    @property
    def shown(self) -> str:
        """The count as it is written."""
        return f"{MOST_COUNTED:,}+" if self.is_more else f"{self.count:,}"


def standing_in(queue: Queue, staff: User) -> Q:
    """Return the condition under which a conversation stands in a queue of somebody of staff."""
    is_open = Q(care=Care.OPEN)
    match queue:
        case Queue.UNASSIGNED:
            return is_open & Q(assignee=None)
        case Queue.MINE:
            return is_open & Q(assignee=staff)
        case Queue.WAITING:
            return is_open & Q(waiting_since__isnull=False)
        case Queue.TEAM:
            return is_open
        case _:
            return Q(care=queue.value)


def figures_for(staff: User) -> list[QueueFigure]:
    """Return every queue with its length and its longest wait, in four queries."""
    asked: dict[str, Count | Min] = {}
    for queue in OF_STAFF:
        stands = standing_in(queue, staff)
        asked[f"count_{queue.value}"] = Count("pk", filter=stands)
        asked[f"since_{queue.value}"] = Min("waiting_since", filter=stands)
    found = Conversation.objects.filter(care=Care.OPEN).aggregate(**asked)
    figures = [
        QueueFigure(queue, found[f"count_{queue.value}"], found[f"since_{queue.value}"]) for queue in OF_STAFF
    ]
    for queue in (Queue.ASSISTANT, Queue.SNOOZED, Queue.CLOSED):
        rows = Conversation.objects.filter(care=queue.value).order_by()
        figures.append(QueueFigure(queue, rows[: MOST_COUNTED + 1].count()))
    return figures


def last_wait() -> datetime | None:
    """Return since when the customer waits who began last; a newer one means that somebody else waits."""
    waiting = Conversation.objects.filter(care=Care.OPEN, waiting_since__isnull=False)
    found: datetime | None = waiting.aggregate(last=Max("waiting_since"))["last"]
    return found


def conversations_in(filters: InboxFilters, staff: User) -> QuerySet[Conversation]:
    """Return the conversations of a queue, each with its ``last`` message as ``{"text", "role"}``."""
    found = Conversation.objects.filter(standing_in(filters.queue, staff))
    if filters.assistant is not None:
        found = found.filter(assistant=filters.assistant)
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    if filters.words:
        words = filters.words
        said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=words)
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words) | Exists(said))
    messages = Message.objects.filter(conversation=OuterRef("pk")).order_by("-created_at", "-id")
    last = messages.values(last=JSONObject(text=Left("text", LINE), role="role"))[:1]
    return found.select_related("assistant", "assignee", "customer").annotate(last=Subquery(last))


def told_events(conversation_id: UUID) -> QuerySet[Event]:
    """Return the events of a conversation that its transcript shows."""
    return Event.objects.filter(conversation_id=conversation_id, kind__in=SHOWN)


def messages_with_parts(conversation_id: UUID, parts: Sequence[str] = PARTS) -> QuerySet[Message]:
    """Return the messages of a conversation with author, thumb and the parts that are named."""
    messages = Message.objects.filter(conversation_id=conversation_id).select_related("author", "feedback")
    return messages.prefetch_related(*parts)


def notes_of(conversation_id: UUID) -> QuerySet[Note]:
    """Return the notes of a conversation, oldest first."""
    return Note.objects.filter(conversation_id=conversation_id).select_related("author")


def pending_replies(conversation_id: UUID) -> QuerySet[PendingReply]:
    """Return what staff have sent and can still take back."""
    return PendingReply.objects.filter(conversation_id=conversation_id).select_related("author")


def with_context() -> QuerySet[Conversation]:
    """Return conversations with who they are about, whose they are, and their episodes with staff."""
    handoffs = Handoff.objects.select_related("joined_by").order_by("-id")
    related = Conversation.objects.select_related("assistant", "assignee", "customer")
    return related.prefetch_related(Prefetch("handoffs", queryset=handoffs))


def earlier_of(conversation: Conversation, most: int = 5) -> list[Conversation]:
    """Return the other conversations of the same verified customer, latest first; nobody else's, ever."""
    if conversation.customer_id is None:
        return []
    same = Conversation.objects.filter(customer=conversation.customer_id).exclude(pk=conversation.pk)
    first = Message.objects.filter(conversation=OuterRef("pk")).order_by("created_at", "id")
    annotated = same.annotate(first=Subquery(first.values(line=Left("text", LINE))[:1]))
    return list(annotated.order_by("-last_message_at", "id")[:most])


def colleagues() -> QuerySet[User]:
    """Return everybody who may have a conversation."""
    return User.objects.filter(is_active=True, is_staff=True).order_by("first_name", "username")


def canned_for(assistant: Assistant) -> QuerySet[CannedReply]:
    """Return the canned replies that fit an assistant, those that are used most first."""
    fitting = CannedReply.objects.filter(Q(assistant=None) | Q(assistant=assistant))
    return fitting.order_by("-uses", "shortcut")
