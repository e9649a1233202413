"""Forms of the conversation pages: from what a browser sent to checked values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import Assistant, Outcome, Review, Verdict
from chat.querysets import ConversationFilters, conversation_languages
from knowledge.staff.forms import ANY, present

REVIEWED = {"yes": True, "no": False}


class ConversationFilterForm(forms.Form):
    """The filters of the list of conversations; they live in the URL."""

    q = forms.CharField(label=_("Words in a message"), required=False, max_length=200)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[*ANY, *Outcome.choices])
    reviewed = forms.ChoiceField(
        label=_("Review"),
        required=False,
        choices=[*ANY, ("no", _("To be reviewed")), ("yes", _("Reviewed"))],
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    assistant = forms.ModelChoiceField(
        label=_("Assistant"),
        queryset=Assistant.objects.order_by("name"),
        required=False,
        to_field_name="key",
        empty_label=_("Any"),
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))
    unhelpful = forms.BooleanField(label=_("Only with a thumb down"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, code.upper()) for code in conversation_languages()]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[*ANY, *choices]
        )
        present(self)

    def filters(self) -> ConversationFilters:
        """Return what was asked for, leaving out the fields that did not make sense."""
        self.is_valid()
        values = self.cleaned_data
        return ConversationFilters(
            words=values.get("q", ""),
            outcome=values.get("outcome", ""),
            unhelpful=values.get("unhelpful", False),
            reviewed=REVIEWED.get(values.get("reviewed", "")),
            language=values.get("language", ""),
            assistant=values.get("assistant"),
            first_day=values.get("since"),
            last_day=values.get("until"),
        )


class ReviewForm(forms.Form):
    """Staff's verdict on one answer."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a verdict, then save again.")},
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    better_answer = forms.CharField(
        label=_("The answer you would have wanted"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    @classmethod
    def of(cls, message_id: object, review: Review | None) -> "ReviewForm":
        """Return the form that shows ``review``, or an empty one."""
        initial = (
            {"verdict": review.verdict, "note": review.note, "better_answer": review.better_answer}
            if review
            else {}
        )
        return cls(initial=initial, auto_id=f"review-{message_id}-%s")
