"""Giving: a customer's file becomes a message with an attachment, in the transaction of its numbered fact.

Only staff look at files, so one is taken only while staff have the conversation.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from chat.attachments import keeping, kinds
from chat.conversations import turns
from chat.conversations.transcript import lock
from chat.conversations.turns import Asked, Said
from chat.errors import BadQuestion
from chat.models import Assistant, Attachment, Care, Channel, Conversation, Message

MOST_FILES = 20  # of a conversation


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that passed the guards: where it lies, and what a row will say of it."""

    path: Path
    name: str
    media_type: str
    size: int
    sha256: str


def candidate(path: Path, name: str) -> Candidate:
    """Return a file as it may be stored.

    Raises:
        Unwelcome: We do not take it.
    """
    name = kinds.clean_name(name)
    media_type = kinds.media_type_of(path, name)
    return Candidate(path, name, media_type, path.stat().st_size, keeping.fingerprint(path))


def give(assistant: Assistant, token: str, client_id: uuid.UUID, file: Candidate) -> Asked:
    """Store a customer's file once as a message for staff.

    Raises:
        BadQuestion: The secret opens nothing, staff do not have the conversation, or it has enough files.
    """
    known = turns.find(assistant, token)
    if known is None:
        raise unknown()
    with transaction.atomic():
        conversation = lock(known.id)
        if not conversation.messages.filter(client_id=client_id).exists():
            refuse_unless_welcome(conversation)
        return turns.say_in(
            conversation,
            Said("", client_id, Channel.CHAT),
            lambda message: attach(message, [file]),
        )


def unknown() -> BadQuestion:
    """Return the refusal of a secret that opens no conversation with an assistant."""
    return BadQuestion("unknown_conversation", "There is no such conversation.")


def refuse_unless_welcome(conversation: Conversation) -> None:
    """Refuse a file for a locked conversation that staff do not have, or that has enough of them.

    Raises:
        BadQuestion: It is so; says it to the customer.
    """
    if conversation.care not in (Care.OPEN, Care.SNOOZED):
        raise BadQuestion("no_staff", "Files are for our team. Ask for a person first, then send it again.")
    if conversation.attachments.count() >= MOST_FILES:
        raise BadQuestion("too_many_files", f"A conversation can hold {MOST_FILES} files, and has them.")


def attach(message: Message, files: Sequence[Candidate]) -> list[Attachment]:
    """Attach files to a message of a locked conversation; bytes and rows appear together."""
    for file in sorted(files, key=lambda one: one.sha256):
        keeping.hold(file.sha256)
        keeping.store(file.path, file.sha256)
    return [
        Attachment.objects.create(
            conversation=message.conversation,
            message=message,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )
        for file in files
    ]
