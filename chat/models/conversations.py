"""Conversations: exchanges of messages, told as a gapless series of events."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.assistants import Assistant


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


class Conversation(models.Model):
    """An exchange between one customer and an assistant.

    The customer holds a secret of 256 bits; only its SHA-256 is stored. ``head_seq``
    is the number of the last event; its row lock orders all writers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistant = models.ForeignKey(Assistant, on_delete=models.PROTECT, related_name="conversations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    head_seq = models.PositiveBigIntegerField(default=0)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_message_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-last_message_at", "id"]
        indexes = [models.Index(fields=["-last_message_at", "id"], name="conversation_latest")]

    def __str__(self) -> str:
        return str(self.id)


class Message(models.Model):
    """One utterance. ``client_id`` makes a customer's retry harmless."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=10, choices=Role)
    text = models.TextField()
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
