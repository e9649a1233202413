"""Confidence: from a slider to the probability from which on customers get an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chat.learning import calibration_in_force
from chat.learning.calibrating import fit_here, keep, labelled_samples, reset
from chat.learning.fitting import LEAST, NotFitted, Setting, bins_of, calibration_error, settings_of
from chat.learning.plots import percent, reliability, risk_coverage
from chat.models import Calibration as Stored
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.pages import staff_page

HOME = "staff:confidence"
SHOWN = 20  # changes in the list


class SettingForm(forms.Form):
    """The slider: from what probability on to answer."""

    answer_from = forms.FloatField(
        label=gettext_lazy("Answer from a confidence of"),
        min_value=0,
        max_value=1,
        widget=forms.NumberInput({"type": "range", "step": "0.01", "min": "0", "max": "1"}),
    )


@dataclass(frozen=True, slots=True)
class Effects:
    """What a setting does, as people read it."""

    answered: str
    wrong: str
    refused: str

    @classmethod
    def of(cls, setting: Setting) -> "Effects":
        """Return the effects of a setting in percent."""
        return cls(percent(setting.answered), percent(setting.wrong), percent(setting.refused))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def confidence(request: HttpRequest) -> HttpResponse:
    """Show what each setting would do on our own questions; save, fit or reset it."""
    if request.method == "POST":
        return _changed(request)
    now = calibration_in_force()
    form = SettingForm({"answer_from": request.GET.get("answer_from", now.answer_from)}, auto_id="%s")
    looked_at: float = form.cleaned_data["answer_from"] if form.is_valid() else now.answer_from
    samples = labelled_samples()
    settings = settings_of(samples, now)
    bins = bins_of(samples, now)
    history = Stored.objects.select_related("created_by").order_by("-id")[:SHOWN]
    context = {
        "section": "evaluation",
        "part": "confidence",
        "form": form,
        "looked_at": looked_at,
        "in_force": now,
        "samples": samples,
        "good": sum(sample.is_good for sample in samples),
        "least": LEAST,
        "effects": Effects.of(settings[round(100 * looked_at)]),
        "effects_of_all": json.dumps([[one.answered, one.wrong, one.refused] for one in settings]),
        "error": calibration_error(bins),
        "plots": (risk_coverage(settings, now.answer_from), reliability(bins)) if samples else (),
        "history": history,
    }
    return staff_page(request, "staff/evaluation/confidence.html", context)


def _changed(request: HttpRequest) -> HttpResponse:
    if request.POST.get("act") == "look":
        looked_at = urlencode({"answer_from": request.POST.get("answer_from", "")})
        return redirect(f"{reverse(HOME)}?{looked_at}")
    acts: dict[str, Callable[[HttpRequest, User], str]] = {"save": _save, "fit": _fit, "reset": _reset}
    act = acts.get(request.POST.get("act", ""), _save)
    try:
        messages.success(request, act(request, member_of_staff(request)))
    except (NotFitted, forms.ValidationError) as error:
        messages.error(request, error.message if isinstance(error, forms.ValidationError) else str(error))
    return redirect(HOME)


def _save(request: HttpRequest, by: User) -> str:
    form = SettingForm(request.POST)
    if not form.is_valid():
        raise forms.ValidationError(_("The confidence must be a number from 0 to 1. Move the slider again."))
    wanted: float = form.cleaned_data["answer_from"]
    keep(replace(calibration_in_force(), answer_from=wanted), by, _("Set by hand"))
    return _("Questions are answered from a confidence of %(share)s on.") % {"share": percent(wanted)}


def _fit(_request: HttpRequest, by: User) -> str:
    fitted = fit_here(by)
    return _("Confidence is fitted to %(count)d labelled questions.") % {"count": fitted.fitted_on}


def _reset(_request: HttpRequest, by: User) -> str:
    reset(by)
    return _("Confidence is as it was shipped.")
