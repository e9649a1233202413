"""The people behind an assistant: when they are there, what passes to them, what is asked first."""

import re
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chat.conversations.hours import DAYS
from chat.models import Assistant
from chat.staff.assistant_forms import LinesField
from knowledge.staff.access import staff_required
from knowledge.staff.forms import present
from knowledge.staff.pages import staff_page

WEEKDAYS = dict(
    zip(
        DAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)
WORDS, WORD_LENGTH = 30, 60
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]|24):([0-5]\d)")


class HoursField(forms.CharField):
    """The hours of one day: ``09:00-12:30, 13:30-17:00``; empty when nobody is there."""

    def prepare_value(self, value: Any) -> Any:
        """Return the text to show: stored pairs become spans."""
        return ", ".join(f"{begin}–{end}" for begin, end in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return pairs of times, in order.

        Raises:
            ValidationError: A span is not one, or two of them meet.
        """
        pairs = []
        for part in filter(None, (one.strip() for one in (value or "").split(","))):
            found = _SPAN.fullmatch(part)
            if found is None or f"{found[1]}:{found[2]}" >= f"{found[3]}:{found[4]}":
                raise ValidationError(_("Write hours like 09:00-12:30, 13:30-17:00."))
            pairs.append([f"{found[1]}:{found[2]}", f"{found[3]}:{found[4]}"])
        pairs.sort()
        if any(one[1] > other[0] for one, other in pairwise(pairs)):
            raise ValidationError(_("Two spans of this day overlap. Make one of them."))
        return pairs


class PeopleForm(forms.Form):
    """Hand-off rules, office hours, the address to notify, and what to ask before the first question."""

    enabled = forms.BooleanField(
        label=gettext_lazy("Customers may ask for a person, and are offered one"), required=False
    )
    offer_after = forms.IntegerField(
        label=gettext_lazy("Offer a person after so many answers that did not help"),
        min_value=1,
        max_value=10,
    )
    words = LinesField(
        label=gettext_lazy("Words that pass a question to staff at once"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "One on each line, such as “cancel my contract”. Upper and lower case count alike."
        ),
    )
    notify_email = forms.EmailField(
        label=gettext_lazy("E-mail address of your team"),
        required=False,
        help_text=gettext_lazy(
            "Gets a mail when a customer waits and nobody is here. Replies reach the customer."
        ),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    ask_name = forms.BooleanField(label=gettext_lazy("Ask for the customer's name first"), required=False)
    ask_email = forms.BooleanField(label=gettext_lazy("Ask for the e-mail address first"), required=False)
    required = forms.BooleanField(label=gettext_lazy("Both must be given"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in WEEKDAYS.items():
            self.fields[day] = HoursField(label=name, required=False)
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
        self.fields["time_zone"] = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
        present(self)

    @property
    def days(self) -> list[forms.BoundField]:
        """Return the fields of the week."""
        return [self[day] for day in DAYS]

    def clean_words(self) -> list[str]:
        """Return the words, few and short enough to be looked for in every question."""
        words: list[str] = self.cleaned_data["words"]
        if len(words) > WORDS or any(len(word) > WORD_LENGTH for word in words):
            raise ValidationError(
                _("At most %(words)d lines of %(length)d characters.")
                % {"words": WORDS, "length": WORD_LENGTH}
            )
        return words

    @classmethod
    def of(cls, assistant: Assistant, data: Any = None) -> "PeopleForm":
        """Return the form of an assistant, filled with what is stored or with what was sent."""
        rules, hours, asked = assistant.handoff_rules, assistant.office_hours, assistant.pre_chat
        return cls(
            data,
            initial={
                "enabled": rules.get("enabled", True),
                "offer_after": rules.get("offer_after", 2),
                "words": rules.get("words", []),
                "notify_email": assistant.notify_email,
                "time_zone": hours.get("time_zone", "UTC"),
                **{day: hours.get("days", {}).get(day, []) for day in DAYS},
                "ask_name": asked.get("name", False),
                "ask_email": asked.get("email", False),
                "required": asked.get("required", False),
            },
        )

    def save(self, assistant: Assistant) -> None:
        """Store what was chosen."""
        value = self.cleaned_data
        assistant.handoff_rules = {name: value[name] for name in ("enabled", "offer_after", "words")}
        days = {day: value[day] for day in DAYS if value[day]}
        assistant.office_hours = {"time_zone": value["time_zone"], "days": days} if days else {}
        asked = {"name": value["ask_name"], "email": value["ask_email"], "required": value["required"]}
        assistant.pre_chat = asked if value["ask_name"] or value["ask_email"] else {}
        assistant.notify_email = value["notify_email"]
        assistant.save(update_fields=["handoff_rules", "office_hours", "pre_chat", "notify_email"])


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assistant_people(request: HttpRequest, key: str) -> HttpResponse:
    """Say when people are there and what passes to them."""
    assistant = get_object_or_404(Assistant, key=key)
    form = PeopleForm.of(assistant, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save(assistant)
        messages.success(request, _("“%(name)s” is saved.") % {"name": assistant.name})
        return redirect("staff:assistant-people", key=key)
    context = {"section": "assistants", "assistant": assistant, "form": form, "tab": "people"}
    return staff_page(request, "staff/assistants/people.html", context)
