"""The versions of a document: from two numbers to what differs, and back to an earlier one."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.diffing import compare_texts
from knowledge.errors import PermanentError
from knowledge.ingestion.steering import roll_back as bring_back
from knowledge.models import Document, State, Version
from knowledge.querysets import documents_in_shelves, versions_of
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.pages import staff_page

MOST_COMPARED = 3_000_000  # characters of both texts; more takes longer than anybody waits


@require_safe
@staff_required
def compare(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show what differs between the versions ``from`` and ``to``, side by side."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    ready = list(versions_of(document).filter(state=State.READY).select_related("made_by"))
    context = {"section": "documents", "document": document, "versions": ready}
    before, after = _chosen(request.GET.get("from", ""), ready), _chosen(request.GET.get("to", ""), ready)
    if before is None or after is None:
        return staff_page(request, "staff/versions/compare.html", context)
    context |= {"before": before, "after": after}
    if _length(before) + _length(after) > MOST_COMPARED:
        context["refusal"] = _("These versions are too long to compare here; open both in the reader.")
    else:
        context["diff"] = compare_texts(before.text, after.text)
    return staff_page(request, "staff/versions/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def roll_back(request: HttpRequest, document_id: uuid.UUID, number: int) -> HttpResponse:
    """Ask whether customers shall read an earlier version again, and bring it back on a yes."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    version = get_object_or_404(versions_of(document), number=number)
    if request.method == "POST":
        return _rolled_back(request, document, version)
    context = {"section": "documents", "document": document, "version": version}
    return staff_page(request, "staff/versions/roll_back.html", context)


def _rolled_back(request: HttpRequest, document: Document, version: Version) -> HttpResponse:
    try:
        messages.success(request, bring_back(document, version, member_of_staff(request)))
    except PermanentError as error:
        messages.error(request, str(error))
    return redirect("staff:document", document.pk)


def _chosen(number: str, versions: list[Version]) -> Version | None:
    return next((version for version in versions if str(version.number) == number), None)


def _length(version: Version) -> int:
    return len(version.text)
