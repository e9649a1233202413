"""Staffing: what staff say and do in a conversation, in the transaction of its numbered facts.

A reply is first pending, so that it can be taken back; the runner publishes it when it is
due, whether the page it was written on is still open or not.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from chat.conversations import handoffs
from chat.conversations.transcript import lock, message_data, public_name, record
from chat.conversations.turns import Attach, nothing_attached
from chat.errors import Refused
from chat.models import (
    Care,
    Channel,
    Citation,
    Conversation,
    Event,
    Message,
    Note,
    PendingReply,
    Role,
)
from chat.texts import storable

UNDO_SECONDS = 5.0
CITED = re.compile(r"\[(\d{1,3})\]")
OF_CITATION = "number quote title heading_path page document_id version_id url start end".split()
MOST_CHARACTERS = 8000
TAGS, TAG_LENGTH = 20, 40


class Overtaken(Refused):
    """Somebody else said something in the meantime."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} answered while you were writing. Read it, then send again.")


@dataclass(frozen=True, slots=True)
class Published:
    """Events of one conversation that are to be announced."""

    conversation_id: uuid.UUID
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What staff send: words, the citations of the draft they began with, and whether that is the end."""

    text: object
    citations: Sequence[Mapping[str, Any]] = ()
    then_close: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """How staff say something: by which channel, on the strength of what, and what comes with it.

    ``is_overtaken``: the customer has spoken since it was written, and still waits for a word on that.
    """

    channel: Channel = Channel.CHAT
    citations: Sequence[Mapping[str, Any]] = ()
    attach: Attach = nothing_attached
    is_overtaken: bool = False


def checked(text: object) -> str:
    """Return a text of staff fit to be stored.

    Raises:
        Refused: It is empty or too long.
    """
    text = storable(text).strip() if isinstance(text, str) else ""
    if not text:
        raise Refused("Write something first.")
    if len(text) > MOST_CHARACTERS:
        sentence = f"That is {len(text):,} characters; at most {MOST_CHARACTERS:,} can be sent."
        raise Refused(sentence)
    return text


def send_reply(
    conversation_id: uuid.UUID, staff: User, text: object, read_seq: int, then_close: bool = False
) -> tuple[PendingReply, list[Event]]:
    """Take a reply of staff that is words only; as ``send``."""
    return send(conversation_id, staff, Wording(text, then_close=then_close), read_seq)


def send(
    conversation_id: uuid.UUID, staff: User, wording: Wording, read_seq: int
) -> tuple[PendingReply, list[Event]]:
    """Take a reply of staff, to be published in ``UNDO_SECONDS``; the one who writes has the conversation.

    ``read_seq`` is the last event that the writer has seen. Of the citations those stay that the text names.

    Raises:
        Refused: It is empty or too long.
        Overtaken: Other staff have said something after ``read_seq``.
    """
    words = checked(wording.text)
    with transaction.atomic():
        conversation = lock(conversation_id)
        _refuse_if_overtaken(conversation, staff, read_seq)
        events = handoffs.taken_over_in(conversation, staff)
        reply = PendingReply.objects.create(
            conversation=conversation,
            author=staff,
            text=words,
            citations=named_in(words, wording.citations),
            then_close=wording.then_close,
            due_at=timezone.now() + timedelta(seconds=UNDO_SECONDS),
        )
    return reply, events


def named_in(text: str, citations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the citations that a text still names as ``[1]``, each once."""
    named = {int(number) for number in CITED.findall(text)}
    kept = {one["number"]: one for one in citations if one["number"] in named}
    return [{name: one.get(name) for name in OF_CITATION} for one in kept.values()]


def take_back(reply_id: uuid.UUID, staff: User) -> str | None:
    """Take back a reply that is not published yet; return its text, or None when it is too late."""
    with transaction.atomic():
        reply = PendingReply.objects.select_for_update().filter(id=reply_id, author=staff).first()
        if reply is None:
            return None
        reply.delete()
        return reply.text


def publish_due(most: int = 50) -> list[Published]:
    """Make messages of the replies that are due, each once whoever looks at the same time."""
    due = PendingReply.objects.filter(due_at__lte=Now()).order_by("due_at")
    return [
        published for reply_id in due.values_list("id", flat=True)[:most] if (published := _publish(reply_id))
    ]


def _publish(reply_id: uuid.UUID) -> Published | None:
    """Make a message of a reply; what the customer said after it stays open, to be seen."""
    with transaction.atomic():
        reply = PendingReply.objects.select_for_update(skip_locked=True).filter(id=reply_id).first()
        if reply is None:
            return None
        conversation = lock(reply.conversation_id)
        how = Saying(citations=reply.citations, is_overtaken=_is_overtaken(reply))
        events = [say(conversation, reply.author, reply.text, how)]
        reply.delete()
        if reply.then_close and not how.is_overtaken:
            events += handoffs.close(conversation.id)  # under the same lock: nothing is said in between
    return Published(conversation.id, tuple(events))


def _is_overtaken(reply: PendingReply) -> bool:
    """Say whether the customer spoke after a reply was made: both are stored under one lock."""
    spoken = Message.objects.filter(conversation=reply.conversation_id, role=Role.CUSTOMER)
    return spoken.filter(created_at__gte=reply.created_at).exists()


def say(conversation: Conversation, staff: User, text: str, how: Saying | None = None) -> Event:
    """Store what staff say in a locked conversation; nobody waits for a person any more, unless overtaken."""
    how = how or Saying()
    message = Message.objects.create(
        conversation=conversation, role=Role.STAFF, author=staff, text=text, channel=how.channel
    )
    if not how.is_overtaken:
        conversation.waiting_since = None
    Conversation.objects.filter(id=conversation.id).update(
        last_message_at=Now(), waiting_since=conversation.waiting_since
    )
    cited = Citation.objects.bulk_create(
        Citation(message=message, **{**one, "url": one["url"] or ""}) for one in how.citations
    )
    return record(
        conversation, "message.created", {"message": message_data(message, cited, how.attach(message))}
    )


def add_note(conversation_id: uuid.UUID, staff: User, text: object) -> Note:
    """Store a note among staff; it is no event, so that no customer's socket can ever carry it."""
    return Note.objects.create(conversation_id=conversation_id, author=staff, text=checked(text))


def assign(conversation_id: uuid.UUID, to: User | None) -> list[Event]:
    """Give a conversation that staff have to somebody, or to nobody in particular."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if to is not None and (conversation.care in handoffs.NOBODY or conversation.assignee_id != to.pk):
            if conversation.care == Care.CLOSED:
                raise Refused("This conversation is closed. Reopen it first.")
            return handoffs.taken_over_in(conversation, to)
        if to is None:
            Conversation.objects.filter(id=conversation.id).update(assignee=None)
        return []


def tag(conversation_id: uuid.UUID, tags: Sequence[str]) -> list[str]:
    """Replace the tags of a conversation; return them as they are stored.

    Raises:
        Refused: There are too many, or one is too long.
    """
    wanted = list(dict.fromkeys(" ".join(storable(one).lower().split()) for one in tags if one.strip()))
    if len(wanted) > TAGS or any(len(one) > TAG_LENGTH for one in wanted):
        raise Refused(f"At most {TAGS} tags of {TAG_LENGTH} characters each.")
    Conversation.objects.filter(id=conversation_id).update(tags=wanted)
    return wanted


def _refuse_if_overtaken(conversation: Conversation, staff: User, read_seq: int) -> None:
    newer = Event.objects.filter(
        conversation=conversation, seq__gt=read_seq, kind="message.created", data__message__role=Role.STAFF
    )
    for event in newer:
        author = Message.objects.filter(id=event.data["message"]["id"]).exclude(author=staff).first()
        if author is not None:
            raise Overtaken(public_name(author.author) or "Somebody")
    other = PendingReply.objects.filter(conversation=conversation).exclude(author=staff).first()
    if other is not None:
        raise Overtaken(public_name(other.author))
