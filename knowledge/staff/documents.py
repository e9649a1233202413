"""The list of documents: from the filters in a URL to what staff see, and its progress."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from knowledge.models import Document
from knowledge.querysets import documents_in_shelves, documents_matching
from knowledge.staff.access import staff_required
from knowledge.staff.forms import DocumentFilterForm, UploadForm
from knowledge.staff.pages import staff_page
from knowledge.staff.paging import PAGE, Keyset

NEWEST = Keyset("created_at")
WATCHED = ("worker", "beat")


@require_safe
@staff_required
def document_list(request: HttpRequest) -> HttpResponse:
    """Show the documents that match the filters in the URL, newest first."""
    form = DocumentFilterForm(request.GET)
    found = documents_matching(form.filters())
    page = NEWEST.page(found, request.GET.dict())
    context = {
        "section": "documents",
        "form": form,
        "upload": UploadForm(),
        "upload_max_mb": settings.UPLOAD_MAX_MB,
        "page": page,
        "list_url": request.get_full_path(),
        "waiting": _in_progress(page.rows),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/documents/list.html", context, WATCHED)


@require_safe
@staff_required
def document_progress(request: HttpRequest) -> HttpResponse:
    """Return the rows named in the URL as they are now, and what to ask for next time."""
    wanted = [key for key in request.GET.getlist("id")[:PAGE] if _is_uuid(key)]
    rows = list(documents_in_shelves().filter(pk__in=wanted))
    context = {"rows": rows, "waiting": _in_progress(rows), "list_url": request.GET.get("next", "")}
    return staff_page(request, "staff/documents/_progress.html", context)


def _in_progress(rows: list[Document]) -> list[Document]:
    return [row for row in rows if row.latest_version is not None and row.latest_version.is_in_progress]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
