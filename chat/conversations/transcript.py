"""The transcript: the gapless series of events that every client of a conversation replays."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from chat.models import Attachment, Citation, Conversation, Event, Message, Role

MOST_AT_ONCE = 500  # events per replay
BELL = "supportbot_answers"  # PostgreSQL channel on which runners listen
WORK, STOP = "work", "stop"  # what it rings for


def lock(conversation_id: uuid.UUID) -> Conversation:
    """Return a conversation whose row orders all its writers until the transaction ends."""
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("assistant")
    return rows.get(id=conversation_id)


def lock_if_there(conversation_id: uuid.UUID) -> Conversation | None:
    """Return a conversation as ``lock`` does; None when it was deleted."""
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("assistant")
    return rows.filter(id=conversation_id).first()


def record(conversation: Conversation, kind: str, data: dict[str, Any]) -> Event:
    """Write the next event of a locked conversation."""
    conversation.head_seq += 1
    conversation.save(update_fields=["head_seq"])
    return Event.objects.create(conversation=conversation, seq=conversation.head_seq, kind=kind, data=data)


def ring(what: str = WORK) -> None:
    """Wake the runners when the transaction commits; a lost bell costs them a second.

    ``what`` is ``WORK`` for answers that wait, ``STOP`` for one that is to end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [BELL, what])


def events_after(conversation_id: uuid.UUID, seq: int, most: int = MOST_AT_ONCE) -> list[Event]:
    """Return the events after a number, oldest first, at most ``most``."""
    return list(Event.objects.filter(conversation_id=conversation_id, seq__gt=seq).order_by("seq")[:most])


def head(conversation_id: uuid.UUID) -> int:
    """Return the number of the last event; 0 when there is none or no such conversation."""
    return Conversation.objects.filter(id=conversation_id).values_list("head_seq", flat=True).first() or 0


def heads(conversations: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the numbers of the last events of conversations."""
    rows = Conversation.objects.filter(id__in=list(conversations))
    return dict(rows.values_list("id", "head_seq"))


def public_name(user: User | None) -> str:
    """Return the name by which customers know somebody of staff; never an e-mail address."""
    if user is None:
        return ""
    return user.first_name or user.get_username().partition("@")[0]


def message_data(
    message: Message, citations: Sequence[Citation] = (), attachments: Sequence[Attachment] = ()
) -> dict[str, Any]:
    """Return a message as customers see it in events."""
    data: dict[str, Any] = {
        "id": str(message.id),
        "role": message.role,
        "text": message.text,
        "client_id": str(message.client_id) if message.client_id else None,
    }
    if message.role == Role.STAFF:
        data |= {"author": {"name": public_name(message.author)}, "channel": message.channel}
    if attachments:
        data |= {"attachments": [attachment_data(attachment) for attachment in attachments]}
    if message.outcome:
        data |= {
            "outcome": message.outcome,
            "answerer": message.answerer,
            "citations": [citation_data(citation) for citation in citations],
        }
    elif citations:
        data |= {"citations": [citation_data(citation) for citation in citations]}
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


def attachment_data(attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as customers see it."""
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
    }


def passage_url(version_id: uuid.UUID, start: int, end: int, page: int | None) -> str:
    """Return the address of a passage in the reader, highlighted."""
    place = {"from": start, "to": end} | ({"page": page} if page else {})
    return f"{reverse('reader', args=[version_id])}?{urlencode(place)}#passage"
