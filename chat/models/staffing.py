"""Staffing: what passes between a conversation and the people who take it over."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.assistants import Assistant
from chat.models.conversations import Conversation, Message


class HandoffReason(models.TextChoices):
    """Why a conversation passed to staff."""

    ASKED = "asked", _("The customer asked for a person")
    UNHELPFUL = "unhelpful", _("The answers did not help")
    RULE = "rule", _("A rule of the assistant")
    STAFF = "staff", _("Staff stepped in")


class HandoffEnd(models.TextChoices):
    """How a handoff ended."""

    RELEASED = "released", _("Given back to the assistant")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("The customer went back to the assistant")


class Handoff(models.Model):
    """One episode in which staff have, or shall have, a conversation; at most one of them is open."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handoffs")
    reason = models.CharField(max_length=10, choices=HandoffReason)
    requested_at = models.DateTimeField(auto_now_add=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=HandoffEnd, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="handoff_open_once", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Note(models.Model):
    """What staff tell each other about a conversation; no customer's socket ever carries it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class PendingReply(models.Model):
    """What staff have sent and can still take back: it becomes a message when it is due, page open or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="pending_replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    citations = models.JSONField(
        default=list, blank=True, help_text="Of the assistant's draft, if it began as one."
    )
    then_close = models.BooleanField(default=False)
    due_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_at", "created_at"]

    def __str__(self) -> str:
        return self.text[:60]


class CannedReply(models.Model):
    """Words that staff use again and again, found by their shortcut."""

    shortcut = models.SlugField(max_length=40, unique=True)
    text = models.TextField()
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_replies"
    )
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["shortcut"]

    def __str__(self) -> str:
        return self.shortcut


class StaffPresence(models.Model):
    """Who of staff is here: renewed by an open inbox, and silent a minute after the last one closed."""

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence")
    is_available = models.BooleanField(
        default=True, help_text=_("Off: here, but not to be given conversations.")
    )
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["staff"]

    def __str__(self) -> str:
        return str(self.staff)


class Ban(models.Model):
    """A word or a visitor that an assistant does not answer."""

    class Kind(models.TextChoices):
        """What is banned."""

        WORD = "word", _("Word")
        CONVERSATION = "conversation", _("Conversation")
        ADDRESS = "address", _("Address")
        CUSTOMER = "customer", _("Customer")

    kind = models.CharField(max_length=15, choices=Kind)
    value = models.CharField(max_length=200)
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.CASCADE, related_name="bans"
    )
    reason = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "value"], name="ban_by_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Attachment(models.Model):
    """A file that a customer gave to staff, or staff to a customer; kept under its hash, never run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name
