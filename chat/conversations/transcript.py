"""The transcript: the gapless series of events that every client of a conversation replays."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from chat.models import Citation, Conversation, Event, Message

MOST_AT_ONCE = 500  # events per replay


def lock(conversation_id: uuid.UUID) -> Conversation:
    """Return a conversation whose row orders all its writers until the transaction ends."""
    return Conversation.objects.select_for_update().get(id=conversation_id)


def record(conversation: Conversation, kind: str, data: dict[str, Any]) -> Event:
    """Write the next event of a locked conversation."""
    conversation.head_seq += 1
    conversation.save(update_fields=["head_seq"])
    return Event.objects.create(conversation=conversation, seq=conversation.head_seq, kind=kind, data=data)


def events_after(conversation_id: uuid.UUID, seq: int) -> list[Event]:
    """Return the events after a number, oldest first, at most ``MOST_AT_ONCE``."""
    return list(
        Event.objects.filter(conversation_id=conversation_id, seq__gt=seq).order_by("seq")[:MOST_AT_ONCE]
    )


def head(conversation_id: uuid.UUID) -> int:
    """Return the number of the last event; 0 when there is none or no such conversation."""
    return Conversation.objects.filter(id=conversation_id).values_list("head_seq", flat=True).first() or 0


def message_data(message: Message, citations: Sequence[Citation] = ()) -> dict[str, Any]:
    """Return a message as customers see it in events."""
    data: dict[str, Any] = {
        "id": str(message.id),
        "role": message.role,
        "text": message.text,
        "client_id": str(message.client_id) if message.client_id else None,
    }
    if message.outcome:
        data |= {
            "outcome": message.outcome,
            "answerer": message.answerer,
            "citations": [citation_data(citation) for citation in citations],
        }
    return data


def citation_data(citation: Citation) -> dict[str, Any]:
    """Return a citation as customers see it, with the address of its passage."""
    return {
        "number": citation.number,
        "title": citation.title,
        "heading": " › ".join(citation.heading_path),
        "page": citation.page,
        "quote": citation.quote,
        "url": passage_url(citation.version_id, citation.start, citation.end, citation.page)
        if citation.version_id
        else citation.url,
    }


def passage_url(version_id: uuid.UUID, start: int, end: int, page: int | None) -> str:
    """Return the address of a passage in the reader, highlighted."""
    place = {"from": start, "to": end} | ({"page": page} if page else {})
    return f"{reverse('reader', args=[version_id])}?{urlencode(place)}#passage"
