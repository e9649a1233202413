"""The list of documents: from the filters in a URL to what staff see, and its progress."""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from knowledge.models import Document
from knowledge.querysets import document_languages, documents_in_shelves, documents_matching
from knowledge.staff.access import staff_required
from knowledge.staff.contents import Place, TooBroad, Wanted, patiently
from knowledge.staff.forms import DocumentFilterForm, UploadForm
from knowledge.staff.pages import staff_page
from knowledge.staff.paging import PAGE, Keyset, Slice

NEWEST = Keyset("created_at")
WATCHED = ("worker", "beat")


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list, and where it holds the words that were looked for."""

    document: Document
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list; ``refusal`` says why there is none."""

    page: Slice[Document]
    rows: list[Row] = field(default_factory=list)
    refusal: str = ""


@require_safe
@staff_required
def document_list(request: HttpRequest) -> HttpResponse:
    """Show the documents that match the filters in the URL, newest first."""
    form = DocumentFilterForm(request.GET)
    found = _found(form, request)
    folded = [name for name in form.fields if name != "inside"]
    context = {
        "section": "documents",
        "form": form,
        "upload": UploadForm(),
        "upload_max_mb": settings.UPLOAD_MAX_MB,
        "page": found.page,
        "rows": found.rows,
        "refusal": found.refusal,
        "list_url": request.get_full_path(),
        "waiting": _in_progress(found.page.rows),
        "inside": form.words_inside(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_narrowed": any(request.GET.get(name) for name in folded),
    }
    return staff_page(request, "staff/documents/list.html", context, WATCHED)


@require_safe
@staff_required
def document_progress(request: HttpRequest) -> HttpResponse:
    """Return the rows named in the URL as they are now, and what to ask for next time."""
    wanted = [key for key in request.GET.getlist("id")[:PAGE] if _is_uuid(key)]
    documents = list(documents_in_shelves().filter(pk__in=wanted))
    inside = request.GET.get("inside", "").replace("\0", "")
    context = {
        "rows": _rows(documents, _wanted(inside) if inside else None),
        "waiting": _in_progress(documents),
        "list_url": request.GET.get("next", ""),
        "inside": inside,
    }
    return staff_page(request, "staff/documents/_progress.html", context)


def _found(form: DocumentFilterForm, request: HttpRequest) -> Found:
    """Return the page of the list that was asked for, with the first place in each document."""
    documents, inside = documents_matching(form.filters()), form.words_inside()
    cursors = request.GET.dict()
    if not inside:
        page = NEWEST.page(documents, cursors)
        return Found(page, _rows(page.rows))
    wanted = _wanted(inside)
    try:
        with patiently():
            page = NEWEST.page(wanted.documents(documents), cursors)
            return Found(page, _rows(page.rows, wanted))
    except TooBroad as error:
        return Found(Slice([]), refusal=str(error))


def _wanted(words: str) -> Wanted:
    return Wanted(words, tuple(document_languages()))


def _rows(documents: list[Document], wanted: Wanted | None = None) -> list[Row]:
    places = wanted.places(documents) if wanted and documents else {}
    return [Row(document, places.get(document.pk)) for document in documents]


def _in_progress(rows: list[Document]) -> list[Document]:
    return [row for row in rows if row.latest_version is not None and row.latest_version.is_in_progress]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
