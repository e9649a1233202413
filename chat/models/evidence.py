"""Evidence: what an answer rests on, and what people thought of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Message


class Citation(models.Model):
    """A numbered pointer from an answer to a passage; everything shown is copied.

    Documents change and go; what a customer was shown does not. ``document_id`` and
    ``version_id`` are plain values, because chat never reaches into knowledge's tables. A
    curated answer may link to no document of ours: then they are empty, and ``url`` is
    where staff said to read on, if anywhere.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="citations")
    number = models.PositiveIntegerField()
    quote = models.TextField()
    title = models.CharField(max_length=300)
    heading_path = models.JSONField(default=list)
    page = models.PositiveIntegerField(null=True, blank=True)
    document_id = models.UUIDField(null=True, blank=True)
    version_id = models.UUIDField(null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="citation_number_once")]
        # The answers that cite a document, newest first, without sorting what was ever cited.
        indexes = [models.Index(fields=["document_id", "-id"], name="citation_of_document")]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"


class Feedback(models.Model):
    """The customer's thumb on one answer; changing one's mind replaces it."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="feedback")
    helpful = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return "helpful" if self.helpful else "unhelpful"


class Verdict(models.TextChoices):
    """What staff think of an answer."""

    CORRECT = "correct", _("Correct")
    INCOMPLETE = "incomplete", _("Incomplete")
    WRONG = "wrong", _("Wrong")
    SHOULD_DECLINE = "should_decline", _("Should have declined")


class Review(models.Model):
    """Staff's verdict on one answer, with the answer they would have wanted."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="review")
    verdict = models.CharField(max_length=20, choices=Verdict)
    note = models.TextField(blank=True)
    better_answer = models.TextField(blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.verdict
