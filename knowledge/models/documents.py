"""Documents and their versions: what staff gave us, and each ingested state of it.

A version is also the job that makes it: its lease, attempt and progress live in
its row, because PostgreSQL and not the queue owns the truth about work.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.collections import Audience, Collection
from knowledge.models.jobs import Job


class Origin(models.TextChoices):
    """Why a version was made."""

    UPLOAD = "upload", _("Upload")
    SYNC = "sync", _("Sync")
    EDIT = "edit", _("Edit")
    RETRY = "retry", _("Retry")


class Document(models.Model):
    """What staff gave us: one title that may have many versions, one of them live.

    ``fixed_language`` is staff's word against the detection's. From ``expires_on`` on
    nobody finds it any more; at ``review_on`` staff are asked whether it still holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=255)
    audience = models.CharField(max_length=10, choices=Audience)
    language = models.CharField(max_length=8, blank=True)
    fixed_language = models.CharField(max_length=8, blank=True)
    is_published = models.BooleanField(default=True)
    is_pinned = models.BooleanField(default=False, help_text=_("Preferred among passages that fit equally."))
    review_on = models.DateField(null=True, blank=True, db_index=True)
    expires_on = models.DateField(null=True, blank=True, db_index=True)
    live_version = models.ForeignKey(
        "knowledge.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    latest_version = models.ForeignKey(
        "knowledge.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "file_name"], name="one_document_per_file_name")
        ]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="document_newest"),
            models.Index(fields=["collection", "language"], name="document_languages"),
        ]

    def __str__(self) -> str:
        return self.title


class Version(Job):
    """One ingested state of a document, and the leased job that makes it.

    ``attempt`` fences: a worker may write only while the attempt it claimed is still
    the row's. ``text`` and ``blocks`` stay when a newer version goes live, so that a
    citation can always be opened at its span; the chunks of the latest few stay too, out of
    search, so that a roll-back is one flip. ``placements`` say where staff's edits lie in the
    text, and what the source said there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(help_text=_("Bytes of the original."))

    origin = models.CharField(max_length=10, choices=Origin, default=Origin.UPLOAD)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    embedded = models.PositiveIntegerField(default=0, help_text=_("Chunks whose vectors had to be computed."))

    text = models.TextField(blank=True)
    blocks = models.JSONField(default=list, blank=True)
    placements = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=8, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    compared_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the curated answers were compared with it.")
    )

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="version_number_once")]
        indexes = [
            models.Index(fields=["state", "id"], name="version_state"),
            models.Index(
                fields=["finished_at"],
                name="version_to_compare",
                condition=models.Q(state="ready", compared_at__isnull=True),
            ),
            models.Index(
                fields=["state", "lease_until"],
                name="version_open_work",
                condition=models.Q(state__in=["queued", "working"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"
