"""Mail: what goes out by e-mail, as leased work, and what came in, each once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation


class MailKind(models.TextChoices):
    """What a mail is for."""

    WAITING = "waiting", _("To staff: a customer waits and nobody is here")
    CUSTOMER_WROTE = "customer_wrote", _("To staff: a customer wrote again")
    STAFF_REPLIED = "staff_replied", _("To the customer: staff replied while they were away")
    TRANSCRIPT = "transcript", _("To the customer: the transcript they asked for")


class MailState(models.TextChoices):
    """Where a mail stands."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class OutgoingMail(models.Model):
    """One e-mail to send, and the leased job that sends it; ``key`` makes asking twice harmless."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outgoing_mail")
    kind = models.CharField(max_length=20, choices=MailKind)
    key = models.CharField(max_length=120, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    message_id = models.CharField(max_length=200)
    reply_to = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    reason = models.TextField(blank=True, help_text=_("Why it failed, in words for staff."))
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"], name="mail_open_work", condition=models.Q(state__in=["queued", "sending"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to}"


class IncomingMail(models.Model):
    """One e-mail that came in, known by its Message-ID; one that led nowhere says why."""

    message_id = models.CharField(max_length=300, unique=True)
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=300, blank=True)
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="incoming_mail"
    )
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why it did not become a message."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject or self.message_id
