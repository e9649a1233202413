"""The form of an assistant: lines of text become lists, origins and collections are checked."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.models import Assistant
from chat.origins import is_origin_pattern
from knowledge.querysets import shelf_names
from knowledge.staff.forms import present

if TYPE_CHECKING:  # generic for the type checker only
    AssistantModelForm = forms.ModelForm[Assistant]
else:
    AssistantModelForm = forms.ModelForm

SUGGESTIONS = 4
SUGGESTION_LENGTH = 120


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Return the text to show: a stored list becomes lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the lines that are not empty, without the space around them."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def run_validators(self, value: Any) -> None:
        """Check each line by itself; the validators of texts do not fit a list."""
        for line in value:
            super().run_validators(line)


class AssistantForm(AssistantModelForm):
    """What staff may change of an assistant."""

    suggestions = LinesField(
        label=_("Suggested questions"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One on each line, at most four. Customers see them before they ask."),
    )
    allowed_origins = LinesField(
        label=_("Websites"),
        required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "One on each line, such as https://www.example.com or https://*.example.com. "
            "Only these websites may show the assistant."
        ),
    )
    collections = forms.MultipleChoiceField(
        label=_("Collections"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What it answers from. None chosen: all public collections."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Assistant
        fields = (
            "name",
            "key",
            "greeting",
            "persona",
            "tone",
            "answer_format",
            "suggestions",
            "allowed_origins",
            "collections",
            "language",
            "is_active",
        )
        labels = {
            "name": _("Name"),
            "key": _("Key"),
            "greeting": _("Greeting"),
            "persona": _("Persona"),
            "tone": _("Tone"),
            "answer_format": _("Form of its answers"),
            "is_active": _("Active: customers may ask it"),
        }
        help_texts = {
            "key": _("Websites name the assistant by it; it cannot be changed later."),
            "persona": _(
                "Who it is, such as “Mia, who helps customers of Acme”. Left empty: a friendly "
                "customer-support assistant."
            ),
            "tone": _("How it sounds when a model words the answer; quotes stay as they were written."),
            "answer_format": _(
                "A model keeps to it where the answer allows. JSON is for programs that ask the API; "
                "customers in the chat read sentences."
            ),
        }
        widgets = {"greeting": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].disabled = self.instance.pk is not None
        choices = _collection_choices(self.instance.collections)
        self.fields["collections"].choices = choices  # type: ignore[attr-defined]  # a MultipleChoiceField
        present(self)

    def clean_persona(self) -> str:
        """Return the persona on one line: it becomes a part of a sentence."""
        persona: str = self.cleaned_data["persona"]
        return " ".join(persona.split())

    def clean_suggestions(self) -> list[str]:
        """Return the suggestions; at most four that fit on a button."""
        lines: list[str] = self.cleaned_data["suggestions"]
        if len(lines) > SUGGESTIONS:
            raise ValidationError(_("Four suggestions are the most that customers see. Remove some lines."))
        if any(len(line) > SUGGESTION_LENGTH for line in lines):
            raise ValidationError(
                _("A suggestion may have %(most)d characters. Shorten the long lines.")
                % {"most": SUGGESTION_LENGTH}
            )
        return lines

    def clean_allowed_origins(self) -> list[str]:
        """Return the origins in lower case, each once; refuse what a browser would not send as one."""
        lines = list(dict.fromkeys(line.lower().rstrip("/") for line in self.cleaned_data["allowed_origins"]))
        for line in lines:
            if not is_origin_pattern(line):
                raise ValidationError(
                    _(
                        "“%(line)s” is not a website's origin. Write it like https://www.example.com "
                        "or https://*.example.com, without a path."
                    )
                    % {"line": line}
                )
        return lines


def _collection_choices(chosen: list[str]) -> list[tuple[str, str]]:
    """Return all collections, and those of ``chosen`` that are gone.

    Dropping the last one silently would widen the assistant from one collection to all public ones.
    """
    names = shelf_names()
    known = {slug for slug, _name in names}
    gone = [(slug, _("%(slug)s (does not exist any more)") % {"slug": slug}) for slug in chosen]
    return names + [(slug, str(label)) for slug, label in gone if slug not in known]
