"""Every route, socket and frame has a declared policy, and keeps it."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from chat.realtime.protocol import READERS
from chat.realtime.routing import urlpatterns as socket_patterns
from supportbot.asgi import application
from tests.chat.realtime.customers import PATIENCE
from tests.guards.matrix import policy_of
from tests.guards.policies import FRAMES, OWN, ROUTES, SOCKETS

MADE_UP = {"uuid": str(uuid.UUID(int=7)), "slug": "shelf", "int": "7", "path": "7", "str": "shelf"}
MADE_UP["uuidstr"] = MADE_UP["uuid"]  # django-ninja's name for it
LOGIN = ("/staff/login/", "/admin/login/")


def routes(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the full name and an address of every route."""
    for pattern in patterns:
        address = prefix + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern.url_patterns, address, inner)
        else:
            yield ":".join((*spaces, pattern.name or "*")), "/" + address


def _filled(route: str) -> str:
    """Fill a route's arguments with made-up values; the admin has two that are regular expressions."""
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: MADE_UP[found[1] or "str"], route)
    return re.sub(r"^\^|\(\?P<\w+>.*\)\$?$|\$$", "", filled)


ALL_ROUTES = sorted(set(routes(get_resolver().url_patterns)))


def is_refusal(response: HttpResponseBase) -> bool:
    """Say whether a response lets nobody in: the login page, or a plain no."""
    to_login = response.status_code == HTTPStatus.FOUND and response.headers["Location"].startswith(LOGIN)
    return to_login or response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def socket_from(origin: str, path: str = "ws/chat/", cookie: str = "") -> Any:
    """Return a socket as a page of ``origin`` opens it; through routing and origin check like any other."""
    given = {"host": "localhost", "origin": origin, "cookie": cookie}
    headers = [(name.encode(), value.encode()) for name, value in given.items() if value]
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": f"/{path}",
        "query_string": b"",
        "headers": headers,
    }
    scope["subprotocols"] = []
    return ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # of asgiref


def test_every_route_has_a_declared_policy() -> None:
    names = {name for name, _ in ALL_ROUTES}

    undeclared = sorted(name for name in names if policy_of(name) is None)

    assert undeclared == []
    assert set(ROUTES) - names == {"admin:*"} - names, "a row without a route"


def test_every_socket_and_every_frame_has_a_declared_policy() -> None:
    sockets = {str(pattern.pattern) for pattern in socket_patterns}

    assert sockets == set(SOCKETS)
    assert set(READERS) == set(FRAMES)


@pytest.mark.django_db  # a socket's events close old connections, which earlier tests may have left
@pytest.mark.parametrize("kind", [kind for kind, (reach, _) in FRAMES.items() if reach == OWN])
async def test_a_frame_that_needs_a_conversation_is_refused_before_the_hello(kind: str) -> None:
    socket = socket_from("http://localhost")
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.accept"

    frame = {"type": kind, **FRAMES[kind][1]}
    await socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    answer = json.loads((await socket.receive_output(PATIENCE))["text"])
    assert answer["code"] == "hello_first"
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(PATIENCE)
