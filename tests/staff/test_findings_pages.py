"""Findings: staff see what does not fit together, and decide."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from knowledge.models import Collection, Document, Finding, FindingKind, FindingState
from tests.factories import shelf, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")
LIST = "/staff/findings/"
PRICES = "# Prices\n\nA new battery costs 49 € with us. It is sent within a week.\n"
SHOP = "# Shop\n\nA new battery costs 59 € with us. We are open on Mondays.\n"


@pytest.fixture
def finding(tmp_path: Path) -> Finding:
    """Return what two prices of the same battery give to decide, the second document held back."""
    shelf()
    Collection.objects.update(holds_findings=True)
    taken_in(tmp_path, PRICES, "prices.md")
    taken_in(tmp_path, SHOP, "shop.md")
    return Finding.objects.get()


def decided(client: Client, finding: Finding, state: str) -> str:
    """Decide; return the page that comes."""
    where = reverse("staff:finding-decide", args=[finding.pk])
    return client.post(where, {"state": state, "next": LIST}, follow=True).content.decode()


def test_both_texts_stand_side_by_side_with_links(ada_client: Client, finding: Finding) -> None:
    html = ada_client.get(LIST).content.decode()

    assert "costs 49 €" in html
    assert "costs 59 €" in html
    assert "Held back until you decide" in html
    for document in Document.objects.all():
        assert reverse("staff:document", args=[document.pk]) in html


def test_the_page_of_each_of_the_two_documents_shows_it(ada_client: Client, finding: Finding) -> None:
    pages = [
        ada_client.get(reverse("staff:document", args=[document.pk])).content.decode()
        for document in Document.objects.all()
    ]

    assert len(pages) == 2
    assert all("Findings to decide" in html for html in pages)


def test_deciding_the_last_one_publishes_what_was_held_back(ada_client: Client, finding: Finding) -> None:
    was_published = finding.document.is_published

    html = decided(ada_client, finding, "accepted")

    finding.refresh_from_db()
    assert not was_published
    assert finding.document.is_published
    assert (finding.state, str(finding.decided_by)) == (FindingState.ACCEPTED, "ada")
    assert "is published now" in html
    assert "There is nothing to decide" in html


@pytest.mark.parametrize("state", ["", "open", "nonsense"])
def test_what_is_no_decision_is_refused(ada_client: Client, finding: Finding, state: str) -> None:
    html = decided(ada_client, finding, state)

    finding.refresh_from_db()
    assert finding.state == FindingState.OPEN
    assert "Choose whether it is fine as it is or was mended." in html


def test_the_second_to_decide_is_told(ada_client: Client, finding: Finding) -> None:
    decided(ada_client, finding, "mended")

    html = decided(ada_client, finding, "accepted")

    assert "Somebody decided this finding a moment ago." in html


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"kind": FindingKind.CONTRADICTION.value}, 1),
        ({"kind": FindingKind.HIDDEN_TEXT.value}, 0),
        ({"collection": "help-centre"}, 1),
        ({"collection": "internal"}, 0),
        ({"state": "mended"}, 0),
        ({"kind": "nonsense"}, 1),
    ],
)
def test_the_filters_live_in_the_address(
    ada_client: Client, finding: Finding, filters: dict[str, str], count: int
) -> None:
    shelf("internal", "internal")

    page = ada_client.get(LIST, filters).context["page"]

    assert len(page.rows) == count


def test_a_collection_holds_back_and_lets_go(ada_client: Client, finding: Finding) -> None:
    where = reverse("staff:finding-hold", args=["help-centre"])

    html = ada_client.post(where, {"holds": "no"}, follow=True).content.decode()
    after_no = Collection.objects.get().holds_findings
    ada_client.post(where, {"holds": "yes"})

    assert "publishes new documents at once" in html
    assert not after_no
    assert Collection.objects.get().holds_findings
