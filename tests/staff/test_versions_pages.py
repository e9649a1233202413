"""Versions: what differs between two of them, and back to an earlier one."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from knowledge.models import Act, Document
from tests.factories import MANUAL, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")


@pytest.fixture
def twice(tmp_path: Path) -> Document:
    """Return a document whose second version says another time of warranty."""
    taken_in(tmp_path)
    return taken_in(tmp_path, MANUAL.replace("24 months", "36 months"))


def test_two_versions_are_compared_word_by_word_and_what_is_the_same_is_folded(
    ada_client: Client, twice: Document
) -> None:
    address = reverse("staff:compare", args=[twice.pk])

    html = ada_client.get(address, {"from": "1", "to": "2"}).content.decode()

    assert "<del>24</del>" in html
    assert "<ins>36</ins>" in html
    assert "1 paragraph differs." in html
    assert "paragraphs are the same" in html
    assert "hold the power button" not in html


def test_a_version_compared_with_itself_says_the_same(ada_client: Client, twice: Document) -> None:
    address = reverse("staff:compare", args=[twice.pk])

    html = ada_client.get(address, {"from": "2", "to": "2"}).content.decode()

    assert "word for word" in html


@pytest.mark.parametrize("asked", [{}, {"from": "1", "to": "nine"}, {"from": "7", "to": "1"}])
def test_versions_that_are_not_there_lead_to_a_choice(
    ada_client: Client, twice: Document, asked: dict[str, str]
) -> None:
    html = ada_client.get(reverse("staff:compare", args=[twice.pk]), asked).content.decode()

    assert '<select class="form-select" id="compare-from"' in html
    assert "<del>" not in html


def test_a_single_version_says_how_a_second_one_comes_to_be(ada_client: Client, tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    html = ada_client.get(reverse("staff:compare", args=[document.pk])).content.decode()

    assert "Only one version of this document was ever ready." in html


def test_the_page_of_a_document_offers_to_compare_and_to_roll_back(
    ada_client: Client, twice: Document
) -> None:
    html = ada_client.get(reverse("staff:document", args=[twice.pk])).content.decode()

    assert reverse("staff:compare", args=[twice.pk]) + "?from=1&amp;to=2" in html
    assert reverse("staff:roll-back", args=[twice.pk, 1]) in html
    assert reverse("staff:roll-back", args=[twice.pk, 2]) not in html


def test_rolling_back_asks_first_and_then_is_live_and_attributed(ada_client: Client, twice: Document) -> None:
    address = reverse("staff:roll-back", args=[twice.pk, 1])

    asked = ada_client.get(address).content.decode()
    before = Document.objects.get().live_version
    html = ada_client.post(address, follow=True).content.decode()

    assert "Roll back to version 1?" in asked
    assert before is not None
    assert before.number == 2
    after = Document.objects.get().live_version
    assert after is not None
    assert after.number == 1
    assert "Version 1 is live again" in html
    assert str(Act.objects.get(verb="rolled back").by) == "ada"


def test_a_version_that_never_was_ready_is_refused_in_a_sentence(ada_client: Client, twice: Document) -> None:
    twice.versions.filter(number=1).update(state="failed")
    address = reverse("staff:roll-back", args=[twice.pk, 1])

    html = ada_client.post(address, follow=True).content.decode()

    assert "Only a version that was ready once can come back." in html
    assert "was never ready" in ada_client.get(address).content.decode()
