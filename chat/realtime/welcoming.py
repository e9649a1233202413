"""Welcoming: what a customer's page learns of its assistant and of where its conversation stands."""

from typing import Any

from chat.conversations.hours import is_open
from chat.conversations.presence import is_somebody_here
from chat.models import Assistant, Care, Conversation


def about(assistant: Assistant, conversation: Conversation | None) -> dict[str, Any]:
    """Return the parts of a welcome that tell of the assistant and the conversation."""
    return {
        "assistant": {
            "key": assistant.key,
            "name": assistant.name,
            "greeting": assistant.greeting,
            "suggestions": [one for one in assistant.suggestions if one not in assistant.unanswerable],
            "handoff": assistant.passes_on,
            "pre_chat": assistant.pre_chat,
        },
        "care": conversation.care if conversation else Care.ASSISTANT.value,
        "contact": {
            "name": conversation.name if conversation else "",
            "email": conversation.email if conversation else "",
        },
        "staff": {"open": is_open(assistant), "online": is_somebody_here()},
    }
