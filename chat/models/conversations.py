"""Conversations: exchanges of messages, told as a gapless series of events."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.markdown import plain
from chat.models.assistants import Assistant
from chat.models.customers import Customer


class Role(models.TextChoices):
    """Who speaks."""

    CUSTOMER = "customer", _("Customer")
    ASSISTANT = "assistant", _("Assistant")
    STAFF = "staff", _("Staff")


class Outcome(models.TextChoices):
    """How an answer ended."""

    ANSWERED = "answered", _("Answered")
    CURATED = "curated", _("Curated answer")
    DECLINED = "declined", _("Declined")
    CLARIFIED = "clarified", _("Clarified")
    HANDOFF = "handoff", _("Asked for a person")
    COURTESY = "courtesy", _("Courtesy")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class Care(models.TextChoices):
    """Who takes care of a conversation now."""

    ASSISTANT = "assistant", _("Assistant")
    OPEN = "open", _("Staff")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")


class Channel(models.TextChoices):
    """How a message came."""

    CHAT = "chat", _("Chat")
    EMAIL = "email", _("E-mail")


class Conversation(models.Model):
    """An exchange between one customer and an assistant.

    The customer holds a secret of 256 bits; only its SHA-256 is stored. ``head_seq``
    is the number of the last event; its row lock orders all writers. ``care`` says who
    answers; ``waiting_since`` is when the customer began to wait for a person, ``episode_at``
    where the assistant's memory begins, ``seen_seq`` how far the customer has looked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistant = models.ForeignKey(Assistant, on_delete=models.PROTECT, related_name="conversations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    head_seq = models.PositiveBigIntegerField(default=0)
    language = models.CharField(max_length=8, blank=True)
    care = models.CharField(max_length=10, choices=Care, default=Care.ASSISTANT)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    waiting_since = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    episode_at = models.DateTimeField(default=timezone.now)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    page_url = models.URLField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=300, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    seen_seq = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_message_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-last_message_at", "id"]
        indexes = [
            models.Index(fields=["-last_message_at", "id"], name="conversation_latest"),
            models.Index(fields=["care", "-last_message_at", "id"], name="conversation_care_latest"),
            models.Index(fields=["assignee", "care"], name="conversation_of_staff"),
            models.Index(
                fields=["waiting_since"],
                name="conversation_waiting",
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until"],
                name="conversation_snoozed",
                condition=models.Q(snoozed_until__isnull=False),
            ),
            GinIndex(fields=["tags"], name="conversation_tags"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ConversationSecret(models.Model):
    """A second secret to a conversation, of a verified customer's other device; stored as its SHA-256."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="secrets")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.conversation_id)


class Message(models.Model):
    """One utterance. ``client_id`` makes a retry harmless; ``author`` is who of staff said it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=10, choices=Role)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.CHAT)
    text = models.TextField(blank=True)
    client_id = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answerer = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="client_message_once")
        ]
        indexes = [models.Index(fields=["conversation", "created_at"], name="message_order")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def words(self) -> str:
        """What it says, to be read as text: only the assistant's Markdown has backslashes before signs."""
        return plain(self.text) if self.role == Role.ASSISTANT else self.text


class Event(models.Model):
    """One numbered fact of a conversation, written in the transaction of its rows."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="event_seq_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"
