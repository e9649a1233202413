"""Forms of the golden questions: from what a browser sent to a checked question."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chat.learning.golden import BadGolden
from chat.learning.keeping import value_of
from chat.models import Asker, Expectation, GoldenQuestion
from chat.staff.assistant_forms import LinesField
from knowledge.querysets import shelf_names
from knowledge.staff.forms import ANY, PUBLISHED, present

if TYPE_CHECKING:  # generic for the type checker only
    GoldenModelForm = forms.ModelForm[GoldenQuestion]
else:
    GoldenModelForm = forms.ModelForm


class GoldenForm(GoldenModelForm):
    """A golden question; the turns before it and other places are kept as they are."""

    contains = LinesField(
        label=_("The answer must say"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Words of the document, one stretch on each line. Case and spaces do not count."),
    )
    never = LinesField(
        label=_("The answer must never say"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("One stretch on each line."),
    )
    collections = forms.MultipleChoiceField(
        label=_("Collections"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where to look. None chosen: those of the assistant, or all public ones."),
    )

    class Meta:
        model = GoldenQuestion
        fields = (
            "question",
            "expect",
            "document",
            "page",
            "contains",
            "never",
            "language",
            "audience",
            "assistant",
            "collections",
            "note",
            "is_active",
        )
        labels = {
            "question": _("Question"),
            "expect": _("The right thing to do"),
            "document": _("Document"),
            "page": _("Page"),
            "language": _("Language"),
            "audience": _("Who asks"),
            "assistant": _("Assistant"),
            "note": _("Note for colleagues"),
            "is_active": _("Active: runs ask it"),
        }
        help_texts = {
            "document": _("Title, file name or number of the document that holds the answer."),
            "language": _("As a code such as en or de; it may be empty."),
        }
        widgets = {"question": forms.Textarea({"rows": 2}), "note": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(shelf_names())
        gone = {slug: slug for slug in self.instance.collections if slug not in known}
        self.fields["collections"].choices = [*known.items(), *gone.items()]  # type: ignore[attr-defined]  # a MultipleChoiceField
        present(self)

    def clean(self) -> dict[str, Any]:
        """Check that the parts go together, by the rules of files."""
        values = super().clean() or {}
        if not self.errors:
            probe = GoldenQuestion(also=self.instance.also, history=self.instance.history, **values)
            try:
                value_of(probe)
            except BadGolden as error:
                self.add_error(None, str(error))
        return values


class GoldenFilterForm(forms.Form):
    """The filters of the list of golden questions; they live in the URL."""

    q = forms.CharField(label=_("Words in the question"), required=False, max_length=200)
    expect = forms.ChoiceField(
        label=_("The right thing to do"), required=False, choices=[*ANY, *Expectation.choices]
    )
    audience = forms.ChoiceField(label=_("Who asks"), required=False, choices=[*ANY, *Asker.choices])
    language = forms.ChoiceField(label=_("Language"), required=False)
    active = forms.ChoiceField(
        label=_("Active"), required=False, choices=[*ANY, ("yes", _("Yes")), ("no", _("No"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = GoldenQuestion.objects.exclude(language="").order_by("language")
        codes = spoken.values_list("language", flat=True).distinct()
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[*ANY, *((code, code.upper()) for code in codes)]
        )
        present(self)

    def found(self) -> QuerySet[GoldenQuestion]:
        """Return the questions that match, leaving out the filters that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        wanted = {
            "question__icontains": values.get("q"),
            "expect": values.get("expect"),
            "audience": values.get("audience"),
            "language": values.get("language"),
        }
        found = GoldenQuestion.objects.filter(**{name: value for name, value in wanted.items() if value})
        active = PUBLISHED.get(values.get("active", ""))
        if active is not None:
            found = found.filter(is_active=active)
        return found.select_related("assistant", "created_by")


class GoldenImportForm(forms.Form):
    """A file of golden questions."""

    file = forms.FileField(
        label=_("YAML file"), error_messages={"required": _("Choose the file to import, then try again.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)
