"""Welcoming: what a customer's page learns of its assistant and of where its conversation stands."""

from typing import Any

from chat.conversations import answers, identities
from chat.conversations.hours import is_open
from chat.conversations.presence import is_somebody_here
from chat.models import Assistant, Care, Conversation


def welcome(assistant: Assistant, conversation: Conversation | None, token: str) -> dict[str, Any]:
    """Return what a welcome tells; answers that were put aside while nobody looked go on."""
    if conversation is not None:
        answers.go_on(conversation.id)
    customer = conversation.customer if conversation else identities.customer_of(assistant, token)
    return {
        "conversation": str(conversation.id) if conversation else None,
        "head_seq": conversation.head_seq if conversation else 0,
        "identity": identities.told(customer),
        **about(assistant, conversation),
    }


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
