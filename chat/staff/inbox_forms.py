"""Forms of the inbox: from a URL or a form to what staff want to see, and until when something may rest."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from chat.errors import Refused
from chat.models import Assistant, CannedReply
from chat.querysets_inbox import InboxFilters, Queue
from knowledge.staff.forms import present

if TYPE_CHECKING:  # generic for the type checker only
    CannedModelForm = forms.ModelForm[CannedReply]
else:
    CannedModelForm = forms.ModelForm

MORNING = time(9)
LONGEST = timedelta(days=366)
MONDAY = 0


class InboxFilterForm(forms.Form):
    """The filters of the inbox; they live in the URL."""

    queue = forms.ChoiceField(choices=Queue.choices, required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Words, name or e-mail"), required=False, max_length=200)
    assistant = forms.ModelChoiceField(
        label=_("Assistant"),
        queryset=Assistant.objects.order_by("name"),
        required=False,
        to_field_name="key",
        empty_label=_("Any"),
    )
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    def filters(self) -> InboxFilters:
        """Return what was asked for, leaving out what did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        return InboxFilters(
            queue=Queue(values.get("queue") or Queue.UNASSIGNED),
            assistant=values.get("assistant"),
            tag=" ".join(values.get("tag", "").lower().split()),
            words=values.get("q", ""),
        )


class CannedForm(CannedModelForm):
    """A canned reply: its shortcut, its words, and the assistant it is for."""

    class Meta:
        model = CannedReply
        fields = ["shortcut", "text", "assistant"]
        labels = {"shortcut": _("Shortcut"), "text": _("Words"), "assistant": _("Only for")}
        help_texts = {
            "shortcut": _("Letters, numbers, hyphens: you find the reply by it after “/”."),
            "text": _("{name} becomes the customer's name."),
        }
        error_messages = {
            "shortcut": {"unique": _("Another canned reply has this shortcut. Choose a different one.")}
        }
        widgets = {"text": forms.Textarea({"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assistant"].empty_label = _("All assistants")  # type: ignore[attr-defined]  # a ModelChoiceField
        present(self)


def snooze_until(choice: str, custom: str, zone: str) -> datetime:
    """Return the moment until which a conversation shall rest, by the clock of whoever chose.

    Raises:
        Refused: The choice is none, or the moment is past or too far away.
    """
    here = _zone(zone)
    now = timezone.now().astimezone(here)
    match choice:
        case "hour":
            return now + timedelta(hours=1)
        case "tomorrow":
            return datetime.combine(now.date() + timedelta(days=1), MORNING, here)
        case "monday":
            days = (MONDAY - now.weekday()) % 7 or 7
            return datetime.combine(now.date() + timedelta(days=days), MORNING, here)
    return _custom(custom, now, here)


def _custom(custom: str, now: datetime, here: ZoneInfo) -> datetime:
    try:
        until = datetime.fromisoformat(custom).replace(tzinfo=here)
    except ValueError as error:
        raise Refused(_now("Choose until when this conversation shall rest.")) from error
    if not now < until < now + LONGEST:
        raise Refused(_now("Choose a moment between now and a year from now."))
    return until


def _zone(name: str) -> ZoneInfo:
    """Return the time zone of a browser, or the site's where it names none that we know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)
