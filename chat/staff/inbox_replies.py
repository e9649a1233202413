"""Replies: from the composer to a reply that can be taken back for some seconds, and notes beside it."""

import uuid

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.conversations import staffing
from chat.conversations.staffing import Overtaken, Wording
from chat.errors import Refused
from chat.models import CannedReply, PendingReply
from chat.querysets_inbox import with_context
from chat.realtime.broadcast import announce_now
from chat.staff.inbox_acting import acted, said
from chat.staff.inbox_composer import Composer, composed, kept, sources_of
from knowledge.staff.access import is_htmx, member_of_staff, staff_required

MOST_NUMBER = 2**53


@require_POST
@staff_required
def reply(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Take a reply, to be published in some seconds; its words stay in the box if somebody was quicker."""
    conversation = get_object_or_404(with_context(), pk=conversation_id)
    text, sources = request.POST.get("text", ""), sources_of(request.POST.get("draft", ""))
    wording = Wording(text, sources, then_close=request.POST.get("then") == "close")
    try:
        _pending, events = staffing.send(
            conversation_id, member_of_staff(request), wording, _number(request.POST.get("read_seq", ""))
        )
    except (Refused, Overtaken) as error:
        return kept(request, conversation, Composer(text, sources=sources, trouble=str(error)))
    announce_now(conversation_id, events, "events")
    _count_use(request.POST.get("canned", ""))
    if is_htmx(request):
        return composed(request, conversation, Composer())
    return said(request, conversation_id, _("Sent in a moment. You can still take it back."))


@require_POST
@staff_required
def undo(request: HttpRequest, reply_id: uuid.UUID) -> HttpResponse:
    """Take a reply back: its words stand in the box again, before what was written meanwhile."""
    staff = member_of_staff(request)
    waiting = PendingReply.objects.filter(pk=reply_id, author=staff).first()
    words = staffing.take_back(reply_id, staff)
    conversation_id = waiting.conversation_id if waiting else _number_of(request)
    conversation = get_object_or_404(with_context(), pk=conversation_id)
    rest = request.POST.get("text", "").strip()
    if waiting is None or words is None:
        return kept(
            request, conversation, Composer(rest, trouble=_("Too late to take it back: the customer has it."))
        )
    announce_now(conversation.pk, (), "events")
    back = Composer("\n\n".join(part for part in (words, rest) if part), sources=waiting.citations)
    return kept(request, conversation, back)


@require_POST
@staff_required
def note(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Store a note for colleagues."""
    text = request.POST.get("note", "")
    conversation = get_object_or_404(with_context(), pk=conversation_id)
    if not is_htmx(request):
        return acted(
            request, conversation_id, lambda: _noted(request, conversation_id, text), _("The note is saved.")
        )
    try:
        _noted(request, conversation_id, text)
    except Refused as error:
        return composed(request, conversation, Composer(note=text, trouble=str(error), is_note=True))
    announce_now(conversation_id, (), "events")
    return composed(request, conversation, Composer(is_note=True))


def _noted(request: HttpRequest, conversation_id: uuid.UUID, text: str) -> None:
    staffing.add_note(conversation_id, member_of_staff(request), text)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) < MOST_NUMBER else 0


def _number_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the conversation that a form names beside the reply, for one that is gone."""
    try:
        return uuid.UUID(request.POST.get("conversation", ""))
    except ValueError:
        return None


def _count_use(canned: str) -> None:
    if canned.isascii() and canned.isdecimal():
        CannedReply.objects.filter(pk=canned[:18]).update(uses=F("uses") + 1)
