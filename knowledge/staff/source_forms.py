"""Forms of the source pages: from what a browser sent to a plan of a source, or to what is looked for."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from knowledge.crawling.pages import normal
from knowledge.crawling.pinning import Refused
from knowledge.models import Collection, PageState, Schedule, Source, SourceKind, State
from knowledge.querysets import shelves
from knowledge.sources.steering import MOST_DEPTH, MOST_PAGES, SourcePlan
from knowledge.staff.forms import ANY, present

MOST_ADDRESS = 1000  # characters, as wide as the column
PAUSED = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class SourceFilters:
    """What staff narrow the list of sources down to; empty means any."""

    words: str = ""
    collection: Collection | None = None
    kind: str = ""
    state: str = ""
    paused: bool | None = None


class SourceFilterForm(forms.Form):
    """The filters of the list of sources; they live in the URL."""

    q = forms.CharField(label=_("Name or address"), required=False, max_length=200)
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("Any"),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY, *SourceKind.choices])
    state = forms.ChoiceField(label=_("Last sync"), required=False, choices=[*ANY, *State.choices])
    paused = forms.ChoiceField(
        label=_("Paused"), required=False, choices=[*ANY, ("yes", _("Yes")), ("no", _("No"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)

    def filters(self) -> SourceFilters:
        """Return what was asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        return SourceFilters(
            words=values.get("q", ""),
            collection=values.get("collection"),
            kind=values.get("kind", ""),
            state=values.get("state", ""),
            paused=PAUSED.get(values.get("paused", "")),
        )


class PageFilterForm(forms.Form):
    """The filters of a source's pages; they live in the URL."""

    q = forms.CharField(label=_("Address"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ANY, *PageState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    def value(self, name: str) -> str:
        """Return a filter that makes sense, or nothing."""
        self.is_valid()
        value: str = self.cleaned_data.get(name, "")
        return value


class SourceForm(forms.Form):
    """What staff say about a source."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=SourceKind.choices,
        initial=SourceKind.SITE,
        help_text=_("One page, all pages of a website, or the files of a folder on the server."),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=MOST_ADDRESS,
        error_messages={"required": _("Enter the address to begin at.")},
        help_text=_(
            "Where to begin: https://… for a page, a website or its sitemap; /… for a folder. "
            "A website is taken from this path downwards."
        ),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("What staff call it. Left empty, it is called like its host or folder."),
    )
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        empty_label=None,
        to_field_name="slug",
        help_text=_("Its documents stand here, for the audience of this collection."),
        error_messages={
            "required": _("Choose the collection that its documents belong to."),
            "invalid_choice": _("This collection does not exist any more. Choose another one."),
        },
    )
    schedule = forms.ChoiceField(
        label=_("Schedule"),
        choices=Schedule.choices,
        initial=Schedule.DAILY,
        help_text=_("How often it is looked at; a page that did not change costs next to nothing."),
    )
    include = forms.CharField(
        label=_("Only these paths"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One pattern a line, such as /help/*. Left empty, every path is taken."),
    )
    exclude = forms.CharField(
        label=_("Not these paths"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One pattern a line, such as */archive/*. It wins over the paths above."),
    )
    follow_links = forms.BooleanField(
        label=_("Follow links"),
        required=False,
        initial=True,
        help_text=_("Also take pages that others link to; otherwise only those of its sitemaps."),
    )
    depth = forms.IntegerField(
        label=_("Clicks from the address"),
        min_value=0,
        max_value=MOST_DEPTH,
        initial=3,
        help_text=_("How far links are followed, 0 to %(most)d.") % {"most": MOST_DEPTH},
    )
    page_budget = forms.IntegerField(
        label=_("Page budget"),
        min_value=1,
        max_value=MOST_PAGES,
        initial=500,
        help_text=_("At most so many pages are looked at in one sync; the rest is shown as left out."),
    )
    seconds_between = forms.FloatField(
        label=_("Seconds between two pages"),
        min_value=0,
        max_value=60,
        initial=1.0,
        help_text=_("How long its server is left in peace; robots.txt may ask for more."),
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=365,
        initial=3,
        help_text=_("A page that is gone stays published for so long; then its document is unpublished."),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        if source is not None:
            plan = SourcePlan.of(source)
            kwargs["initial"] = {name: getattr(plan, name) for name in SourcePlan.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        shelf = self.fields["collection"]
        shelf.queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        if source is not None:
            # Pages of a site and files of a folder have nothing in common but the word.
            self.fields["kind"].disabled = True
            self.fields["kind"].help_text = _("The kind stays. For another kind, add another source.")
        present(self)

    def clean(self) -> dict[str, Any]:
        """Look at the address as its kind reads it."""
        values = super().clean() or self.cleaned_data
        address = values.get("address", "")
        if address and values.get("kind") in (SourceKind.PAGE, SourceKind.SITE):
            self._look_at(address)
        return values

    def _look_at(self, address: str) -> None:
        try:
            whole = normal(address)
        except Refused as error:
            self.add_error("address", str(error))
            return
        if len(whole) > MOST_ADDRESS:
            self.add_error("address", ValidationError(_("This address is too long. Begin at a shorter one.")))

    def plan(self) -> SourcePlan:
        """Return the plan of a form that is valid."""
        return SourcePlan(**self.cleaned_data)
