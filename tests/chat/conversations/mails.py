"""Mails of customers, as they are stored when they come in."""

import uuid

from django.db import transaction

from chat.conversations import turns
from chat.conversations.transcript import lock
from chat.conversations.turns import Asked, Said
from chat.models import Channel
from tests.factories import assistant, token


def mailed(text: str = "How do I reset it?", secret: str = "") -> Asked:
    """Let a customer ask something by e-mail."""
    with transaction.atomic():
        conversation = lock(turns.found(assistant(), secret or token()).id)
        return turns.say_in(conversation, Said(text, uuid.uuid4(), Channel.EMAIL))
