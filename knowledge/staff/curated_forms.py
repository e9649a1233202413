"""Forms of the curated answers: from what a browser sent to a plan of an answer, or to what is looked for."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.curated.files import FORMATS
from knowledge.curated.planning import LONGEST_QUESTION, LONGEST_TEXT, LONGEST_URL, CuratedPlan
from knowledge.language import LANGUAGES
from knowledge.models import Audience, Collection, CuratedAnswer, CuratedQuestion, Document
from knowledge.querysets import documents_in_shelves, shelves
from knowledge.staff.forms import ANY, present

if TYPE_CHECKING:  # generic for the type checker only
    CollectionChoice = forms.ModelChoiceField[Collection]
else:
    CollectionChoice = forms.ModelChoiceField

AREA = {"rows": 4, "dir": "auto"}


class ShelfField(CollectionChoice):
    """A choice of one of staff's collections, by its slug."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Collection"))
        super().__init__(Collection.objects.none(), to_field_name="slug", **kwargs)


class CuratedFilterForm(forms.Form):
    """The filters of the list of curated answers; they live in the URL."""

    q = forms.CharField(label=_("Question or answer"), required=False, max_length=200)
    collection = ShelfField(required=False, empty_label=_("Any"))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            *ANY,
            ("given", _("Given to customers")),
            ("off", _("Disabled")),
            ("expired", _("Expired")),
            ("warned", _("With a warning")),
            ("unused", _("Never given yet")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)

    def found(self) -> QuerySet[CuratedAnswer]:
        """Return the answers that were asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        wordings = CuratedQuestion.objects.order_by("ordinal", "id")
        rows = CuratedAnswer.objects.filter(
            collection__is_scratch=False, **_condition(values.get("state", ""))
        )
        if values.get("state") == "given":
            rows = rows.filter(Q(expires_on=None) | Q(expires_on__gt=timezone.localdate()))
        if values.get("collection"):
            rows = rows.filter(collection=values["collection"])
        if words := values.get("q", ""):
            asked = CuratedQuestion.objects.filter(text__icontains=words).values("answer")
            rows = rows.filter(Q(text__icontains=words) | Q(pk__in=asked))
        rows = rows.select_related("collection", "made_by", "document", "warned_by")
        return rows.prefetch_related(Prefetch("questions", wordings))


class CuratedForm(forms.Form):
    """An approved answer and the questions it answers."""

    collection = ShelfField(empty_label=None)
    question = forms.CharField(
        label=_("Question"),
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("In the words of a customer."),
    )
    variants = forms.CharField(
        label=_("Other wordings"),
        required=False,
        widget=forms.Textarea(attrs=AREA),
        help_text=_("One a line. Each is recognised like the question itself."),
    )
    text = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("Customers read it word for word."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    audience = forms.ChoiceField(
        label=_("Audience"),
        required=False,
        choices=[("", _("As the collection")), *Audience.choices],
    )
    source_url = forms.CharField(
        label=_("Where to read on"),
        required=False,
        max_length=LONGEST_URL,
        widget=forms.URLInput(),
        help_text=_("The address of a page, if there is one."),
    )
    document = forms.ModelChoiceField(
        Document.objects.none(), required=False, widget=forms.HiddenInput(), label=_("Linked document")
    )
    expires_on = forms.DateField(
        label=_("Expires on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("From this day on it is not given any more."),
    )
    is_enabled = forms.BooleanField(label=_("Given to customers"), required=False, initial=True)
    keeps_document = forms.BooleanField(
        label=_("Keep the link to the document"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As detected")), *((code, code.upper()) for code in sorted(LANGUAGES))]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["document"].queryset = documents_in_shelves()  # type: ignore[attr-defined]  # the same
        present(self)

    @classmethod
    def showing(cls, plan: CuratedPlan) -> "CuratedForm":
        """Return the form filled in with an answer as it is."""
        values = {name: getattr(plan, name) for name in CuratedPlan.__dataclass_fields__}
        values |= {"variants": "\n".join(plan.variants), "collection": plan.collection.slug}
        return cls(initial=values | {"document": plan.document.pk if plan.document else None})

    def plan(self) -> CuratedPlan:
        """Return what a valid form says."""
        values = dict(self.cleaned_data)
        values["variants"] = tuple(filter(None, map(str.strip, values["variants"].splitlines())))
        values["document"] = values["document"] if values.pop("keeps_document") else None
        return CuratedPlan(**values)


class ImportForm(forms.Form):
    """A file of curated answers, and what to do with rows that are not complete."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or JSON, as the export writes it. Only question and answer must be filled in."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json"}),
    )
    collection = ShelfField(
        label=_("Collection of rows that name none"),
        required=False,
        empty_label=_("None: every row names one"),
    )
    skip_bad = forms.BooleanField(label=_("Import the good rows even if others are bad"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)

    def kind(self) -> str:
        """Return "csv" or "json" by the name of a valid form's file, or nothing when it is neither."""
        name: str = self.cleaned_data["file"].name
        ending = name.rpartition(".")[2].lower()
        return ending if ending in FORMATS else ""


def _condition(state: str) -> dict[str, object]:
    match state:
        case "given":
            return {"is_enabled": True}
        case "off":
            return {"is_enabled": False}
        case "expired":
            return {"expires_on__lte": timezone.localdate()}
        case "warned":
            return {"warning__gt": ""}
        case "unused":
            return {"hits": 0}
        case _:
            return {}
