"""History: from a URL to who did what to our knowledge, newest first."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from knowledge.models import Act
from knowledge.staff.access import staff_required
from knowledge.staff.forms import present
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

# Acts are only ever added: their numbers are in the order of their moments.
NEWEST = Ordered("id", is_descending=True)
ITSELF = "itself"


class HistoryFilterForm(forms.Form):
    """The filters of the history; they live in the URL."""

    q = forms.CharField(label=_("What, or to what"), required=False, max_length=200)
    by = forms.ChoiceField(label=_("Who"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_staff=True).order_by("username").values_list("username", flat=True)
        named = [(f"@{name}", name) for name in people]
        choices = [("", _("Anybody")), (ITSELF, _("The product itself")), *named]
        self.fields["by"] = forms.ChoiceField(label=_("Who"), required=False, choices=choices)
        present(self)

    def found(self) -> QuerySet[Act]:
        """Return the acts that were asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        words, by = self.cleaned_data.get("q", ""), self.cleaned_data.get("by", "")
        acts = Act.objects.select_related("by", "document")
        if words:
            acts = acts.filter(Q(subject__icontains=words) | Q(verb__icontains=words))
        if by == ITSELF:
            return acts.filter(by=None)
        return acts.filter(by__username=by[1:]) if by else acts


@require_safe
@staff_required
def history(request: HttpRequest) -> HttpResponse:
    """Show what was done to documents, sources, sets and curated answers, and by whom."""
    form = HistoryFilterForm(request.GET)
    page = NEWEST.page(form.found(), request.GET.dict())
    context = {
        "section": "history",
        "form": form,
        "page": page,
        "rows": [(act, details_of(act)) for act in page.rows],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/embedding_sets/history.html", context)


def details_of(act: Act) -> list[tuple[str, object]]:
    """Return what is told of an act beside its subject, leaving out what is empty."""
    return [(name.replace("_", " "), value) for name, value in act.detail.items() if value or value == 0]
