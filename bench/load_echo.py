"""A bare Channels consumer that echoes: what idle sockets of ours are compared with.

uvicorn bench.load_echo:application
"""

import os
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
django.setup()


class Echo(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Sends back what it gets, and is in a group, as a consumer that anybody can reach must be."""

    async def connect(self) -> None:
        """Accept."""
        await self.channel_layer.group_add(f"echo.{id(self)}", self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Send it back."""
        await self.send(text_data=text_data)

    async def disconnect(self, code: int) -> None:
        """Leave."""
        await self.channel_layer.group_discard(f"echo.{id(self)}", self.channel_name)


routes: list[Any] = [path("ws/chat/", Echo.as_asgi())]
application = ProtocolTypeRouter({"websocket": URLRouter(routes)})
