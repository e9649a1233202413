"""Contacts: who a customer says to be, how far they have looked, and from which page they write."""

import uuid
from typing import Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from chat.conversations.transcript import lock, record
from chat.errors import BadQuestion
from chat.models import Conversation, Event
from chat.texts import storable


def give_contact(conversation_id: uuid.UUID, name: str, email: str) -> list[Event]:
    """Keep the name and address a customer gives, so that a reply reaches them; no events on a repetition.

    Raises:
        BadQuestion: The address is none.
    """
    name, email = " ".join(storable(name).split())[:120], storable(email).strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            sentence = "That is not an e-mail address. Write it like name@example.com."
            raise BadQuestion("bad_email", sentence) from error
    with transaction.atomic():
        conversation = lock(conversation_id)
        known = conversation.name, conversation.email
        conversation.name, conversation.email = name or conversation.name, email or conversation.email
        if (conversation.name, conversation.email) == known:
            return []
        conversation.save(update_fields=["name", "email"])
        data = {"name": conversation.name, "email": conversation.email}
        return [record(conversation, "contact.given", data)]


class Place(Protocol):
    """Where a chat is shown: the embedding website's origin, page and its title."""

    origin: str
    page_url: str
    page_title: str


def note_place(conversation_id: uuid.UUID, place: Place) -> None:
    """Keep from which page a conversation began, where that is an address of the web; once."""
    url = place.page_url if place.page_url.startswith(("https://", "http://")) else ""
    unknown = Conversation.objects.filter(id=conversation_id, origin="", page_url="", page_title="")
    unknown.update(origin=place.origin, page_url=url, page_title=place.page_title)


def mark_seen(conversation_id: uuid.UUID, seq: int) -> None:
    """Note how far a customer has looked; it only grows."""
    Conversation.objects.filter(id=conversation_id, seen_seq__lt=seq, head_seq__gte=seq).update(seen_seq=seq)
