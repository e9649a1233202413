"""Forms of the document pages: from what a browser sent to checked values."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from knowledge.models import Audience, Collection, State
from knowledge.querysets import DocumentFilters, document_languages, shelves

if TYPE_CHECKING:  # generic for the type checker only
    CollectionModelForm = forms.ModelForm[Collection]
else:
    CollectionModelForm = forms.ModelForm

ANY = [("", _("Any"))]
PUBLISHED = {"yes": True, "no": False}


class DocumentFilterForm(forms.Form):
    """The filters of the list of documents; they live in the URL."""

    inside = forms.CharField(label=_("Words in the text"), required=False, max_length=200)
    q = forms.CharField(label=_("Title or file name"), required=False, max_length=200)
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("Any"),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ANY, *State.choices])
    audience = forms.ChoiceField(label=_("Audience"), required=False, choices=[*ANY, *Audience.choices])
    language = forms.ChoiceField(label=_("Language"), required=False)
    published = forms.ChoiceField(
        label=_("Published"), required=False, choices=[*ANY, ("yes", _("Yes")), ("no", _("No"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, code.upper()) for code in document_languages()]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[*ANY, *choices]
        )
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)

    def filters(self) -> DocumentFilters:
        """Return what was asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        return DocumentFilters(
            words=values.get("q", ""),
            collection=values.get("collection"),
            state=values.get("state", ""),
            audience=values.get("audience", ""),
            language=values.get("language", ""),
            published=PUBLISHED.get(values.get("published", "")),
        )

    def words_inside(self) -> str:
        """Return the words that the texts are to hold; empty for any text."""
        self.is_valid()
        words: str = self.cleaned_data.get("inside", "")
        return words


class UploadForm(forms.Form):
    """The collection that uploaded files go to; the files are accepted one by one."""

    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={
            "required": _("Choose the collection that the files belong to."),
            "invalid_choice": _("This collection does not exist any more. Choose another one."),
        },
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="upload-%s")
        self.fields["collection"].queryset = shelves()  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)


class CollectionForm(CollectionModelForm):
    """Name, address and audience of a collection."""

    class Meta:
        model = Collection
        fields = ["name", "slug", "audience"]
        labels = {"name": _("Name"), "slug": _("Short name"), "audience": _("Audience")}
        help_texts = {
            "slug": _("For commands and links: letters, numbers, hyphens. Assistants refer to it."),
            "audience": _("Who may be shown what is in here. Internal documents never reach customers."),
        }
        error_messages = {
            "slug": {"unique": _("Another collection already has this short name. Choose a different one.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Assistants name their collections by slug: changing it would silently take them away.
            self.fields["slug"].disabled = True
            self._keep_audience_of_documents()
        present(self)

    def _keep_audience_of_documents(self) -> None:
        """A document has the audience it was uploaded for: another one here would only look safer."""
        if self.instance.documents.exists():
            audience = self.fields["audience"]
            audience.disabled = True
            audience.help_text = _(
                "Its documents were uploaded for this audience. To change it, move them to another "
                "collection: upload them there and delete them here."
            )

    def clean_name(self) -> str:
        """Return the name unless another collection is called the same."""
        name: str = self.cleaned_data["name"]
        if shelves().filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another collection already has this name. Choose a different one."))
        return name


def present(form: forms.BaseForm) -> None:
    """Give the widgets of ``form`` the classes of our CSS framework, and mark those in error."""
    for name, field in form.fields.items():
        widget = field.widget
        match widget:
            case forms.CheckboxInput() | forms.RadioSelect() | forms.CheckboxSelectMultiple():
                classes = "form-check-input"
            case forms.Select():
                classes = "form-select"
            case _:
                classes = "form-control"
        wrong = form.is_bound and name in form.errors
        widget.attrs["class"] = f"{classes} is-invalid" if wrong else classes
