"""The page of API tokens: made, shown once, listed without the secret, and revoked."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from knowledge import tokens
from knowledge.models import Act, ApiToken, Reach

NEW = {"name": "nightly sync", "scope": "write", "days": "90"}
SECRET = re.compile(r"sb_[\w-]{43}")


@pytest.fixture
def ben(db: None) -> User:
    """Return Ben, who is staff too."""
    return User.objects.create(username="ben", is_staff=True)


def html_of(client: Client, name: str = "staff:tokens") -> str:
    """Return a page."""
    return client.get(reverse(name)).content.decode()


def test_without_any_the_page_says_what_they_are_for(ada_client: Client) -> None:
    html = html_of(ada_client)

    assert "There are no API tokens yet" in html
    assert reverse("staff:token-new") in html


def test_a_new_token_is_shown_once_and_never_again(ada: User, ada_client: Client) -> None:
    made = ada_client.post(reverse("staff:token-new"), NEW)

    (secret,) = set(SECRET.findall(made.content.decode()))
    found = tokens.find(secret)
    assert found is not None
    assert (found.owner, found.name, found.scope) == (ada, "nightly sync", Reach.WRITE)
    assert "no-store" in made["Cache-Control"]
    listed = html_of(ada_client)
    assert "nightly sync" in listed
    assert found.shown in listed
    assert SECRET.findall(listed) == []
    assert Act.objects.get().by == ada


def test_a_token_may_live_until_it_is_revoked(ada_client: Client) -> None:
    ada_client.post(reverse("staff:token-new"), {**NEW, "days": ""})

    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scope": "all"}, {"days": "7"}, {"name": "x" * 101}], ids=str
)
def test_a_form_that_cannot_be_makes_nothing(ada_client: Client, wrong: dict[str, str]) -> None:
    response = ada_client.post(reverse("staff:token-new"), {**NEW, **wrong})

    assert "field-error" in response.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_says_so_and_ends_once(ada: User, ada_client: Client) -> None:
    issued = tokens.issue(ada, "nightly sync", Reach.READ)
    address = reverse("staff:token-revoke", args=[issued.token.pk])

    first = ada_client.post(address, follow=True).content.decode()
    second = ada_client.post(address, follow=True).content.decode()

    assert "“nightly sync” is revoked: nothing can use it." in first
    assert address not in first
    assert "This token was revoked before" in second
    assert tokens.find(issued.secret) is None


def test_staff_neither_see_nor_revoke_the_tokens_of_others(ada_client: Client, ben: User) -> None:
    issued = tokens.issue(ben, "Ben's own", Reach.READ)

    html = html_of(ada_client)
    response = ada_client.post(reverse("staff:token-revoke", args=[issued.token.pk]))

    assert "Ben" not in html
    assert response.status_code == 404
    assert tokens.find(issued.secret) is not None


def test_administrators_see_and_revoke_all(ada: User, ada_client: Client, ben: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    issued = tokens.issue(ben, "exporter", Reach.READ)

    html = html_of(ada_client)
    ada_client.post(reverse("staff:token-revoke", args=[issued.token.pk]))

    assert "exporter" in html
    assert "ben" in html
    assert tokens.find(issued.secret) is None


def test_the_list_takes_at_most_twelve_queries(
    ada: User, ada_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        tokens.issue(ada, f"program {n}", Reach.READ)

    with django_assert_max_num_queries(12):
        html = html_of(ada_client)

    assert "program 59" in html
    assert "program 9<" not in html
    assert "Older" in html
