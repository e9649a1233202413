"""The sources: from a URL to what staff see of them, their syncs and their pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from knowledge.models import Source, SyncRun
from knowledge.querysets import shelves
from knowledge.staff.access import staff_required
from knowledge.staff.ordered import Ordered
from knowledge.staff.pace import Mark, in_words, remaining
from knowledge.staff.pages import staff_page
from knowledge.staff.paging import PAGE
from knowledge.staff.source_forms import PageFilterForm, SourceFilterForm
from knowledge.staff.source_rows import pages_by_state, pages_of, runs_of, sources_matching, with_runs

WATCHED = ("worker", "beat")
LATEST_RUNS = 5
BY_ADDRESS = Ordered("address")
NEWEST = Ordered("id", is_descending=True)


@require_safe
@staff_required
def source_list(request: HttpRequest) -> HttpResponse:
    """Show the sources that match the filters in the URL, by name."""
    form = SourceFilterForm(request.GET)
    page = Paginator(sources_matching(form.filters()), PAGE).get_page(request.GET.get("page"))
    rows = with_runs(page)
    context = {
        "section": "sources",
        "form": form,
        "page": page,
        "rows": rows,
        "has_shelves": shelves().exists(),
        "list_url": request.get_full_path(),
        "is_in_progress": any(row.is_in_progress for row in rows),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/sources/list.html", context, WATCHED)


@require_safe
@staff_required
def source_detail(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show one source: its facts, its latest syncs and its pages."""
    source = get_object_or_404(Source.objects.select_related("collection", "made_by"), pk=source_id)
    form = PageFilterForm(request.GET)
    state, words = form.value("state"), form.value("q")
    runs = list(runs_of(source)[:LATEST_RUNS])
    latest = runs[0] if runs else None
    states = pages_by_state(source)
    context = {
        "section": "sources",
        "source": source,
        "runs": runs,
        "latest": latest,
        "is_in_progress": latest is not None and latest.is_in_progress,
        "remaining": _remaining(latest),
        "state": state,
        "words": words,
        "states": states,
        "page_count": sum(number for _value, _name, number in states),
        "page": BY_ADDRESS.page(pages_of(source, words, state), request.GET.dict()),
        "list_url": request.get_full_path(),
    }
    return staff_page(request, "staff/sources/detail.html", context, WATCHED)


@require_safe
@staff_required
def source_runs(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show the sync log of a source, newest first."""
    source = get_object_or_404(Source, pk=source_id)
    page = NEWEST.page(runs_of(source), request.GET.dict())
    context = {"section": "sources", "source": source, "page": page}
    return staff_page(request, "staff/sources/runs.html", context)


@require_safe
@staff_required
def source_run(request: HttpRequest, source_id: int, run_id: int) -> HttpResponse:
    """Show one sync: its counts, and an address and a reason for each page that is in trouble."""
    runs = SyncRun.objects.select_related("source", "started_by")
    run = get_object_or_404(runs, pk=run_id, source=source_id)
    context = {"section": "sources", "source": run.source, "run": run, "remaining": _remaining(run)}
    return staff_page(request, "staff/sources/run.html", context, WATCHED)


def _remaining(run: SyncRun | None) -> str:
    """Return for how long a sync goes on, as far as its pages are known; empty if nobody can say."""
    if run is None or not run.is_in_progress:
        return ""
    return in_words(remaining(Mark(run.created_at), Mark(timezone.now(), run.done), run.total))
