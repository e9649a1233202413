"""Acting: from a deed of staff to its announcement, and a sentence where it cannot be done."""

import uuid
from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from chat.errors import ChatError
from chat.models import Conversation, Event
from chat.realtime.broadcast import announce_now
from knowledge.staff.access import is_htmx

Deed = Callable[[], Iterable[Event] | None]


def acted(request: HttpRequest, conversation_id: uuid.UUID, deed: Deed, done: str = "") -> HttpResponse:
    """Do a deed in a conversation, tell everybody who looks, and answer with what came of it."""
    get_object_or_404(Conversation.objects.only("pk"), pk=conversation_id)
    try:
        announce_now(conversation_id, deed() or ())
    except ChatError as error:
        return said(request, conversation_id, str(error), is_wrong=True)
    return said(request, conversation_id, done)


def said(
    request: HttpRequest, conversation_id: uuid.UUID, sentence: str, is_wrong: bool = False
) -> HttpResponse:
    """Say a sentence: in place where htmx asked, else above the conversation."""
    if is_htmx(request):
        context = {"sentence": sentence, "is_wrong": is_wrong}
        return render(request, "staff/inbox/_said.html", context)
    if sentence:
        (messages.error if is_wrong else messages.success)(request, sentence)
    return redirect(back_to(request, conversation_id))


def back_to(request: HttpRequest, conversation_id: uuid.UUID) -> str:
    """Return the address of a conversation with the filters it was found by."""
    address = reverse("staff:inbox-conversation", args=[conversation_id])
    asked = request.GET.urlencode()
    return f"{address}?{asked}" if asked else address
