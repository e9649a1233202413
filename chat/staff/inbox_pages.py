"""Pages of the inbox: what stands in the panes of queues, of the list and of one conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from chat.conversations import presence
from chat.conversations.transcript import public_name
from chat.models import Answer, AnswerState, Conversation
from chat.querysets_inbox import (
    Queue,
    colleagues,
    conversations_in,
    earlier_of,
    figures_for,
    last_wait,
    pending_replies,
)
from chat.staff.inbox_forms import InboxFilterForm
from chat.staff.inbox_transcript import latest
from knowledge.staff.access import is_htmx, member_of_staff
from knowledge.staff.pages import absences
from knowledge.staff.paging import Keyset

LATEST = Keyset("last_message_at", size=40)
LONGEST_WAIT = Keyset("waiting_since", newest_first=False, size=40)
WATCHED = ("answers",)


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation of the list, as it is read at a glance; ages are short words."""

    conversation: Conversation
    who: str
    line: str
    role: str
    place: str
    age: str
    waits: str

    @classmethod
    def of(cls, conversation: Conversation, now: datetime) -> "Row":
        """Return the row of a conversation that ``conversations_in`` found."""
        last: dict[str, str] = getattr(conversation, "last", None) or {"text": "", "role": ""}
        origin = urlsplit(conversation.origin).hostname or ""
        return cls(
            conversation=conversation,
            who=name_of(conversation),
            line=last["text"],
            role=last["role"],
            place=conversation.page_title or origin,
            age=age(conversation.last_message_at, now),
            waits=age(conversation.waiting_since, now),
        )


def name_of(conversation: Conversation) -> str:
    """Return how staff call the customer of a conversation: by name, address or a part of its number."""
    vouched = conversation.customer
    known = conversation.name or (vouched.name if vouched else "") or conversation.email
    return known or _("Visitor %(number)s") % {"number": str(conversation.pk)[:4]}


def age(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment is, in as few characters as can be read."""
    if moment is None:
        return ""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


def queues_and_rows(request: HttpRequest) -> dict[str, Any]:
    """Return what the panes of queues and of the list show, for the filters in the URL."""
    staff = member_of_staff(request)
    form = InboxFilterForm(request.GET)
    filters = form.filters()
    keyset = LONGEST_WAIT if filters.queue == Queue.WAITING else LATEST
    page = keyset.page(conversations_in(filters, staff), request.GET.dict())
    now, asked = timezone.now(), request.GET.copy()
    asked.pop("whole", None)
    again = asked.copy()
    present = presence.here()
    for name in ("after", "before"):
        asked.pop(name, None)
    return {
        "section": "inbox",
        "form": form,
        "queue": filters.queue,
        "queues": [(figure, age(figure.waiting_since, now)) for figure in figures_for(staff)],
        "page": page,
        "rows": [Row.of(conversation, now) for conversation in page.rows],
        "is_narrowed": any(asked.get(name) for name in ("q", "assistant", "tag")),
        "asked": asked.urlencode(),
        "again": again.urlencode(),
        "present": present,
        "is_available": all(one.is_available for one in present if one.staff_id == staff.pk),
        "last_wait": last_wait(),
        "staff": staff,
    }


def conversation_parts(staff: User, conversation: Conversation) -> dict[str, Any]:
    """Return what stands around the transcript of a conversation: its state, its context, what goes on."""
    unfinished = Answer.objects.filter(conversation=conversation).exclude(state=AnswerState.FINISHED)
    return {
        "conversation": conversation,
        "staff": staff,
        "my_name": public_name(staff),
        "is_mine": conversation.assignee_id == staff.pk,
        "pending": list(pending_replies(conversation.pk)),
        "answering": list(unfinished.defer("evidence")),
        "earlier": earlier_of(conversation),
        "colleagues": list(colleagues()),
        "who": name_of(conversation),
        "waits": age(conversation.waiting_since, timezone.now()),
    }


def conversation_page(
    request: HttpRequest, conversation: Conversation, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Render a conversation: as a pane where htmx asks for one, else as a page that loads the other panes."""
    context = {
        "section": "inbox",
        "transcript": latest(conversation.pk, conversation.head_seq),
        "asked": request.GET.urlencode(),
        **conversation_parts(member_of_staff(request), conversation),
        **(more or {}),
    }
    is_pane = is_htmx(request) and request.headers.get("HX-History-Restore-Request") != "true"
    template = "staff/inbox/_conversation.html" if is_pane else "staff/inbox/inbox.html"
    response = render(request, template, {**context, "absences": [] if is_pane else absences(WATCHED)})
    patch_vary_headers(response, ["HX-Request"])
    return response
