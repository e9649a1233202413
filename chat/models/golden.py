"""Golden questions and evaluation runs: what the right answer is known for, and how often it was given.

A run is a job as documents are: its row holds lease, progress and what was answered so far,
so that a run whose worker died goes on where it was.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.assistants import Assistant


class Expectation(models.TextChoices):
    """What the right thing to do with a question is."""

    ANSWER = "answer", _("Answer it")
    DECLINE = "decline", _("Decline it")
    CLARIFY = "clarify", _("Ask back")
    HANDOFF = "handoff", _("Pass it to staff")


class Asker(models.TextChoices):
    """Whose eyes a golden question is asked with."""

    PUBLIC = "public", _("Customers")
    INTERNAL = "internal", _("Staff")


class GoldenQuestion(models.Model):
    """A question with a known answer and place.

    ``document`` is the number, the file name or the title of the document that answers it;
    ``also`` names others that would do, each with words of its own. ``history`` are the
    turns before it, as pairs of ``question`` and ``answer``.
    """

    question = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    expect = models.CharField(max_length=10, choices=Expectation, default=Expectation.ANSWER)
    contains = models.JSONField(default=list, blank=True)
    never = models.JSONField(default=list, blank=True)
    document = models.CharField(max_length=300, blank=True)
    page = models.PositiveIntegerField(null=True, blank=True)
    also = models.JSONField(default=dict, blank=True)
    history = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=10, choices=Asker, default=Asker.PUBLIC)
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL, related_name="golden_questions"
    )
    collections = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.question[:80]


class RunState(models.TextChoices):
    """Where an evaluation run stands."""

    QUEUED = "queued", _("Queued")
    WORKING = "working", _("Working")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class EvaluationRun(models.Model):
    """All golden questions asked once, and the leased job that asks them.

    ``wanted`` are the questions as they were when it began, ``questions`` what became of
    each. ``subject`` says what was asked; only runs of one subject are compared.
    """

    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text=_("Why it failed, in words for staff."))
    attempt = models.PositiveIntegerField(default=0, help_text=_("Slices begun since one was finished."))
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    wanted = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["state"], name="run_open_work", condition=models.Q(state__in=["queued", "working"])
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def is_in_progress(self) -> bool:
        """Say whether a worker has it or will get it."""
        return self.state in (RunState.QUEUED, RunState.WORKING)
