"""The REST API of knowledge: from a request with a token to the same use cases that staff pages call.

``router`` is mounted by ``supportbot.api``, which lends it the door, one shape of errors and the address.
"""

from knowledge.api.router import router

__all__ = ["router"]
