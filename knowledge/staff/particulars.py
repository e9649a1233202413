"""One document: from its URL to its page, and from a form to what staff say about it beside its text."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.curation.conflicts import preview
from knowledge.curation.edits import edits_of
from knowledge.curation.findings import open_findings
from knowledge.errors import PermanentError
from knowledge.ingestion.steering import Particulars, revise
from knowledge.language import LANGUAGES
from knowledge.models import Audience, Collection, Document, EditState
from knowledge.querysets import chunks_of, documents_in_shelves, shelves, versions_of
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.chunks import rows_of
from knowledge.staff.forms import present
from knowledge.staff.pages import staff_page

CHUNKS_PER_PAGE = 25
WATCHED = ("worker", "beat")
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ParticularsForm(forms.Form):
    """What staff may say about a document beside its text."""

    title = forms.CharField(
        label=_("Title"), max_length=300, help_text=_("Customers see it beside every quote.")
    )
    fixed_language = forms.ChoiceField(label=_("Language"), required=False)
    audience = forms.ChoiceField(label=_("Audience"), choices=Audience.choices)
    collection = forms.ModelChoiceField(
        label=_("Collection"), queryset=Collection.objects.none(), to_field_name="slug", empty_label=None
    )
    review_on = forms.DateField(
        label=_("Review on"),
        required=False,
        widget=DAY,
        help_text=_("From this day on you are asked whether it still holds."),
    )
    expires_on = forms.DateField(
        label=_("Expires on"), required=False, widget=DAY, help_text=_("From this day on no answer uses it.")
    )
    is_pinned = forms.BooleanField(
        label=_("Pinned: preferred among passages that fit equally"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As detected")), *((code, code.upper()) for code in sorted(LANGUAGES))]
        self.fields["fixed_language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=languages
        )
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.order_fields(list(Particulars.__dataclass_fields__))
        present(self)

    @classmethod
    def showing(cls, document: Document) -> "ParticularsForm":
        """Return the form filled in with a document's particulars as they are."""
        values = {name: getattr(document, name) for name in Particulars.__dataclass_fields__}
        return cls(initial=values | {"collection": document.collection.slug})

    def particulars(self) -> Particulars:
        """Return what a valid form says."""
        return Particulars(**self.cleaned_data)


@require_safe
@staff_required
def document_detail(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show one document: its facts, versions, conflicts, findings, and the chunks of the live version."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    words = request.GET.get("q", "").strip()
    chunks = Paginator(chunks_of(document.live_version, words), CHUNKS_PER_PAGE)
    page = chunks.get_page(request.GET.get("page"))
    edits = edits_of(document)
    latest = document.latest_version
    context = {
        "section": "documents",
        "document": document,
        "versions": versions_of(document).select_related("made_by"),
        "chunks": page,
        "rows": rows_of(page.object_list, edits),
        "edits": [view for view in edits if view.edit.state == EditState.ACTIVE],
        "conflicts": [preview(view.edit) for view in edits if view.edit.state == EditState.CONFLICT],
        "findings": open_findings(document=document),
        "words": words,
        "is_in_progress": latest is not None and latest.is_in_progress,
    }
    return staff_page(request, "staff/documents/detail.html", context, WATCHED)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def particulars(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Change title, language, audience, collection, dates and pin of a document."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    form = ParticularsForm(request.POST) if request.method == "POST" else ParticularsForm.showing(document)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, revise(document, form.particulars(), member_of_staff(request)))
        except PermanentError as error:
            form.add_error(None, str(error))
        else:
            return redirect("staff:document", document.pk)
    context = {"section": "documents", "document": document, "form": form}
    return staff_page(request, "staff/documents/particulars.html", context)
