"""The Django app of what we say."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Assistants, conversations and answers."""

    name = "chat"
