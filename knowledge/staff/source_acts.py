"""What staff do to sources: from a button or a form to the use case that decides."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.crawling.pinning import Refused
from knowledge.errors import PermanentError
from knowledge.models import Source, SourcePage
from knowledge.querysets import shelves
from knowledge.sources import steering
from knowledge.staff.access import changed, member_of_staff, staff_required
from knowledge.staff.pages import staff_page
from knowledge.staff.source_forms import SourceForm
from knowledge.staff.source_rows import open_run_of

LIST = "staff:sources"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def source_new(request: HttpRequest) -> HttpResponse:
    """Add a source and sync it for the first time."""
    form = SourceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        source = _planned(form, lambda: steering.add_source(form.plan(), member_of_staff(request)))
        if source is not None:
            messages.success(request, _("“%(name)s” is added and synced now.") % {"name": source.name})
            return redirect("staff:source", source.pk)
    context = {"section": "sources", "form": form, "has_shelves": shelves().exists()}
    return staff_page(request, "staff/sources/edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def source_edit(request: HttpRequest, source_id: int) -> HttpResponse:
    """Change what staff said about a source."""
    source = get_object_or_404(Source, pk=source_id)
    form = SourceForm(request.POST if request.method == "POST" else None, source=source)
    if request.method == "POST" and form.is_valid():
        revised = _planned(form, lambda: _revised(source, form, member_of_staff(request)))
        if revised is not None:
            messages.success(request, _("“%(name)s” is saved.") % {"name": revised.name})
            return redirect("staff:source", source.pk)
    context = {"section": "sources", "form": form, "source": source, "has_shelves": True}
    return staff_page(request, "staff/sources/edit.html", context)


@require_POST
@staff_required
def sync(request: HttpRequest, source_id: int) -> HttpResponse:
    """Sync the source now."""
    source = get_object_or_404(Source, pk=source_id)
    return _act(request, source, steering.sync_now, _("“%(name)s” is being synced."))


@require_POST
@staff_required
def cancel(request: HttpRequest, source_id: int) -> HttpResponse:
    """Stop the sync that is under way."""
    source = get_object_or_404(Source, pk=source_id)
    return _act(request, source, _cancel, _("The sync of “%(name)s” is being cancelled."))


@require_POST
@staff_required
def pause(request: HttpRequest, source_id: int) -> HttpResponse:
    """Stop the schedule of the source."""
    source = get_object_or_404(Source, pk=source_id)
    done = _("“%(name)s” is paused: it is synced only by hand.")
    return _act(request, source, lambda source, by: steering.set_paused(source, True, by), done)


@require_POST
@staff_required
def resume(request: HttpRequest, source_id: int) -> HttpResponse:
    """Let the schedule of the source go on."""
    source = get_object_or_404(Source, pk=source_id)
    done = _("“%(name)s” is synced by its schedule again.")
    return _act(request, source, lambda source, by: steering.set_paused(source, False, by), done)


@require_POST
@staff_required
def again(request: HttpRequest, page_id: int) -> HttpResponse:
    """Look at a page again, also if staff deleted what it had brought: in a sync that starts now."""
    page = get_object_or_404(SourcePage.objects.select_related("source"), pk=page_id)
    done = _("“%(name)s” is being synced, and the page is looked at again.")
    steering.take_again(page)
    return _act(request, page.source, steering.sync_now, done)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def remove(request: HttpRequest, source_id: int) -> HttpResponse:
    """Ask what becomes of the documents, and remove the source when the answer is there."""
    source = get_object_or_404(Source, pk=source_id)
    choice = request.POST.get("documents")
    if request.method == "POST" and choice in ("keep", "delete"):
        try:
            count = steering.remove_source(source, choice == "delete", member_of_staff(request))
        except PermanentError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _removed(source, count))
        return redirect(LIST)
    context = {
        "section": "sources",
        "source": source,
        "document_count": source.pages.exclude(document=None).values("document").distinct().count(),
        "is_undecided": request.method == "POST",
    }
    return staff_page(request, "staff/sources/remove.html", context)


def _planned(form: SourceForm, act: Callable[[], Source]) -> Source | None:
    """Run ``act``; what it refuses is said at the field that it is about."""
    try:
        return act()
    except Refused as error:
        form.add_error("address", str(error))
    except PermanentError as error:
        form.add_error(None, str(error))
    return None


def _revised(source: Source, form: SourceForm, by: User) -> Source:
    steering.revise_source(source, form.plan(), by)
    return source


def _cancel(source: Source, by: User) -> None:
    run = open_run_of(source)
    if run is None:
        raise PermanentError(_("No sync is under way, so there is nothing to cancel."))
    steering.cancel_run(run, by)


def _act(
    request: HttpRequest, source: Source, act: Callable[[Source, User], object], done: str
) -> HttpResponse:
    """Run ``act`` on the source and say in one sentence how it went."""
    try:
        act(source, member_of_staff(request))
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"name": source.name})
    return changed(request, LIST)


def _removed(source: Source, count: int) -> str:
    if not count:
        return _("“%(name)s” is removed. Its documents stay.") % {"name": source.name}
    sentence = ngettext(
        "“%(name)s” is removed, and %(count)d document with it.",
        "“%(name)s” is removed, and %(count)d documents with it.",
        count,
    )
    return sentence % {"name": source.name, "count": count}
