"""The list of mails: what went out and came in, where it stands, and what staff may do about it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.errors import Refused
from chat.mail import jobs, servers
from chat.models import IncomingMail, MailState, OutgoingMail
from knowledge.staff.access import staff_required, way_back
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

WATCHED = ("worker", "beat")
NEWEST = Ordered("id", is_descending=True, size=50)


@require_safe
@staff_required
def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the mails that went out, newest first; ``?state=`` narrows them down."""
    state = request.GET.get("state", "")
    rows = OutgoingMail.objects.select_related("conversation")
    if state in MailState.values:
        rows = rows.filter(state=state)
    context = {
        "section": "mail",
        "part": "out",
        "page": NEWEST.page(rows.defer("text"), request.GET.dict()),
        "state": state,
        "states": MailState.choices,
        "is_sending": servers.is_sending(),
        "waiting": OutgoingMail.objects.filter(state__in=jobs.WAITING).count(),
    }
    return staff_page(request, "staff/mail/list.html", context, WATCHED)


@require_safe
@staff_required
def mail_incoming(request: HttpRequest) -> HttpResponse:
    """Show the mails that came in, newest first, and why some of them became no message."""
    rows = IncomingMail.objects.select_related("conversation")
    if request.GET.get("kept") == "on":
        rows = rows.exclude(reason="")
    page = NEWEST.page(rows, request.GET.dict())
    context = {
        "section": "mail",
        "part": "in",
        "page": page,
        "kept": request.GET.get("kept") == "on",
    }
    return staff_page(request, "staff/mail/incoming.html", context, WATCHED)


@require_POST
@staff_required
def mail_retry(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Send a mail again that failed or was cancelled."""
    return _act(request, mail_id, jobs.retry, _("The mail is queued again."))


@require_POST
@staff_required
def mail_cancel(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Keep a mail that waits from being sent."""
    return _act(request, mail_id, jobs.cancel, _("The mail is cancelled."))


def _act(request: HttpRequest, mail_id: int, act: Callable[[int], None], done: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, pk=mail_id)
    try:
        act(mail.pk)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(way_back(request, "staff:mails"))
