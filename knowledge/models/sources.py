"""Sources: where documents keep coming from, the runs that fetch them, and their pages."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from knowledge.models.collections import Collection
from knowledge.models.documents import Document
from knowledge.models.jobs import Job


class SourceKind(models.TextChoices):
    """What a source is."""

    PAGE = "page", _("Single page")
    SITE = "site", _("Website or sitemap")
    FOLDER = "folder", _("Folder on this machine")


class Schedule(models.TextChoices):
    """How often a source is synced."""

    MANUAL = "manual", _("By hand")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class Source(models.Model):
    """A page, site or folder that documents keep coming from.

    ``include`` and ``exclude`` are patterns of addresses, one a line. A page that is gone
    stays published for ``grace_days``. Pages of a site are found by its sitemaps and, with
    ``follow_links``, by the links of its pages up to ``depth`` clicks from the address.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=SourceKind)
    address = models.CharField(max_length=1000)
    include = models.TextField(blank=True)
    exclude = models.TextField(blank=True)
    follow_links = models.BooleanField(default=True)
    depth = models.PositiveSmallIntegerField(default=3)
    page_budget = models.PositiveIntegerField(default=500)
    seconds_between = models.FloatField(default=1.0, help_text=_("Seconds between two requests to a host."))
    grace_days = models.PositiveSmallIntegerField(default=3)
    schedule = models.CharField(max_length=10, choices=Schedule, default=Schedule.DAILY)
    is_paused = models.BooleanField(default=False)
    next_run_at = models.DateTimeField(null=True, blank=True, db_index=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SyncRun(Job):
    """One sync of a source, and the leased job that does it in slices.

    ``counts`` has the pages by outcome, ``troubles`` an address and a reason for each that failed or is
    gone. ``setbacks`` counts workers that died over it, ``silences`` the latest requests in a row that
    nobody answered. A queued run is claimed from ``due_at`` on.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    counts = models.JSONField(default=dict, blank=True)
    troubles = models.JSONField(default=list, blank=True)
    setbacks = models.PositiveSmallIntegerField(default=0)
    silences = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(state__in=["queued", "working"]),
                name="one_open_run_per_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.created_at:%Y-%m-%d %H:%M}"


class PageState(models.TextChoices):
    """What the latest run that looked at a page found."""

    WAITING = "waiting", _("Waiting")
    NEW = "new", _("New")
    UNCHANGED = "unchanged", _("Unchanged")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Gone")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Left out")


class SourcePage(models.Model):
    """A page (or file) of a source: what it was when last seen, and the document made of it.

    Rows with ``state`` waiting and ``run`` the present one are the frontier: a run that
    died goes on from there. ``sha256`` is of what readers see of the page; ``leads_to`` is
    where a redirect or the canonical address points. ``is_withdrawn``: we unpublished the
    document because the page was gone, and not staff.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pages")
    address = models.CharField(max_length=1000)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="source_pages"
    )
    run = models.ForeignKey(SyncRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="pages")
    state = models.CharField(max_length=10, choices=PageState, default=PageState.WAITING)
    reason = models.TextField(blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    leads_to = models.CharField(max_length=1000, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    times_missing = models.PositiveSmallIntegerField(default=0)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["source", "address"]
        constraints = [models.UniqueConstraint(fields=["source", "address"], name="one_page_per_address")]
        indexes = [models.Index(fields=["run", "state"], name="page_frontier")]

    def __str__(self) -> str:
        return self.address
