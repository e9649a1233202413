"""Steering: what staff may do with sources: add, revise, sync, cancel, pause, remove."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from knowledge.acts import record_on
from knowledge.crawling.fetch import parsed
from knowledge.crawling.pages import normal
from knowledge.errors import PermanentError
from knowledge.ingestion.steering import delete_document
from knowledge.models import Collection, Document, Schedule, Source, SourceKind, SourcePage, State, SyncRun
from knowledge.sources.folder import allowed_folder
from knowledge.sources.runs import next_time, open_run
from knowledge.sources.tasks import ring

MOST_PAGES = 20_000
MOST_DEPTH = 20


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What staff say about a source."""

    collection: Collection
    kind: str
    address: str
    name: str = ""
    include: str = ""
    exclude: str = ""
    follow_links: bool = True
    depth: int = 3
    page_budget: int = 500
    seconds_between: float = 1.0
    grace_days: int = 3
    schedule: str = Schedule.DAILY

    @classmethod
    def of(cls, source: Source) -> "SourcePlan":
        """Return a source's plan as it is."""
        return cls(**{name: getattr(source, name) for name in cls.__dataclass_fields__})


def add_source(plan: SourcePlan, by: User | None = None) -> Source:
    """Add a source and sync it for the first time.

    Raises:
        PermanentError: Something of the plan cannot be; the text says what.
    """
    values = _checked(plan)
    next_run_at = next_time(plan.schedule, timezone.now())
    with transaction.atomic():
        source = Source.objects.create(**values, made_by=by, next_run_at=next_run_at)
        record_on(source.name, "source added", by, address=source.address)
        sync_now(source, by)
    return source


def revise_source(source: Source, plan: SourcePlan, by: User | None = None) -> None:
    """Change a source; pages are read anew at the next sync, as other links of them may count now.

    Raises:
        PermanentError: A sync is under way, or something of the plan cannot be.
    """
    values = _checked(plan)
    with transaction.atomic():
        current = Source.objects.select_for_update().get(id=source.pk)
        if current.runs.filter(state__in=[State.QUEUED, State.WORKING]).exists():
            raise PermanentError("A sync is under way: cancel it, or wait until it is over.")
        before = SourcePlan.of(current)
        if before == SourcePlan(**values):
            return
        if before.schedule != plan.schedule:
            values["next_run_at"] = next_time(plan.schedule, timezone.now())
        Source.objects.filter(id=source.pk).update(**values)
        SourcePage.objects.filter(source=source).update(etag="", last_modified="")
        record_on(str(values["name"]), "source revised", by, address=values["address"])
    source.refresh_from_db()


def sync_now(source: Source, by: User | None = None) -> SyncRun:
    """Start a sync, or return the one that is under way; rings when the transaction commits."""
    run = open_run(source, by)
    transaction.on_commit(lambda: ring(run.pk))
    return run


def cancel_run(run: SyncRun, by: User | None = None) -> None:
    """Stop a sync; what it has brought in so far stays.

    Raises:
        PermanentError: It is over already.
    """
    reason = "Cancelled by staff."
    waiting = SyncRun.objects.filter(id=run.pk, state=State.QUEUED)
    working = SyncRun.objects.filter(id=run.pk, state=State.WORKING)
    was_waiting = waiting.update(state=State.CANCELLED, reason=reason, finished_at=Now(), stage="")
    if not was_waiting and not working.update(cancel_requested=True):
        raise PermanentError("This sync is over, so there is nothing to cancel.")
    record_on(run.source.name, "sync cancelled", by)


def set_paused(source: Source, paused: bool, by: User | None = None) -> None:
    """Stop a source's schedule, or let it go on; syncing by hand stays possible."""
    if Source.objects.filter(id=source.pk, is_paused=not paused).update(is_paused=paused):
        record_on(source.name, "source paused" if paused else "source resumed", by)


def take_again(page: SourcePage) -> None:
    """Let the next sync take in a page whose document staff deleted."""
    SourcePage.objects.filter(id=page.pk, document=None).update(sha256="", etag="", last_modified="")


def remove_source(source: Source, delete_documents: bool, by: User | None = None) -> int:
    """Remove a source; return how many documents were deleted with it.

    Documents that are kept stay as they are and are no longer refreshed; those that another
    source has too are always kept.

    Raises:
        PermanentError: A colleague removed it a moment ago.
    """
    documents = list(Document.objects.filter(source_pages__source=source).distinct())
    with transaction.atomic():
        current = Source.objects.select_for_update().filter(id=source.pk).first()
        if current is None:
            raise PermanentError("This source was removed a moment ago.")
        # The run's row goes with the source: a worker that is at it loses its claim.
        current.delete()
        record_on(source.name, "source removed", by, address=source.address)
    if not delete_documents:
        return 0
    orphans = [document for document in documents if not document.source_pages.exists()]
    return sum(_delete_if_there(document, by) for document in orphans)


def _delete_if_there(document: Document, by: User | None) -> bool:
    """Delete a document; False when a colleague was faster."""
    try:
        delete_document(document, by)
    except PermanentError:
        return False
    return True


def _checked(plan: SourcePlan) -> dict[str, Any]:
    """Return a plan's values, made ready for the row."""
    values: dict[str, Any] = {name: getattr(plan, name) for name in SourcePlan.__dataclass_fields__}
    if plan.kind not in SourceKind.values:
        raise PermanentError("A source is a page, a site or a folder: choose one of them.")
    if plan.schedule not in Schedule.values:
        raise PermanentError(f"A source is synced {', '.join(Schedule.values)}: choose one of them.")
    if plan.kind == SourceKind.FOLDER:
        values["address"] = str(allowed_folder(plan.address.strip(), settings.SOURCE_FOLDERS))
        values["name"] = plan.name.strip() or str(values["address"])
    else:
        values["address"] = normal(plan.address)
        values["name"] = plan.name.strip() or parsed(plan.address.strip()).host
    values["name"] = str(values["name"])[:200]
    if not 1 <= plan.page_budget <= MOST_PAGES:
        raise PermanentError(f"The page budget is between 1 and {MOST_PAGES:,} pages.")
    if not 0 <= plan.depth <= MOST_DEPTH:
        raise PermanentError(f"The depth is between 0 and {MOST_DEPTH} clicks.")
    if not 0 <= plan.seconds_between <= 60 or not 0 <= plan.grace_days <= 365:
        raise PermanentError("We wait 0 to 60 seconds between pages, and 0 to 365 days before hiding one.")
    return values
