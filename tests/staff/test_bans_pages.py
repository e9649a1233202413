"""The pages of bans: listed, added and lifted by staff."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chat.models import Ban
from tests.factories import assistant

NEW = {"kind": "word", "value": "Scam", "assistant": "", "reason": "spam", "days": "7"}


def html_of(client: Client, **query: str) -> str:
    """Return the list."""
    return client.get(reverse("staff:bans"), query).content.decode()


def test_without_any_the_page_says_what_they_are_for(ada_client: Client) -> None:
    assert "Nothing is banned" in html_of(ada_client)


def test_a_ban_is_added_listed_and_lifted(ada: User, ada_client: Client) -> None:
    added = ada_client.post(reverse("staff:ban-new"), NEW, follow=True).content.decode()
    ban = Ban.objects.get()
    lifted = ada_client.post(reverse("staff:ban-lift", args=[ban.pk]), follow=True).content.decode()
    again = ada_client.post(reverse("staff:ban-lift", args=[ban.pk]), follow=True).content.decode()

    assert (ban.value, ban.created_by, ban.assistant) == ("Scam", ada, None)
    assert ban.until is not None
    assert "Scam" in added
    assert "All assistants" in added
    assert "The ban of “Scam” is lifted." in lifted
    assert "lifted before" in again
    assert not Ban.objects.exists()


def test_a_ban_of_one_assistant_may_last_until_it_is_lifted(ada_client: Client) -> None:
    ada_client.post(reverse("staff:ban-new"), {**NEW, "assistant": str(assistant().pk), "days": ""})

    ban = Ban.objects.get()
    assert (ban.assistant, ban.until) == (assistant(), None)


@pytest.mark.parametrize(
    "wrong", [{"kind": "planet"}, {"value": ""}, {"kind": "address"}, {"kind": "conversation"}, {"days": "3"}]
)
def test_a_form_that_cannot_be_bans_nothing(ada_client: Client, wrong: dict[str, str]) -> None:
    html = ada_client.post(reverse("staff:ban-new"), {**NEW, **wrong}).content.decode()

    assert "field-error" in html
    assert not Ban.objects.exists()


def test_the_same_ban_twice_is_said(ada_client: Client) -> None:
    ada_client.post(reverse("staff:ban-new"), NEW)

    html = ada_client.post(reverse("staff:ban-new"), NEW).content.decode()

    assert "banned already" in html
    assert Ban.objects.count() == 1


def test_the_list_is_filtered_by_the_address_and_the_form_filled_in_by_it(ada_client: Client) -> None:
    Ban.objects.create(kind=Ban.Kind.WORD, value="scam")
    Ban.objects.create(kind=Ban.Kind.ADDRESS, value="203.0.113.0/24")

    assert "scam" not in html_of(ada_client, kind="address")
    assert "No ban is like this" in html_of(ada_client, q="nothing")
    assert "scam" in html_of(ada_client, q="SCA", kind="nonsense")
    filled = ada_client.get(reverse("staff:ban-new"), {"kind": "address", "value": "203.0.113.7"})
    assert 'value="203.0.113.7"' in filled.content.decode()
