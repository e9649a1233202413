"""Curation: what staff changed by hand, what they should look at, and who did what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.documents import Document, Version


class EditKind(models.TextChoices):
    """What an edit does to the text it is anchored at."""

    REPLACE = "replace", _("Text replaced")
    DISABLE = "disable", _("Disabled")
    ADD = "add", _("Text added")
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merged")


class EditState(models.TextChoices):
    """Whether an edit is in force."""

    ACTIVE = "active", _("In force")
    CONFLICT = "conflict", _("The source changed: decide")
    UNDONE = "undone", _("Undone")


class Edit(models.Model):
    """An overlay on a stretch of a document's source text, kept across re-ingestion.

    ``start`` and ``end`` are characters of the source text that ``base_version`` was made
    from; ``source_text`` is what stood there. When a new source no longer holds it, the
    edit is in conflict and ``found_text`` is what stands there now. ``at`` is the place of a
    split within the stretch; undoing an edit revives those it replaced.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="edits")
    kind = models.CharField(max_length=10, choices=EditKind)
    state = models.CharField(max_length=10, choices=EditState, default=EditState.ACTIVE)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    source_text = models.TextField(blank=True)
    heading_path = models.JSONField(default=list, blank=True)
    text = models.TextField(blank=True)
    at = models.PositiveIntegerField(default=0)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced"
    )
    found_text = models.TextField(blank=True)
    found_start = models.PositiveIntegerField(null=True, blank=True)
    base_version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [
            models.Index(fields=["document"], name="edit_in_conflict", condition=models.Q(state="conflict"))
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.document_id} at {self.start}"


class FindingKind(models.TextChoices):
    """What was noticed about a document."""

    NEAR_DUPLICATE = "near_duplicate", _("Nearly the same as another document")
    CONTRADICTION = "contradiction", _("Says another number than another document")
    HIDDEN_TEXT = "hidden_text", _("Hidden text")
    INJECTION = "injection", _("Text that gives orders to a language model")


class FindingState(models.TextChoices):
    """What staff made of a finding."""

    OPEN = "open", _("To decide")
    ACCEPTED = "accepted", _("Looked at: fine as it is")
    MENDED = "mended", _("Mended")


class Finding(models.Model):
    """Something staff should look at; it never blocks anything by itself."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="findings")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20, choices=FindingKind)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    excerpt = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    other = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.CASCADE, related_name="findings_of_others"
    )
    other_excerpt = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=64, help_text=_("Equal for the same finding of a later version."))
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="finding_once")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="finding_open", condition=models.Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.document_id}"


class Act(models.Model):
    """One thing that somebody did to our knowledge; rows are only ever added.

    ``subject`` copies the name of what it was done to, which may go later. ``by`` is empty
    for what the product did by itself (a sync that unpublished a page).
    """

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="acts"
    )
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="act_newest")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
