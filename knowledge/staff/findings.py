"""Findings: from what the checks noticed in all documents to what staff decide about each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from knowledge.curation import findings
from knowledge.curation.conflicts import conflicts
from knowledge.errors import PermanentError
from knowledge.models import Collection, Finding, FindingKind, FindingState
from knowledge.querysets import shelves
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.forms import ANY, present
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

LIST = "staff:findings"
# Findings are only ever added: their numbers are in the order of their moments.
NEWEST = Ordered("id", is_descending=True)
DECISIONS = {
    FindingState.ACCEPTED.value: FindingState.ACCEPTED,
    FindingState.MENDED.value: FindingState.MENDED,
}


class FindingFilterForm(forms.Form):
    """The filters of the findings; they live in the URL."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[*ANY, *FindingKind.choices])
    collection = forms.ModelChoiceField(
        label=gettext_lazy("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=gettext_lazy("Any"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Decision"), required=False, choices=[("", FindingState.OPEN.label)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decided = [choice for choice in FindingState.choices if choice[0] in DECISIONS]
        self.fields["state"] = forms.ChoiceField(
            label=_("Decision"), required=False, choices=[("", FindingState.OPEN.label), *decided]
        )
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)

    def found(self) -> QuerySet[Finding]:
        """Return the findings that were asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        wanted: dict[str, object] = {"state": values.get("state") or FindingState.OPEN.value}
        if values.get("kind"):
            wanted["kind"] = values["kind"]
        if values.get("collection"):
            wanted["document__collection"] = values["collection"]
        rows = Finding.objects.filter(document__collection__is_scratch=False, **wanted)
        heavy = ("version__text", "version__blocks", "version__placements")
        return rows.select_related("document__collection", "other", "version", "decided_by").defer(*heavy)


@require_safe
@staff_required
def finding_list(request: HttpRequest) -> HttpResponse:
    """Show what the checks noticed, newest first, and the edits that met a changed source."""
    form = FindingFilterForm(request.GET)
    context = {
        "section": "findings",
        "form": form,
        "page": NEWEST.page(form.found(), request.GET.dict()),
        "conflicts": conflicts(),
        "shelves": shelves(),
        "list_url": request.get_full_path(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/findings/list.html", context)


@require_POST
@staff_required
def finding_decide(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Close a finding as fine or as mended; that may publish a document that was held back."""
    finding = get_object_or_404(Finding.objects.select_related("document"), pk=finding_id)
    state = DECISIONS.get(request.POST.get("state", ""), FindingState.OPEN)
    try:
        released = findings.decide(finding, state, member_of_staff(request))
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _sentence(finding, released))
    return redirect(way_back(request, LIST))


@require_POST
@staff_required
def finding_hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a collection hold back new documents with findings, or publish them at once."""
    collection = get_object_or_404(shelves(), slug=slug)
    holds = request.POST.get("holds") == "yes"
    findings.hold_findings(collection, holds, member_of_staff(request))
    held = _("“%(name)s” holds new documents back while something is to decide about them.")
    at_once = _("“%(name)s” publishes new documents at once, whatever is found in them.")
    messages.success(request, (held if holds else at_once) % {"name": collection.name})
    return redirect(way_back(request, LIST))


def _sentence(finding: Finding, released: bool) -> str:
    if released:
        return _("Decided. Nothing is open any more: “%(title)s” is published now.") % {
            "title": finding.document.title
        }
    return _("Decided.")
