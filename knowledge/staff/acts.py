"""What staff do to a document: from a button to the use case that decides."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.errors import PermanentError
from knowledge.ingestion import steering
from knowledge.models import Document
from knowledge.querysets import documents_in_shelves
from knowledge.staff.access import changed, member_of_staff, staff_required
from knowledge.staff.pages import staff_page

LIST = "staff:documents"


@require_POST
@staff_required
def retry(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Queue the document again."""
    return _act(request, document_id, steering.retry, _("“%(title)s” is queued again."))


@require_POST
@staff_required
def cancel(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Stop reading the document; what customers see stays as it is."""
    return _act(request, document_id, steering.cancel, _("“%(title)s” is being cancelled."))


@require_POST
@staff_required
def publish(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Let answers use the document."""
    return _act(
        request,
        document_id,
        lambda document, by: steering.set_published(document, True, by),
        _("“%(title)s” is published: answers may use it from now on."),
    )


@require_POST
@staff_required
def unpublish(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Keep answers from using the document, without deleting it."""
    return _act(
        request,
        document_id,
        lambda document, by: steering.set_published(document, False, by),
        _("“%(title)s” is unpublished: no answer uses it any more."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def delete(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Ask whether to delete the document, and delete it when the answer is yes."""
    if request.method == "POST":
        return _act(request, document_id, steering.delete_document, _("“%(title)s” is deleted."))
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    context = {"section": "documents", "document": document}
    return staff_page(request, "staff/documents/delete.html", context)


def _act(
    request: HttpRequest, document_id: uuid.UUID, act: Callable[[Document, User], object], done: str
) -> HttpResponse:
    """Run ``act`` on the document and say in one sentence how it went."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    title = document.title
    try:
        act(document, member_of_staff(request))
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"title": title})
    return changed(request, LIST)
