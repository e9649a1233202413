"""The transcript as staff see it: from numbered events, and notes without numbers, to entries by time."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Attachment, Citation, Event, HandoffEnd, HandoffReason, Message, Note
from chat.querysets_inbox import PARTS, messages_with_parts, notes_of, told_events

MOST = 200  # entries of a page; the read-only transcript has the rest


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the transcript: a message, a note, or a sentence about what happened.

    ``is_again`` is said of a message that is already shown and has changed.
    """

    key: str
    seq: int
    at: datetime
    message: Message | None = None
    note: Note | None = None
    sentence: str = ""
    citations: Sequence[Citation] = ()
    attachments: Sequence[Attachment] = ()
    is_again: bool = False
    begins_day: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """Entries, and the numbers from which the next look goes on: of the last event and of the last note."""

    entries: Sequence[Entry]
    seq: int
    note: int
    has_more: bool = False


def latest(conversation_id: uuid.UUID, head_seq: int) -> Transcript:
    """Return the last entries of a conversation, oldest first."""
    events = list(told_events(conversation_id).order_by("-seq")[: MOST + 1])
    has_more, events = len(events) > MOST, events[:MOST][::-1]
    notes = list(notes_of(conversation_id))
    newest = max((note.pk for note in notes), default=0)
    if has_more:
        notes = [note for note in notes if note.created_at >= events[0].created_at]
    seq = max([head_seq, *(event.seq for event in events)])
    return Transcript(_entries(conversation_id, events, notes), seq, newest, has_more)


def news(conversation_id: uuid.UUID, after: int, after_note: int) -> Transcript:
    """Return what came after an event and a note, and the messages on which customers put a thumb since."""
    found = list(Event.objects.filter(conversation_id=conversation_id, seq__gt=after).order_by("seq")[:MOST])
    shown = set(told_events(conversation_id).filter(seq__gt=after).values_list("seq", flat=True)[:MOST])
    notes = list(notes_of(conversation_id).filter(pk__gt=after_note))
    entries = _entries(conversation_id, [event for event in found if event.seq in shown], notes)
    known = {entry.key for entry in entries}
    judged = [event for event in found if event.kind == "feedback.given"]
    again = [one for one in _judged(conversation_id, judged) if one.key not in known]
    return Transcript(
        [*again, *entries],
        max((event.seq for event in found), default=after),
        max((note.pk for note in notes), default=after_note),
    )


def _entries(conversation_id: uuid.UUID, events: Sequence[Event], notes: Sequence[Note]) -> list[Entry]:
    told = [event.data["message"] for event in events if "message" in event.data]
    parts = [part for part in PARTS if any(message.get(part) for message in told)]
    found = messages_with_parts(conversation_id, parts).filter(pk__in=[message["id"] for message in told])
    messages = {str(message.pk): message for message in found}
    entries = []
    for event in events:
        if "message" not in event.data:
            entries.append(Entry(f"event-{event.seq}", event.seq, event.created_at, sentence=_told(event)))
        elif message := messages.get(event.data["message"]["id"]):
            entries.append(_said(message, event.seq, event.created_at, parts))
    entries += [Entry(f"note-{note.pk}", 0, note.created_at, note=note) for note in notes]
    return _by_day(sorted(entries, key=lambda entry: (entry.at, entry.seq)))


def _by_day(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with a mark on each that begins another day than the one before it."""
    days = [timezone.localtime(entry.at).date() for entry in entries]
    return [
        replace(entry, begins_day=number > 0 and days[number] != days[number - 1])
        for number, entry in enumerate(entries)
    ]


def _judged(conversation_id: uuid.UUID, events: Iterable[Event]) -> list[Entry]:
    ids = [event.data["message"] for event in events]
    if not ids:
        return []
    messages = messages_with_parts(conversation_id).filter(pk__in=ids)
    return [replace(_said(message, 0, message.created_at, PARTS), is_again=True) for message in messages]


def _said(message: Message, seq: int, at: datetime, parts: Sequence[str]) -> Entry:
    """Return the entry of a message with the parts that were fetched; any other would cost a query."""
    return Entry(
        f"message-{message.pk}",
        seq,
        at,
        message=message,
        citations=list(message.citations.all()) if "citations" in parts else (),
        attachments=list(message.attachments.all()) if "attachments" in parts else (),
    )


def _told(event: Event) -> str:
    """Return what an event says, in a sentence for staff."""
    data: dict[str, Any] = event.data
    match event.kind:
        case "handoff.requested":
            return str(HandoffReason(data["reason"]).label)
        case "handoff.joined":
            return _("%(name)s has the conversation") % {"name": data["staff"]["name"]}
        case "handoff.finished":
            return str(HandoffEnd(data["end"]).label)
        case "contact.given":
            given = " · ".join(part for part in (data["name"], data["email"]) if part)
            return _("The customer left an address: %(given)s") % {"given": given}
        case "conversation.closed":
            return _("The conversation was closed")
    return _("The conversation was opened again")
