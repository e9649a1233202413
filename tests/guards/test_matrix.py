"""The access matrix: every visitor at every route, and every stranger with every frame, as declared."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from knowledge import tokens
from knowledge.models import Reach
from tests.chat.realtime.customers import PATIENCE
from tests.guards import matrix
from tests.guards.matrix import EITHER, NO, VISITORS, YES, cell, policy_of
from tests.guards.policies import SOCKETS, STAFF, TOKEN
from tests.guards.test_policies import ALL_ROUTES, is_refusal, socket_from

METHODS = ("get", "post")
ALL_METHODS = (*METHODS, "put", "patch", "delete")
OUT = ("logout", "admin:logout")  # they end at the login page, which looks like a refusal
LAST = ("mcp", *OUT)  # the end of a session, and of the connection that the test's transaction is on


def _client(user: User | None = None, **headers: Any) -> Client:
    client = Client(raise_request_exception=False, **headers)
    if user is not None:
        client.force_login(user)
    return client


def _suspend(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def anonymous() -> Client:
    """Return a browser in which nobody is signed in."""
    return _client()


def account() -> Client:
    """Return Cleo's browser, who has an account and is not staff."""
    return _client(User.objects.create(username="cleo"))


def suspended() -> Client:
    """Return a browser in which Ben was signed in until he was suspended."""
    ben = User.objects.create(username="ben", is_staff=True, is_superuser=True)
    client = _client(ben)
    _suspend(ben)
    return client


def staff() -> Client:
    """Return Ada's browser."""
    return _client(User.objects.create(username="ada", is_staff=True))


def superuser() -> Client:
    """Return the browser of an engineer."""
    return _client(User.objects.create(username="engineer", is_staff=True, is_superuser=True))


def program(owner: User | None = None) -> Client:
    """Return a program with a token that may write."""
    owner = owner or User.objects.create(username="ada", is_staff=True)
    issued = tokens.issue(owner, "nightly sync", Reach.WRITE)
    return _client(HTTP_AUTHORIZATION=f"Bearer {issued.secret}")


def laid_off() -> Client:
    """Return a program whose owner was suspended."""
    ben = User.objects.create(username="ben", is_staff=True)
    client = program(ben)
    _suspend(ben)
    return client


MAKERS: dict[str, Callable[[], Client]] = dict(
    zip(VISITORS, (anonymous, account, suspended, staff, superuser, program, laid_off), strict=True)
)


@pytest.mark.django_db
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_route_lets_in_whom_the_matrix_says(visitor: str, settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = "only-the-post-office-knows"
    client = MAKERS[visitor]()
    routes = sorted(ALL_ROUTES, key=lambda route: route[0] in LAST)

    wrong = [
        (name, method, response.status_code)
        for name, address in routes
        for method in (ALL_METHODS if policy_of(name) == TOKEN else METHODS)
        if not is_as_declared(name, visitor, response := getattr(client, method)(address))
    ]

    assert wrong == []


def is_as_declared(name: str, visitor: str, response: HttpResponse) -> bool:
    """Say whether an answer is what the matrix says; an error of the server never is, but 503 may be."""
    if response.status_code >= 500 and response.status_code != 503:
        return False
    wanted, found = cell(name, visitor), NO if is_refusal(response) else YES
    return response.status_code == 405 or name in OUT or wanted in (found, EITHER)


def test_the_matrix_in_the_manual_is_that_of_today() -> None:
    text = matrix.MANUAL.read_text(encoding="utf-8")

    assert matrix.BEGIN in text
    assert text == matrix.document(text), "python -m tests.guards.matrix writes it anew"


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(SOCKETS))
@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", ""])
async def test_no_socket_opens_to_a_page_of_another_origin(path: str, origin: str) -> None:
    socket = socket_from(origin, path)

    await socket.send_input({"type": "websocket.connect"})

    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


STAFF_SOCKETS = sorted(path for path, policy in SOCKETS.items() if policy == STAFF)


def cookie_of(client: Client) -> str:
    """Return the session of a browser as a header; empty when there is none."""
    session = client.cookies.get(configured.SESSION_COOKIE_NAME)
    return f"{configured.SESSION_COOKIE_NAME}={session.value}" if session else ""


async def is_let_in(path: str, cookie: str) -> bool:
    """Say whether a socket stays open; one that is closed may have said why, and nothing else."""
    socket = socket_from("http://localhost", path, cookie)
    await socket.send_input({"type": "websocket.connect"})
    output = await socket.receive_output(10)
    if output["type"] == "websocket.accept":
        if await socket.receive_nothing(0.5):
            return True
        output = await socket.receive_output(10)
    if output["type"] == "websocket.send" and json.loads(output["text"])["type"] == "error":
        output = await socket.receive_output(10)
    return bool(output["type"] != "websocket.close")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visitor", VISITORS[:5])
def test_every_socket_of_staff_lets_in_whom_the_matrix_says(
    visitor: str, walk: Callable[[str, str], bool]
) -> None:
    cookie = cookie_of(MAKERS[visitor]())

    found = {path: walk(path, cookie) for path in STAFF_SOCKETS}

    wanted = matrix.CELLS[STAFF][visitor] == YES
    assert found == dict.fromkeys(STAFF_SOCKETS, wanted)


@pytest.mark.django_db(transaction=True)
def test_the_walk_sees_an_open_socket(walk: Callable[[str, str], bool]) -> None:
    assert walk("ws/chat/", "")
