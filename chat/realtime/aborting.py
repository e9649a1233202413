"""Aborting: the end of a connection whose peer takes nothing any more."""

from typing import Any


def abort(send: Any) -> None:
    """Cut the connection behind an ASGI send.

    ASGI has no word for that, and a server's own close waits until the peer has read everything:
    for ever, when it never reads. uvicorn's send is a method of the connection's protocol.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
