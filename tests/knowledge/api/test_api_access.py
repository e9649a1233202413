"""Who may use the API: a living token of active staff within its scope, on every route."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from knowledge import tokens
from knowledge.models import Act, ApiToken, Collection, Reach
from supportbot.api import METHODS, api
from tests.guards.policies import ROUTES, TOKEN
from tests.knowledge.api.programs import HOME, Program, program_of, refusal

MADE_UP = {
    "{slug}": "shelf",
    "{document_id}": "00000000-0000-0000-0000-000000000007",
    "{number}": "7",
    "{source_id}": "7",
    "{run_id}": "7",
    "{answer_id}": "7",
}
LOOKS = ("GET",)


def operations() -> Iterator[tuple[str, str, str]]:
    """Yield name, method and a made-up address of every operation of the schema, and of what is none."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        address = path.removeprefix(HOME)
        for part, value in MADE_UP.items():
            address = address.replace(part, value)
        for method, operation in methods.items():
            yield operation["operationId"], method.upper(), address
    yield from (("no_route", method, "/nowhere/at/all") for method in METHODS)


OPERATIONS = sorted(operations())
QUESTIONS = ("search_with_history", "answer_question")  # they have a body and change nothing
WRITES = [op for op in OPERATIONS if op[1] not in LOOKS and op[0] not in QUESTIONS]


def nobody(_ada: User) -> Program:
    """Return whoever has no token."""
    return Program()


def guesser(_ada: User) -> Program:
    """Return whoever made a token up."""
    return Program("sb_" + "A" * 43)


def revoked(ada: User) -> Program:
    """Return a program whose token was revoked."""
    program = program_of(ada)
    tokens.revoke(ApiToken.objects.get(), ada)
    return program


def expired(ada: User) -> Program:
    """Return a program whose token is over."""
    program = program_of(ada)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return program


def of_a_suspended_owner(ada: User) -> Program:
    """Return a program whose owner was switched off."""
    program = program_of(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    return program


def of_a_former_colleague(ada: User) -> Program:
    """Return a program whose owner is not staff any more."""
    program = program_of(ada)
    User.objects.filter(pk=ada.pk).update(is_staff=False)
    return program


def signed_in(ada: User) -> Program:
    """Return a browser in which Ada is signed in, without any token."""
    client = Client()
    client.force_login(ada)
    return Program(client=client)


STRANGERS: list[Callable[[User], Program]] = [
    nobody,
    guesser,
    revoked,
    expired,
    of_a_suspended_owner,
    of_a_former_colleague,
    signed_in,
]


def test_every_operation_has_the_policy_token() -> None:
    declared = {name.removeprefix("api:") for name, policy in ROUTES.items() if policy == TOKEN}

    # MCP has the same tokens and another protocol: tests/chat/mcp/.
    assert {name for name, _, _ in OPERATIONS} | {"mcp"} == declared


@pytest.mark.parametrize("maker", STRANGERS, ids=lambda maker: maker.__name__)
def test_a_stranger_is_refused_everywhere(ada: User, maker: Callable[[User], Program]) -> None:
    stranger = maker(ada)

    responses = {(name, method): stranger.call(method, at) for name, method, at in OPERATIONS}

    assert {name for name, r in responses.items() if refusal(r)[:2] != (401, "unauthorized")} == set()
    assert {r["WWW-Authenticate"] for r in responses.values()} == {"Bearer"}


def test_a_token_that_may_only_read_changes_nothing_anywhere(ada: User) -> None:
    reader = program_of(ada, Reach.READ)
    acts = Act.objects.count()

    responses = {(name, method): reader.call(method, at) for name, method, at in WRITES}

    assert {name for name, r in responses.items() if refusal(r)[:2] != (403, "forbidden")} == set()
    assert Act.objects.count() == acts


def test_a_token_that_may_write_is_let_in_everywhere(program: Program) -> None:
    responses = {(name, method): program.call(method, address) for name, method, address in OPERATIONS}

    stopped = {
        key for key, r in responses.items() if r.status_code in (401, 403, 405) or r.status_code >= 500
    }
    assert stopped == set()


def test_a_token_that_may_only_read_reads(ada: User) -> None:
    reader = program_of(ada, Reach.READ)

    response = reader.get("/documents")

    assert response.json() == {"items": [], "after": ""}


def test_a_token_that_may_only_ask_does_nothing_else_anywhere(ada: User) -> None:
    asker = program_of(ada, Reach.ASK)

    responses = {(name, method): asker.call(method, at) for name, method, at in OPERATIONS}

    let_in = {name for name, r in responses.items() if r.status_code != 403}
    assert {name for name, _ in let_in} == set(QUESTIONS)
    assert {r.status_code for key, r in responses.items() if key in let_in} == {422}


@pytest.mark.parametrize("scope", [Reach.READ, Reach.ASK])
def test_every_token_may_ask_and_changes_nothing_by_it(ada: User, scope: str) -> None:
    program = program_of(ada, scope)
    acts = Act.objects.count()

    found = program.post("/search", {"question": "How do I reset it?"})

    assert (found.status_code, found.json()) == (200, {"items": []})
    assert Act.objects.count() == acts


@pytest.mark.parametrize("path", ["/search", "/answer"])
@pytest.mark.parametrize("audience", ["internal", "any"])
def test_a_token_that_may_only_ask_never_sees_what_is_internal(ada: User, path: str, audience: str) -> None:
    asker = program_of(ada, Reach.ASK)

    response = asker.post(path, {"question": "salary", "audience": audience})

    assert refusal(response)[:2] == (403, "forbidden")
    assert "what customers may read" in refusal(response)[2]


def test_a_session_beside_a_dead_token_helps_nothing(ada: User) -> None:
    browser = signed_in(ada)
    browser.secret = revoked(ada).secret

    response = browser.call("GET", "/documents")

    assert response.status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "sb_secret", "Bearer \xff"]
)
def test_other_headers_let_nobody_in(ada: User, header: str) -> None:
    response = Client().get(f"{HOME}/documents", headers={"Authorization": header})

    assert refusal(response)[0] == 401


def test_nothing_is_remembered_in_the_browser(program: Program) -> None:
    response = program.get("/documents")

    assert not response.cookies
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]


def test_what_a_program_does_is_recorded_as_its_owners_act(ada: User, program: Program) -> None:
    Collection.objects.create(slug="help", name="Help")

    made = program.post("/documents/text", {"collection": "help", "title": "Reset", "text": "Hold it."})
    program.delete(f"/documents/{made.json()['document']['id']}")

    assert Act.objects.get(verb="deleted").by == ada
