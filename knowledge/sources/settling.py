"""Settling: from what was found at a page's address to what customers may read of it.

All that a look leads to happens in one transaction behind the fence of the run: the page's
row, the counts, the frontier, and whether its document is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from knowledge.ingestion.steering import set_published
from knowledge.models import Document, PageState, Source, SourcePage, SyncRun
from knowledge.sources import frontier
from knowledge.sources.claims import RunClaim
from knowledge.sources.looks import Body, Failed, Found, LeftOut, Look, Missing, Same

LEAST_MISSING = 2  # runs in a row before anything is unpublished
MOST_TROUBLES = 500  # kept with a run
_OF_A_LOOK = [
    *("state", "reason", "leads_to", "retry_at", "sha256", "etag", "last_modified"),
    *("seen_at", "missing_since", "times_missing", "is_withdrawn"),
]


@dataclass(frozen=True, slots=True)
class Settled:
    """A look with all that follows from it; ``is_fetched`` if a body was transferred for it."""

    look: Look
    document: Document | None = None
    found: tuple[Found, ...] = ()
    is_fetched: bool = False


def settle(claim: RunClaim, source: Source, page: SourcePage, settled: Settled) -> None:
    """Store what became of a page.

    Raises:
        ClaimLost: Another attempt has begun.
        Cancelled: Staff asked to stop.
    """
    with claim.fenced() as run:
        _apply(run, source, page, settled)
        # A document that staff delete meanwhile must not come back by our stale copy of the row.
        fresh = ["document"] if isinstance(settled.look, Body) else []
        page.save(update_fields=[*_OF_A_LOOK, *fresh])
        if settled.is_fetched:
            frontier.tally(run, "fetched")
        take(run, source, settled.found)
        run.done += 1
        run.silences = 0
        run.save(update_fields=["counts", "troubles", "done", "total", "silences"])


def take(run: SyncRun, source: Source, found: Iterable[Found]) -> None:
    """Take addresses into the run's frontier; pages that are now left out count as absent.

    ``run`` is changed, and saved by the caller.
    """
    for page in frontier.add(run, source, found):
        _absent(source, page)
        page.save(update_fields=_OF_A_LOOK)


def _apply(run: SyncRun, source: Source, page: SourcePage, settled: Settled) -> None:
    page.retry_at, page.leads_to = None, ""
    match settled.look:
        case Same(known=known):
            if known is not None:
                page.etag, page.last_modified = known.etag, known.last_modified
            _present(run, page, PageState.UNCHANGED)
        case Body(sha256=sha256, known=known):
            state = PageState.CHANGED if page.sha256 else PageState.NEW
            page.document, page.sha256 = settled.document, sha256
            page.etag, page.last_modified = known.etag, known.last_modified
            _present(run, page, state)
        case Missing(reason=reason):
            _trouble(run, page, PageState.GONE, reason)
            _absent(source, page)
        case LeftOut(reason=reason, leads_to=leads_to, why=why):
            page.state, page.reason = PageState.SKIPPED, reason
            page.leads_to = leads_to[: frontier.MOST_ADDRESS]
            frontier.tally_left_out(run, why)
            _absent(source, page)
        case Failed(reason=reason):
            _trouble(run, page, PageState.FAILED, reason)


def _present(run: SyncRun, page: SourcePage, state: PageState) -> None:
    """A page is there: what was unpublished for its absence comes back."""
    page.state, page.reason = state, ""
    page.seen_at = timezone.now()
    page.missing_since, page.times_missing = None, 0
    if page.document is not None:
        withdrawn = SourcePage.objects.filter(document=page.document, is_withdrawn=True)
        if withdrawn.update(is_withdrawn=False):
            set_published(page.document, True)
    page.is_withdrawn = False
    frontier.tally(run, state)


def _absent(source: Source, page: SourcePage) -> None:
    """A page is not there: after the grace period and two runs its document is unpublished."""
    now = timezone.now()
    page.missing_since = page.missing_since or now
    page.times_missing = min(page.times_missing + 1, 1_000)
    is_over = now - page.missing_since >= timedelta(days=source.grace_days)
    if page.document is not None and page.times_missing >= LEAST_MISSING and is_over:
        page.is_withdrawn = page.is_withdrawn or _withdraw(page.document, page)


def _withdraw(document: Document, page: SourcePage) -> bool:
    """Unpublish a document that no page keeps; say whether it was published."""
    is_kept = SourcePage.objects.filter(document=document, missing_since=None).exclude(id=page.pk).exists()
    if is_kept or not Document.objects.filter(id=document.pk, is_published=True).exists():
        return False
    set_published(document, False)
    return True


def _trouble(run: SyncRun, page: SourcePage, state: PageState, reason: str) -> None:
    page.state, page.reason = state, reason
    frontier.tally(run, state)
    if len(run.troubles) < MOST_TROUBLES:
        run.troubles.append({"address": page.address, "state": state, "reason": reason})
