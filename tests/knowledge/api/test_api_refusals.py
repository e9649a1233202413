"""Refusals: one shape, the right status and a sentence, whatever is sent."""

from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from knowledge.models import Collection
from tests.factories import shelf
from tests.knowledge.api.programs import Program, program_of, refusal

JSON = "application/json"
TEXT = b'{"collection": "help-centre", "title": "Reset", "text": "Hold it."}'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"not json",
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 60 + b"1" + b"}" * 60,
    ],
    ids=["cut off", "no UTF-8", "words", "NaN", "endless number", "bottomless", "deep"],
)
def test_a_body_that_is_no_json_is_refused(program: Program, body: bytes) -> None:
    response = program.call("POST", "/collections", data=body, content_type=JSON)

    assert refusal(response)[:2] == (400, "bad_request")
    assert "The body is no JSON that we read" in refusal(response)[2]


@pytest.mark.parametrize("body", [b"null", b"3", b'"text"', b"[]", b""])
def test_a_body_that_is_no_object_is_refused(program: Program, body: bytes) -> None:
    response = program.call("POST", "/collections", data=body, content_type=JSON)

    assert refusal(response)[:2] == (422, "invalid")


def test_lone_halves_of_characters_are_refused(program: Program) -> None:
    shelf()
    body = TEXT.replace(b"Hold it.", b"\\ud800")

    response = program.call("POST", "/documents/text", data=body, content_type=JSON)

    assert refusal(response)[:2] == (422, "invalid")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_a_body_of_a_kind_we_do_not_read_is_refused(program: Program, kind: str) -> None:
    response = program.call("POST", "/collections", data=b"name=Help&slug=help", content_type=kind)

    assert refusal(response)[:2] == (415, "unsupported_type")
    assert not Collection.objects.exists()


def test_more_json_than_we_read_at_once_is_refused(program: Program) -> None:
    body = TEXT.replace(b"Hold it.", b"a" * 3_000_000)

    response = program.call("POST", "/documents/text", data=body, content_type=JSON)

    assert refusal(response)[:2] == (413, "too_large")


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=x"])
def test_a_form_that_cannot_be_read_is_refused(program: Program, boundary: str) -> None:
    kind = f"multipart/form-data{boundary}"

    response = program.call("POST", "/documents", data=b"--x\r\nbroken", content_type=kind)

    assert refusal(response)[0] in (400, 422)


def test_too_many_fields_are_refused(program: Program) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'
    body = b"".join(part % n for n in range(2000)) + b"--x--\r\n"

    response = program.call("POST", "/documents", data=body, content_type="multipart/form-data; boundary=x")

    assert refusal(response)[:2] == (400, "bad_request")


def test_a_parameter_that_nobody_knows_is_refused(program: Program) -> None:
    listed = program.get("/documents", colour="red")
    acted = program.call("POST", "/sources/7/pause?force=1")

    assert refusal(listed)[2] == "There is no parameter “colour” here: leave it out."
    assert refusal(acted)[2] == "There is no parameter “force” here: leave it out."


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"after": "x"},
        {"after": "2030-01-01T00:00:00~00000000-0000-0000-0000-000000000007"},
        {"after": "\x00"},
        {"q": "\x00"},
        {"state": "asleep"},
        {"audience": "everybody"},
        {"published": "maybe"},
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_is_refused(program: Program, query: dict[str, str]) -> None:
    response = program.get("/documents", **query)

    assert refusal(response)[:2] == (422, "invalid")
    assert next(iter(query)) in refusal(response)[2]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/documents/",
        "/documents/7",
        "/sources/99999999999999999999999999",
        "/sources/" + "9" * 5000,
        "/curated-answers/99999999999999999999999999",
        "/collections/%00",
        "/%ff",
        "/%0a",
        "/collections/%0d%0a",
        "/",
    ],
)
def test_what_is_not_there_is_said_in_the_same_shape(program: Program, path: str) -> None:
    response = program.call("GET", path)

    assert refusal(response)[:2] == (404, "not_found")


def test_a_method_that_an_address_does_not_take_is_named(program: Program) -> None:
    response = program.call("PUT", "/status")

    assert refusal(response) == (405, "method_not_allowed", "This address takes GET, not PUT.")
    assert response["Allow"] == "GET"


def test_a_token_that_asks_too_often_waits(program: Program, ada: User, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3

    # Wherever in them a minute ends, four of the eight are in one.
    responses = [program.get("/status") for _ in range(8)]
    other = program_of(ada).get("/status")

    waits = [response for response in responses if response.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert waits
    assert refusal(waits[0])[1] == "too_many_requests"
    assert 1 <= int(waits[0]["Retry-After"]) <= 60
    assert other.status_code == 200


def test_without_redis_nobody_waits(program: Program, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    responses = [program.get("/status") for _ in range(3)]

    assert {response.status_code for response in responses} == {200}


def test_without_a_limit_nobody_is_counted(program: Program, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0

    responses: list[Any] = [program.get("/status") for _ in range(3)]

    assert {response.status_code for response in responses} == {200}
