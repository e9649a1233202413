"""HTTP limits: an address that opens too many pages is told when to come back."""

import secrets

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from chat.limits.counting import Charge, check
from chat.limits.http import limited
from chat.limits.rates import Rate
from tests.factories import assistant


@pytest.fixture
def somebody() -> str:
    """Return an address nobody else has."""
    return f"9.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


@limited("test pages", Rate(2, 6000))
def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("here you are")


def test_one_request_too_many_is_told_when_to_come_back(somebody: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=somebody)

    answers = [page(request) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 3000
    assert answers[2].headers["Retry-After"] in answers[2].content.decode()  # type: ignore[attr-defined]  # a plain one


def test_an_address_written_into_a_header_counts_for_nothing(somebody: str) -> None:
    requests = [
        RequestFactory().get("/", REMOTE_ADDR=somebody, HTTP_X_FORWARDED_FOR=f"8.8.8.{number}")
        for number in range(3)
    ]

    assert [page(request).status_code for request in requests] == [200, 200, 429]


def test_behind_a_trusted_proxy_each_customer_counts_for_themselves(
    settings: Settings, somebody: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    requests = [
        RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.2.3.4, {address}")
        for address in (somebody, somebody, somebody, "198.51.100.9")
    ]

    assert [page(request).status_code for request in requests] == [200, 200, 429, 200]


@pytest.mark.django_db
def test_pages_of_the_widget_share_one_count(settings: Settings, somebody: str) -> None:
    settings.DEFAULT_ASSISTANT = assistant().key
    client = Client(REMOTE_ADDR=somebody)
    paths = ("/", "/widget/v1/demo/")

    before = [client.get(path).status_code for path in paths]
    check([Charge("pages", somebody, Rate(100, 360_000))])  # as if they had come a lot
    after = [client.get(path).status_code for path in paths]

    assert (before, after) == ([200, 200], [429, 429])
    assert client.get("/widget/v1/loader.js").status_code == 200
