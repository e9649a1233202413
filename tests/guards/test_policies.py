"""Every route, socket and frame has a declared policy, and keeps it."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chat.realtime.protocol import READERS
from chat.realtime.routing import urlpatterns as socket_patterns
from supportbot.asgi import application
from tests.guards.policies import FRAMES, OWN, PUBLIC, ROUTES, SOCKETS, STAFF

MADE_UP = {"uuid": str(uuid.UUID(int=7)), "slug": "shelf", "int": "7", "path": "7", "str": "shelf"}
MADE_UP["uuidstr"] = MADE_UP["uuid"]  # django-ninja's name for it
LOGIN = ("/staff/login/", "/admin/login/")
METHODS = ("get", "post")


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


def policy_of(name: str) -> str | None:
    """Return the declared policy of a route; pages the admin makes share one row."""
    return ROUTES.get(name) or (ROUTES["admin:*"] if name.startswith("admin:") else None)


def is_refusal(response: HttpResponseBase) -> bool:
    """Say whether a response lets nobody in: the login page, or a plain no."""
    to_login = response.status_code == HTTPStatus.FOUND and response.headers["Location"].startswith(LOGIN)
    return to_login or response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def answers_to(client: Client, address: str) -> list[HttpResponseBase]:
    """Return what a client gets by the methods that the route takes."""
    responses = [getattr(client, method)(address) for method in METHODS]
    return [r for r in responses if r.status_code != HTTPStatus.METHOD_NOT_ALLOWED]


def socket_from(origin: str) -> Any:
    """Return a socket as a page of ``origin`` opens it; through routing and origin check like any other."""
    headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/ws/chat/",
        "query_string": b"",
        "headers": headers,
    }
    scope["subprotocols"] = []
    return ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # of asgiref


@pytest.fixture
def cleo_client(db: None) -> Client:
    """Return a browser in which Cleo, a customer with an account, is signed in."""
    client = Client()
    client.force_login(User.objects.create(username="cleo"))
    return client


def test_every_route_has_a_declared_policy() -> None:
    names = {name for name, _ in ALL_ROUTES}

    undeclared = sorted(name for name in names if policy_of(name) is None)

    assert undeclared == []
    assert set(ROUTES) - names == {"admin:*"} - names, "a row without a route"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), [r for r in ALL_ROUTES if policy_of(r[0]) == STAFF])
def test_a_staff_route_refuses_whoever_is_not_signed_in(name: str, address: str) -> None:
    responses = answers_to(Client(), address)

    assert responses, f"{name} takes neither GET nor POST"
    assert all(map(is_refusal, responses)), [(name, r.status_code) for r in responses]


@pytest.mark.parametrize(("name", "address"), [r for r in ALL_ROUTES if policy_of(r[0]) == STAFF])
def test_a_staff_route_refuses_an_account_that_is_not_staff(
    cleo_client: Client, name: str, address: str
) -> None:
    responses = answers_to(cleo_client, address)

    assert responses, f"{name} takes neither GET nor POST"
    assert all(map(is_refusal, responses)), [(name, r.status_code) for r in responses]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), [r for r in ALL_ROUTES if policy_of(r[0]) == PUBLIC])
def test_a_public_route_asks_nobody_to_sign_in(name: str, address: str) -> None:
    responses = answers_to(Client(), address)

    refusals = [r.status_code for r in responses if is_refusal(r)]
    assert responses, f"{name} takes neither GET nor POST"
    assert refusals == [] or name == "logout"  # signing out ends at the login page


def test_every_socket_and_every_frame_has_a_declared_policy() -> None:
    sockets = {str(pattern.pattern) for pattern in socket_patterns}

    assert sockets == set(SOCKETS)
    assert set(READERS) == set(FRAMES)


@pytest.mark.django_db  # a socket's events close old connections, which earlier tests may have left
@pytest.mark.parametrize("kind", [kind for kind, (reach, _) in FRAMES.items() if reach == OWN])
async def test_a_frame_that_needs_a_conversation_is_refused_before_the_hello(kind: str) -> None:
    socket = socket_from("http://localhost")
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output())["type"] == "websocket.accept"

    frame = {"type": kind, **FRAMES[kind][1]}
    await socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    answer = json.loads((await socket.receive_output())["text"])
    assert answer["code"] == "hello_first"
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait()


@pytest.mark.django_db
async def test_a_socket_of_another_origin_is_refused() -> None:
    socket = socket_from("https://evil.example")

    await socket.send_input({"type": "websocket.connect"})

    assert (await socket.receive_output())["type"] == "websocket.close"
