"""Bans: from a form to what an assistant does not answer, and from a button to its end."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.conversations import bans
from chat.models import Ban
from chat.staff.ban_forms import BanFilterForm, BanForm
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

NEWEST = Ordered("id", is_descending=True)


@require_safe
@staff_required
def ban_list(request: HttpRequest) -> HttpResponse:
    """Show all bans, newest first; those that are over too, until they are lifted."""
    form = BanFilterForm(request.GET)
    found: QuerySet[Ban] = Ban.objects.filter(**form.columns()).select_related("assistant", "created_by")
    context = {
        "section": "bans",
        "form": form,
        "page": NEWEST.page(found, request.GET.dict()),
        "is_filtered": bool(form.columns()),
        "now": timezone.now(),
        "all_url": reverse("staff:bans"),
    }
    return staff_page(request, "staff/bans/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def ban_new(request: HttpRequest) -> HttpResponse:
    """Ban a word or a visitor; ``kind`` and ``value`` in the address fill the form in."""
    instance = Ban(created_by=member_of_staff(request))
    initial = {name: request.GET[name][:200] for name in ("kind", "value") if name in request.GET}
    form = BanForm(request.POST if request.method == "POST" else None, instance=instance, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The ban is in force."))
        return redirect("staff:bans")
    return staff_page(request, "staff/bans/new.html", {"section": "bans", "form": form})


@require_POST
@staff_required
def ban_lift(request: HttpRequest, ban_id: int) -> HttpResponse:
    """End a ban at once."""
    lifted = bans.lift(ban_id)
    if lifted is None:
        messages.info(request, _("This ban was lifted before."))
    else:
        messages.success(request, _("The ban of “%(value)s” is lifted.") % {"value": lifted.value})
    return redirect("staff:bans")
