"""Acts of the inbox: who has a conversation, how long it rests, whether it is over, what its tags are."""

import uuid

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.conversations import handoffs, presence, staffing
from chat.conversations.transcript import public_name
from chat.errors import Refused
from chat.models import Event
from chat.querysets_inbox import colleagues
from chat.realtime.broadcast import ring_staff
from chat.staff.inbox_acting import acted
from chat.staff.inbox_forms import snooze_until
from knowledge.staff.access import is_htmx, member_of_staff, staff_required, way_back


@require_POST
@staff_required
def join(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Take a conversation over, asked or not."""
    return acted(
        request,
        conversation_id,
        lambda: handoffs.join(conversation_id, member_of_staff(request)),
        _("You have this conversation. The assistant is silent."),
    )


@require_POST
@staff_required
def release(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Give a conversation back to the assistant."""
    return acted(
        request,
        conversation_id,
        lambda: handoffs.release(conversation_id),
        _("The assistant answers again."),
    )


@require_POST
@staff_required
def close(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Close a conversation."""
    return acted(request, conversation_id, lambda: handoffs.close(conversation_id), _("Closed."))


@require_POST
@staff_required
def reopen(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Open a closed conversation again, in the hands of whoever does so."""
    return acted(
        request,
        conversation_id,
        lambda: handoffs.reopen(conversation_id, member_of_staff(request)),
        _("Open again, and yours."),
    )


@require_POST
@staff_required
def assign(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Give a conversation to oneself, to a colleague, or to nobody in particular."""
    wanted = request.POST.get("staff", "")
    me = member_of_staff(request)
    to = me if wanted == "me" else _colleague(wanted)
    if wanted and to is None:
        done = _("That colleague is not there any more. Choose another one.")
    else:
        done = _given(to, me)

    def deed() -> list[Event]:
        if wanted and to is None:
            raise Refused(done)
        return staffing.assign(conversation_id, to)

    return acted(request, conversation_id, deed, done)


def _colleague(wanted: str) -> User | None:
    return colleagues().filter(pk=wanted).first() if wanted.isascii() and wanted.isdecimal() else None


def _given(to: User | None, me: User) -> str:
    if to is None:
        return _("Nobody in particular has it now.")
    return _("It is yours.") if to == me else _("%(name)s has it now.") % {"name": public_name(to)}


@require_POST
@staff_required
def snooze(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Put a conversation aside until a moment, or until the customer writes."""
    sent = request.POST
    try:
        until = snooze_until(sent.get("for", ""), sent.get("until", ""), sent.get("zone", ""))
    except Refused as error:
        refusal = error
        return acted(request, conversation_id, lambda: _refuse(refusal))
    when = formats.date_format(until, "DATETIME_FORMAT")
    return acted(
        request,
        conversation_id,
        lambda: handoffs.snooze(conversation_id, until.astimezone(timezone.get_current_timezone())),
        _("It rests until %(when)s, or until the customer writes.") % {"when": when},
    )


def _refuse(error: Refused) -> None:
    raise error


@require_POST
@staff_required
def tags(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Replace the tags of a conversation by those of the form, separated by commas."""

    def deed() -> None:
        staffing.tag(conversation_id, request.POST.get("tags", "").split(","))

    return acted(request, conversation_id, deed, _("The tags are saved."))


@require_POST
@staff_required
def available(request: HttpRequest) -> HttpResponse:
    """Say whether one takes conversations, or is only here."""
    presence.set_available(member_of_staff(request), request.POST.get("available") == "on")
    async_to_sync(ring_staff)(None, "presence")
    if is_htmx(request):
        return HttpResponse(status=204)
    return redirect(way_back(request, "staff:inbox"))
