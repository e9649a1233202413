"""The list of conversations and the transcript of one: from a URL to what staff see."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat.models import Answer, Conversation, Message, Review, Role
from chat.querysets import conversations_matching, transcript_of
from chat.staff.forms import ConversationFilterForm, ReviewForm
from knowledge.staff.access import staff_required
from knowledge.staff.pages import staff_page
from knowledge.staff.paging import Keyset

LATEST = Keyset("last_message_at")
IN_ORDER = Keyset("created_at", newest_first=False, size=100)
WATCHED = ("answers",)


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a transcript with all that staff need to judge it."""

    message: Message
    evidence: list[dict[str, Any]]
    review: Review | None
    form: ReviewForm | None


@require_safe
@staff_required
def conversation_list(request: HttpRequest) -> HttpResponse:
    """Show the conversations that match the filters in the URL, latest first."""
    form = ConversationFilterForm(request.GET)
    context = {
        "section": "conversations",
        "form": form,
        "page": LATEST.page(conversations_matching(form.filters()), request.GET.dict()),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/conversations/list.html", context, WATCHED)


@require_safe
@staff_required
def conversation_detail(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Show the transcript, and beside each answer its evidence and the review form."""
    conversation = get_object_or_404(Conversation.objects.select_related("assistant"), pk=conversation_id)
    page = IN_ORDER.page(transcript_of(conversation), request.GET.dict())
    context = {
        "section": "conversations",
        "conversation": conversation,
        "page": page,
        "entries": [entry_of(message) for message in page.rows],
    }
    return staff_page(request, "staff/conversations/detail.html", context, WATCHED)


def entry_of(message: Message) -> Entry:
    """Return ``message`` with its evidence, its review and the form to review it."""
    answer: Answer | None = getattr(message, "answered_by", None)
    review: Review | None = getattr(message, "review", None)
    reviewable = message.role == Role.ASSISTANT
    return Entry(
        message=message,
        evidence=answer.evidence if answer else [],
        review=review,
        form=ReviewForm.of(message.pk, review) if reviewable else None,
    )
