"""Entering: from which website a customer writes, and whether their conversation may be opened from there.

The origin is what the frame's parent said of itself and the frame passed on, so it stops
honest browsers and careless copies of a tag; a program can write what it likes. What no page
can get around is ``frame-ancestors``, which the browser keeps.
"""

from chat.conversations.turns import find, hashed
from chat.errors import BadQuestion
from chat.models import Assistant, Conversation
from chat.origins import allows
from chat.realtime.protocol import Hello

SENTENCE = "This chat may not be used from this website."


def arrive(hello: Hello) -> tuple[Assistant, Conversation | None] | None:
    """Return the assistant that a hello asks for, and the conversation it opens; None without an assistant.

    Raises:
        BadQuestion: The website may not embed the assistant, or the conversation began on another one.
    """
    assistant = Assistant.objects.filter(key=hello.assistant, is_active=True).first()
    if assistant is None:
        return None
    return assistant, opened(assistant, hello)


def opened(assistant: Assistant, hello: Hello) -> Conversation | None:
    """Return the conversation that a hello opens by now; None as long as nothing was said.

    Raises:
        BadQuestion: The website may not embed the assistant, or the conversation began on another one.
    """
    conversation = find(assistant, hello.token)
    enter_from(assistant, conversation, hello)
    return conversation


def enter_from(assistant: Assistant, conversation: Conversation | None, hello: Hello) -> None:
    """Let a hello open its conversation, which belongs to the first website it came from.

    A hello without an origin is one of our own page, or of version 1. A second key, which only a
    verified customer has, opens from each of the assistant's websites.

    Raises:
        BadQuestion: The website may not embed the assistant, or the conversation began on another one.
    """
    if not hello.origin:
        return
    if not allows(assistant.allowed_origins, hello.origin):
        raise BadQuestion("forbidden_origin", SENTENCE)
    if conversation is None or conversation.token_sha256 != hashed(hello.token):
        return
    if not conversation.origin:
        Conversation.objects.filter(id=conversation.id, origin="").update(origin=hello.origin)
    elif conversation.origin != hello.origin:
        raise BadQuestion("forbidden_origin", SENTENCE)
