"""Drafts: from a customer's last question to an answer of the assistant that staff may edit and send.

The engine is that of customers, with their eyes; only what they may read is proposed to them. No
connection is held and no transaction open while the model words it.
"""

import asyncio
import uuid
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.answering.answerer import Answerer
from chat.answering.events import CitationDraft, Cited, Finished, Text, Turn
from chat.conversations.answers import style_of
from chat.conversations.turns import history_before
from chat.models import Conversation, Role
from chat.querysets_inbox import with_context
from chat.realtime.engines import engine_for
from chat.staff.inbox_composer import Composer, kept
from knowledge.staff.access import staff_required

PATIENCE = 30.0  # seconds; the engine itself gives up on a model long before
OF_USE = ("answered", "curated", "clarified")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be answered, and who answers it."""

    conversation: Conversation
    question: str
    history: tuple[Turn, ...]
    language: str
    engine: Answerer


@require_POST
async def draft(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponseBase:
    """Put the assistant's answer to the customer's last question into the composer."""
    refusal: HttpResponseBase = await sync_to_async(_let_in)(request)
    if refusal.status_code != HttpResponse.status_code:
        return refusal
    asked = await database_sync_to_async(_asked, thread_sensitive=False)(conversation_id)
    composer = await drafted(asked) if asked.question else Composer(trouble=_nothing_asked())
    rest = request.POST.get("text", "").strip()
    if rest and not composer.text:
        composer = Composer(rest, trouble=composer.trouble)
    return await sync_to_async(kept)(request, asked.conversation, composer)


@staff_required
def _let_in(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _asked(conversation_id: uuid.UUID) -> Asked:
    conversation = get_object_or_404(with_context(), pk=conversation_id)
    assistant = conversation.assistant
    question = conversation.messages.filter(role=Role.CUSTOMER).order_by("-created_at", "-id").first()
    return Asked(
        conversation,
        question.text if question else "",
        tuple(history_before(question)) if question else (),
        conversation.language or assistant.language,
        engine_for(assistant.collections, style_of(assistant)),
    )


async def drafted(asked: Asked) -> Composer:
    """Return the composer with what the engine answers, or with a sentence why it proposes nothing."""
    text, citations, outcome = "", list[CitationDraft](), ""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(asked.engine.answer(asked.question, asked.history, asked.language)) as events,
        ):
            async for event in events:
                match event:
                    case Text(piece):
                        text += piece
                    case Cited(citation):
                        citations.append(citation)
                    case Finished():
                        outcome = event.outcome
    except TimeoutError:
        return Composer(trouble=_("The assistant took too long. Try again, or write yourself."))
    if outcome not in OF_USE:
        return Composer(trouble=_("The documents hold no answer to the last question. Write one yourself."))
    return Composer(text, sources=[_source(citation) for citation in citations])


def _nothing_asked() -> str:
    return _("The customer has asked nothing yet.")


def _source(draft: CitationDraft) -> dict[str, Any]:
    """Return a citation as the composer and a pending reply keep it."""
    passage = draft.passage
    return {
        "number": draft.number,
        "quote": draft.quote,
        "title": passage.title,
        "heading_path": list(passage.heading_path),
        "page": passage.page,
        "document_id": str(passage.document_id) if draft.opens else None,
        "version_id": str(passage.version_id) if draft.opens else None,
        "url": "" if draft.opens else draft.url,
        "start": draft.start,
        "end": draft.end,
    }
