"""Jobs: the columns of work that a row stands for, and the states that it goes through.

PostgreSQL and not the queue owns the truth about work: its lease and its progress live in its row.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a piece of work stands."""

    QUEUED = "queued", _("Queued")
    WORKING = "working", _("Working")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Leased(models.Model):
    """Work that stays with one worker for as long as it renews its lease, and shows how far it is."""

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text=_("Why it failed, in words for staff."))
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_in_progress(self) -> bool:
        """Say whether a worker has it or will get it."""
        return self.state in (State.QUEUED, State.WORKING)

    @property
    def percent(self) -> int:
        """Return how much of what is known to be done is done, 0 to 100."""
        return min(100, round(100 * self.done / self.total)) if self.total else 0


class Job(Leased):
    """Leased work of which only one attempt may write: ``attempt`` is the fence."""

    attempt = models.PositiveIntegerField(default=0)
    rung_at = models.DateTimeField(null=True, blank=True, help_text=_("When the queue was last told."))
    cancel_requested = models.BooleanField(default=False)

    class Meta(Leased.Meta):
        abstract = True
