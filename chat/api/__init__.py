"""The REST API of chat: from a question with a token to an answer with its citations.

``router`` is mounted by ``supportbot.api``, beside the routes of knowledge.
"""

from chat.api.answering import router

__all__ = ["router"]
