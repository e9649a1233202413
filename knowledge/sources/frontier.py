"""Frontier: the pages that a run knows of and has not looked at yet, kept as rows.

Whatever dies, the rows say where to go on. ``add`` is called within the fence of the run's
claim, in one transaction with what led to the addresses.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from knowledge.models import PageState, Source, SourcePage, SyncRun
from knowledge.sources.looks import Found, LeftOut, Why

MOST_ADDRESS = 1_000  # characters
WRITE_BATCH = 500
ROWS_PER_PAGE = 4  # how many addresses a run remembers for each page that it may look at
MORE_ROWS = 1_000


def add(run: SyncRun, source: Source, found: Iterable[Found]) -> list[SourcePage]:
    """Take addresses into a run unless they are in it; return the pages with documents that it leaves out.

    What is beyond the page budget waits for another run; addresses beyond some multiple of it are
    forgotten at once. ``run`` is changed, and saved by the caller.
    """
    wanted: dict[str, Found] = {}
    for item in found:
        if len(item.address) <= MOST_ADDRESS:
            wanted.setdefault(item.address, item)
    known = {page.address: page for page in source.pages.filter(address__in=wanted)} if wanted else {}
    wanted = {a: item for a, item in wanted.items() if a not in known or known[a].run_id != run.pk}
    if not wanted:
        return []
    budget = source.page_budget - run.pages.exclude(state=PageState.SKIPPED).count()
    room = source.page_budget * ROWS_PER_PAGE + MORE_ROWS - run.counts.get("seen", 0)
    rows: list[SourcePage] = []
    for address, item in wanted.items():
        page = known.get(address) or SourcePage(source=source, address=address, depth=item.depth)
        if len(rows) >= room:
            break
        left_out = item.left_out or (_beyond(source) if budget <= 0 else None)
        _enter(page, run, item, left_out)
        budget -= left_out is None
        rows.append(page)
    _store(rows)
    run.total += sum(page.state == PageState.WAITING for page in rows)
    _count(run, rows, wanted)
    return [page for page in rows if wanted[page.address].left_out and page.document_id]


def next_page(run: SyncRun) -> SourcePage | None:
    """Return the page to look at next, or None when there is none at the moment."""
    ready = _waiting(run).filter(Q(retry_at=None) | Q(retry_at__lte=Now()))
    return ready.select_related("document").order_by("depth", "id").first()


def next_retry(run: SyncRun) -> SourcePage | None:
    """Return the waiting page whose time comes first, or None when the frontier is empty."""
    return _waiting(run).order_by("retry_at").first()


def _waiting(run: SyncRun) -> QuerySet[SourcePage]:
    return run.pages.filter(state=PageState.WAITING)


def _beyond(source: Source) -> LeftOut:
    return LeftOut(Why.BUDGET, f"The budget of {source.page_budget} pages is used up.")


def _enter(page: SourcePage, run: SyncRun, item: Found, left_out: LeftOut | None) -> None:
    page.run = run
    page.state = PageState.SKIPPED if left_out else PageState.WAITING
    page.reason = left_out.reason if left_out else ""
    page.depth = item.depth if page.pk is None else min(page.depth, item.depth)
    page.attempts, page.retry_at, page.leads_to = 0, None, ""


def _store(rows: list[SourcePage]) -> None:
    fresh = [page for page in rows if page.pk is None]
    stored = [page for page in rows if page.pk is not None]
    fields = ["run", "state", "reason", "depth", "attempts", "retry_at", "leads_to"]
    SourcePage.objects.bulk_update(stored, fields, batch_size=WRITE_BATCH)
    SourcePage.objects.bulk_create(fresh, batch_size=WRITE_BATCH)


def _count(run: SyncRun, rows: list[SourcePage], wanted: dict[str, Found]) -> None:
    tally(run, "seen", len(rows))
    for page in rows:
        if page.state == PageState.SKIPPED:
            left_out = wanted[page.address].left_out
            tally_left_out(run, left_out.why if left_out else Why.BUDGET)


def tally(run: SyncRun, name: str, more: int = 1) -> None:
    """Add to one of a run's counts."""
    run.counts[name] = run.counts.get(name, 0) + more


def tally_left_out(run: SyncRun, why: Why) -> None:
    """Count a page that is left out, in all and by the reason."""
    tally(run, "skipped")
    tally(run, f"skipped_{why}")
