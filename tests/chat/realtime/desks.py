"""Desks: open inboxes of staff at their sockets, through the real routing, sessions and channel layer."""

import json
from typing import Any

from asgiref import testing
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from supportbot.asgi import application
from tests.chat.realtime.customers import ORIGIN, PATIENCE, Frame, stored
from tests.factories import staff

_communicator: Any = testing.ApplicationCommunicator  # asgiref does not type it


class Desk:
    """The socket of an open inbox."""

    def __init__(self, cookie: str = "", origin: bytes = ORIGIN) -> None:
        headers = [(b"host", b"localhost"), (b"origin", origin)]
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        scope = {"type": "websocket", "path": "/ws/staff/", "query_string": b"", "headers": headers}
        self.socket: Any = _communicator(application, {**scope, "subprotocols": []})

    async def connect(self) -> bool:
        """Open the socket; say whether it was let in."""
        await self.socket.send_input({"type": "websocket.connect"})
        return bool((await self.socket.receive_output(PATIENCE))["type"] == "websocket.accept")

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def until(self, **wanted: object) -> Frame:
        """Receive bells up to one with these details."""
        while True:
            bell: Frame = json.loads((await self.socket.receive_output(PATIENCE))["text"])
            if all(bell.get(name) == value for name, value in wanted.items()):
                return bell

    async def closed(self) -> int:
        """Receive up to the end; return its code."""
        while True:
            output: Frame = await self.socket.receive_output(PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def leave(self) -> None:
        """Close the socket."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(PATIENCE)


def signed_in(user: User) -> str:
    """Return the session of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


async def at_desk(name: str = "ben") -> Desk:
    """Return the open inbox of somebody of staff."""
    desk = Desk(await stored(lambda: signed_in(staff(name))))
    assert await desk.connect()
    return desk
