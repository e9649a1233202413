"""The collections: from a form to a named shelf with an audience."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.models import Collection
from knowledge.querysets import shelves, shelves_with_counts
from knowledge.staff.access import staff_required
from knowledge.staff.forms import CollectionForm
from knowledge.staff.pages import staff_page


@require_safe
@staff_required
def collection_list(request: HttpRequest) -> HttpResponse:
    """Show all collections with what is in them."""
    context = {"section": "collections", "collections": shelves_with_counts()}
    return staff_page(request, "staff/collections/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def collection_new(request: HttpRequest) -> HttpResponse:
    """Create a collection."""
    return _edit(request, Collection())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def collection_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the name or the audience of a collection."""
    return _edit(request, get_object_or_404(shelves(), slug=slug))


def _edit(request: HttpRequest, collection: Collection) -> HttpResponse:
    form = CollectionForm(request.POST if request.method == "POST" else None, instance=collection)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
        return redirect("staff:collections")
    context = {"section": "collections", "form": form, "collection": collection}
    return staff_page(request, "staff/collections/edit.html", context)
