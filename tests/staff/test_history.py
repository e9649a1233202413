"""History: who did what to our knowledge, newest first, by the filters in the URL."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from knowledge.acts import record, record_on
from knowledge.models import Act
from tests.staff.conftest import MakeDocument
from tests.staff.reading import page_of


def test_the_history_says_who_did_what_newest_first(
    ada: User, ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("Manual")
    record(document=document, verb="published", by=ada)
    record_on("Help site", "source added", None, address="https://help.example.com/")

    html = page_of(ada_client, "history")

    assert html.index("source added") < html.index("published")
    assert "address: https://help.example.com/" in html
    assert "by itself" in html
    assert reverse("staff:document", args=[document.pk]) in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?by=@ada", ["published"]),
        ("?by=itself", ["source added"]),
        ("?q=help", ["source added"]),
        ("?q=publ", ["published"]),
        ("?by=@nobody", ["published", "source added"]),
        ("?q=nowhere", []),
    ],
)
def test_the_history_is_narrowed_down_by_its_url(
    ada: User, ada_client: Client, query: str, expected: list[str]
) -> None:
    record_on("Manual", "published", ada)
    record_on("Help site", "source added")

    html = page_of(ada_client, "history", query=query)

    assert [verb for verb in ("published", "source added") if f">{verb}</td>" in html] == expected
    assert ("Nothing in the history matches" in html) is (not expected)


def test_an_empty_history_says_what_will_be_in_it(ada_client: Client) -> None:
    html = page_of(ada_client, "history")

    assert "Nothing has been done yet" in html


def test_the_history_is_paged_without_repeats_while_acts_arrive(ada: User, ada_client: Client) -> None:
    Act.objects.bulk_create(Act(verb="published", subject=f"Manual {n}", by=ada) for n in range(70))
    address = reverse("staff:history")

    first = ada_client.get(address).context["page"]
    record_on("Late", "published", ada)
    second = ada_client.get(address, {"after": first.after}).context["page"]

    assert [row.subject for row in first.rows + second.rows] == [f"Manual {n}" for n in range(69, -1, -1)]
