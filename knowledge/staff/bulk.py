"""Bulk acts: from the documents chosen in the list to one act on each, and one sentence on how it went."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from knowledge.errors import PermanentError
from knowledge.ingestion import steering
from knowledge.models import Collection, Document
from knowledge.querysets import documents_in_shelves, shelves
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.pages import staff_page

MOST = 500
LIST = "staff:documents"
Act = Callable[[Document, User], object]

ACTS: Mapping[str, Act] = {
    "publish": lambda document, by: steering.set_published(document, True, by),
    "unpublish": lambda document, by: steering.set_published(document, False, by),
    "retry": steering.retry,
    "delete": steering.delete_document,
}


@require_POST
@staff_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing with each of the chosen documents; deleting is asked about first."""
    name = request.POST.get("act", "")
    try:
        documents = _chosen(request.POST.getlist("id"))
        act = _act(name, request.POST.get("to", ""))
    except PermanentError as error:
        messages.error(request, str(error))
        return redirect(way_back(request, LIST))
    if name == "delete" and "sure" not in request.POST:
        context = {"section": "documents", "documents": documents, "back": way_back(request, LIST)}
        return staff_page(request, "staff/documents/bulk_delete.html", context)
    refusals = _done(documents, act, member_of_staff(request))
    _say(request, len(documents) - len(refusals), refusals)
    return redirect(way_back(request, LIST))


def _chosen(keys: Sequence[str]) -> list[Document]:
    if len(keys) > MOST:
        raise PermanentError(_("At most %(most)d documents at once: choose fewer.") % {"most": MOST})
    documents = list(documents_in_shelves().filter(pk__in=_uuids(keys)).order_by("title", "pk"))
    if not documents:
        raise PermanentError(_("No document was chosen. Tick those that you mean, then try again."))
    return documents


def _act(name: str, slug: str) -> Act:
    if name in ACTS:
        return ACTS[name]
    target = shelves().filter(slug=slug).first()
    if name != "move" or target is None:
        raise PermanentError(_("Choose what to do with the documents, and where to when you move them."))
    return lambda document, by: _moved(document, target, by)


def _moved(document: Document, target: Collection, by: User) -> str:
    wanted = replace(steering.Particulars.of(document), collection=target)
    return steering.revise(document, wanted, by)


def _done(documents: Sequence[Document], act: Act, by: User) -> list[str]:
    """Act on each document, in a transaction of its own; return why some were left as they were."""
    refusals = []
    for document in documents:
        title = document.title
        try:
            act(document, by)
        except PermanentError as error:
            refusals.append(f"“{title}”: {error}")
    return refusals


def _say(request: HttpRequest, count: int, refusals: Sequence[str]) -> None:
    done = ngettext("Done with %(n)d document.", "Done with %(n)d documents.", count) % {"n": count}
    if not refusals:
        messages.success(request, done)
        return
    left = ngettext("%(n)d was left as it was:", "%(n)d were left as they were:", len(refusals))
    shown = " ".join(refusals[:3]) + (" …" if len(refusals) > 3 else "")
    messages.warning(request, f"{done} {left % {'n': len(refusals)}} {shown}")


def _uuids(keys: Sequence[str]) -> list[uuid.UUID]:
    found = []
    for key in keys:
        try:
            found.append(uuid.UUID(key))
        except ValueError:
            continue
    return found
