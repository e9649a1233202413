"""Syncing over the API: start, cancel, pause and resume, and what came of it."""

from http import HTTPStatus

from django.http import HttpRequest
from ninja import Field, Query, Router
from ninja.errors import HttpError

from knowledge.api.door import member
from knowledge.api.reading import PageAsked, Words, page_of
from knowledge.api.refusals import conflicts, missing
from knowledge.api.source_views import (
    PageList,
    PageOut,
    RunDetail,
    RunList,
    RunOut,
    SourceOut,
    detailed_run,
    shown_source,
    source_at,
)
from knowledge.models import SyncRun
from knowledge.sources import steering
from knowledge.staff.ordered import Ordered
from knowledge.staff.source_rows import open_run_of, pages_of, runs_of

router = Router()


class PagesAsked(PageAsked):
    """Which pages; left out means any."""

    q: Words = Field("", description="Words of the address.")
    state: Words = Field("", description="waiting, new, unchanged, changed, gone, failed or skipped.")


@router.post("/sources/{int:source_id}/sync", response={202: RunOut})
def sync_source(request: HttpRequest, source_id: int) -> RunOut:
    """Start a sync, or return the one that is under way."""
    run = steering.sync_now(source_at(source_id), member(request))
    return RunOut.model_validate(SyncRun.objects.get(pk=run.pk))


@router.post("/sources/{int:source_id}/cancel", response=SourceOut)
def cancel_sync(request: HttpRequest, source_id: int) -> SourceOut:
    """Stop the sync that is under way; what it has brought in stays."""
    run = open_run_of(source_at(source_id))
    if run is None:
        raise HttpError(HTTPStatus.CONFLICT, "No sync is under way, so there is nothing to cancel.")
    with conflicts():
        steering.cancel_run(run, member(request))
    return shown_source(source_id)


@router.post("/sources/{int:source_id}/pause", response=SourceOut)
def pause_source(request: HttpRequest, source_id: int) -> SourceOut:
    """Stop the schedule of a source; syncing by hand stays possible."""
    steering.set_paused(source_at(source_id), True, member(request))
    return shown_source(source_id)


@router.post("/sources/{int:source_id}/resume", response=SourceOut)
def resume_source(request: HttpRequest, source_id: int) -> SourceOut:
    """Let the schedule of a source go on."""
    steering.set_paused(source_at(source_id), False, member(request))
    return shown_source(source_id)


@router.get("/sources/{int:source_id}/runs", response=RunList)
def list_runs(request: HttpRequest, source_id: int, asked: Query[PageAsked]) -> RunList:
    """List the syncs of a source with their counts, newest first."""
    newest = Ordered("id", is_descending=True, size=asked.limit)
    page = page_of(newest, runs_of(source_at(source_id)), asked)
    return RunList(items=[RunOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/sources/{int:source_id}/runs/{int:run_id}", response=RunDetail)
def show_run(request: HttpRequest, source_id: int, run_id: int) -> RunDetail:
    """Show one sync, with the address and the reason of each page that failed or is gone."""
    run = source_at(source_id).runs.filter(pk=run_id).first()
    if run is None:
        raise missing(f"This source has no sync {str(run_id)[:20]}.")
    return detailed_run(run)


@router.get("/sources/{int:source_id}/pages", response=PageList)
def list_pages(request: HttpRequest, source_id: int, asked: Query[PagesAsked]) -> PageList:
    """List the pages of a source by address, with the documents made of them."""
    found = pages_of(source_at(source_id), asked.q, asked.state)
    page = page_of(Ordered("address", size=asked.limit), found, asked)
    return PageList(items=[PageOut.of(row) for row in page.rows], after=page.after)
