"""The limits of an assistant: from a form, where an empty field means ours, to its quotas."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chat.limits import quotas
from chat.models import Assistant
from knowledge.staff.access import staff_required
from knowledge.staff.forms import present
from knowledge.staff.pages import staff_page

LABELS = {
    quotas.QUESTIONS_PER_MINUTE: gettext_lazy("Questions of one customer in a minute"),
    quotas.QUESTIONS_PER_DAY: gettext_lazy("Questions of one customer in a day"),
    quotas.SOCKETS: gettext_lazy("Windows of one customer at the same time"),
    quotas.ADDRESS_QUESTIONS: gettext_lazy("Questions from one address in a minute"),
    quotas.ADDRESS_SOCKETS: gettext_lazy("Connections from one address in a minute"),
    quotas.ADDRESS_CONVERSATIONS: gettext_lazy("New conversations from one address in an hour"),
    quotas.ASSISTANT_QUESTIONS: gettext_lazy("Questions to this assistant in a day"),
    quotas.FRAMES: gettext_lazy("Messages on one connection in a minute"),
}


class LimitsForm(forms.Form):
    """One number for each limit; empty: ours, 0: none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, ours in quotas.DEFAULTS.items():
            told = _("Left empty: %(ours)d.") % {"ours": ours} if ours else _("Left empty: no limit.")
            self.fields[name] = forms.IntegerField(
                label=LABELS[name], required=False, min_value=0, max_value=quotas.MOST, help_text=told
            )
        present(self)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assistant_limits(request: HttpRequest, key: str) -> HttpResponse:
    """Say how much an assistant lets customers do."""
    assistant = get_object_or_404(Assistant, key=key)
    form = LimitsForm(request.POST if request.method == "POST" else None, initial=assistant.quotas)
    if request.method == "POST" and form.is_valid():
        try:
            assistant.quotas = quotas.clean_quotas(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            assistant.save(update_fields=["quotas"])
            messages.success(request, _("The limits of “%(name)s” are saved.") % {"name": assistant.name})
            return redirect("staff:assistant-limits", key=key)
    context = {"section": "assistants", "assistant": assistant, "form": form, "tab": "limits"}
    return staff_page(request, "staff/assistants/limits.html", context)
