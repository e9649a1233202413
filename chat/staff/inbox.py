"""The inbox: from a queue in the URL to conversations, and from one of them to what is new in it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.querysets_inbox import canned_for, with_context
from chat.staff.inbox_composer import Composer
from chat.staff.inbox_pages import WATCHED, conversation_page, conversation_parts, queues_and_rows
from chat.staff.inbox_transcript import news
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.pages import staff_page


@require_safe
@never_cache
@staff_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the queues, and the conversations of one of them."""
    return staff_page(request, "staff/inbox/inbox.html", queues_and_rows(request), WATCHED)


@require_safe
@never_cache
@staff_required
def rows(request: HttpRequest) -> HttpResponse:
    """Show the queues and the rows again for a page that heard a bell, or the panes for one without them."""
    template = "_panes" if "whole" in request.GET else "_refreshed"
    return render(request, f"staff/inbox/{template}.html", queues_and_rows(request))


@require_safe
@never_cache
@staff_required
def conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Show one conversation with everything that is known about it, and the composer."""
    found = get_object_or_404(with_context(), pk=conversation_id)
    return conversation_page(request, found, {"composer": Composer()})


@require_safe
@never_cache
@staff_required
def conversation_news(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Show what came after an event and a note; asked twice, it says the same."""
    found = get_object_or_404(with_context(), pk=conversation_id)
    after, after_note = (_number(request.GET.get(name, "")) for name in ("after", "note"))
    context = {
        "transcript": news(conversation_id, after, after_note),
        "asked": request.GET.get("asked", ""),
        **conversation_parts(member_of_staff(request), found),
    }
    return render(request, "staff/inbox/_news.html", context)


@require_safe
@staff_required
def canned_picker(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Show the canned replies that fit a conversation, with the customer's name in them."""
    found = get_object_or_404(with_context(), pk=conversation_id)
    name = found.name or (found.customer.name if found.customer else "")
    replies = [(reply, filled(reply.text, name)) for reply in canned_for(found.assistant)[:200]]
    return render(request, "staff/inbox/_canned_picker.html", {"replies": replies})


def filled(text: str, name: str) -> str:
    """Return canned words with the customer's name in them; without one they are none the worse."""
    if name:
        return text.replace("{name}", name)
    return text.replace(" {name}", "").replace("{name}", "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 17 else 0
