"""The form of a ban: what is banned, where, and for how long."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.conversations.bans import clean_value
from chat.models import Assistant, Ban
from knowledge.staff.forms import ANY, present

if TYPE_CHECKING:  # generic for the type checker only
    BanModelForm = forms.ModelForm[Ban]
else:
    BanModelForm = forms.ModelForm

LIFETIMES = [("1", _("A day")), ("7", _("7 days")), ("90", _("90 days")), ("", _("Until it is lifted"))]


class BanForm(BanModelForm):
    """What staff ban."""

    assistant = forms.ModelChoiceField(
        label=_("Assistant"),
        queryset=Assistant.objects.order_by("name"),
        required=False,
        empty_label=_("All assistants"),
    )
    days = forms.TypedChoiceField(
        label=_("For"), choices=LIFETIMES, initial="7", required=False, coerce=int, empty_value=None
    )

    class Meta:
        model = Ban
        fields = ("kind", "value", "assistant", "reason")
        labels = {"kind": _("What"), "value": _("Which"), "reason": _("Why")}
        help_texts = {
            "value": _(
                "A word; a conversation's address in the staff area; an address like 203.0.113.7, a network "
                "like 203.0.113.0/24 or its code from the log; or a website's own number of its customer."
            ),
            "reason": _("For colleagues. Customers never see it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    def clean(self) -> dict[str, Any]:
        """Bring the value into the form of its kind, and refuse a ban that is there already."""
        values = super().clean() or self.cleaned_data
        if not {"kind", "value"} <= set(values):
            return values
        try:
            values["value"] = clean_value(values["kind"], values["value"])
        except ValidationError as error:
            self.add_error("value", error)
            return values
        same = Ban.objects.filter(
            kind=values["kind"], value=values["value"], assistant=values.get("assistant")
        )
        if same.exists():
            self.add_error("value", _("This is banned already. Lift the old ban first."))
        return values

    def save(self, commit: bool = True) -> Ban:
        """Store the ban with its end."""
        days = self.cleaned_data["days"]
        self.instance.until = timezone.now() + timedelta(days=days) if days else None
        return super().save(commit)


class BanFilterForm(forms.Form):
    """The filters of the list of bans; they live in the URL."""

    kind = forms.ChoiceField(label=_("What"), required=False, choices=[*ANY, *Ban.Kind.choices])
    q = forms.CharField(label=_("Which"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    def columns(self) -> dict[str, str]:
        """Return what was asked for as conditions, leaving out what did not make sense."""
        self.is_valid()
        wanted = {"kind": self.cleaned_data.get("kind"), "value__icontains": self.cleaned_data.get("q")}
        return {name: value for name, value in wanted.items() if value and "\0" not in value}
