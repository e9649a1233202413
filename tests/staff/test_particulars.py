"""The page of a document, and what staff say about it beside its text."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from knowledge.models import Act, Document, Origin
from tests.factories import shelf, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")


def address(document: Document) -> str:
    """Return the address of the form."""
    return reverse("staff:particulars", args=[document.pk])


def saying(document: Document, **changes: str) -> dict[str, str]:
    """Return the form as a browser sends it."""
    return {
        "title": document.title,
        "fixed_language": "",
        "audience": document.audience,
        "collection": document.collection.slug,
        **changes,
    }


def test_the_form_shows_the_particulars_as_they_are(ada_client: Client, tmp_path: Path) -> None:
    document = taken_in(tmp_path)
    Document.objects.update(review_on=date(2027, 1, 31), is_pinned=True)

    html = ada_client.get(address(document)).content.decode()

    assert 'value="2027-01-31"' in html
    assert 'name="is_pinned"' in html
    assert "checked" in html
    assert f'value="{document.title}"' in html


def test_saved_particulars_stand_on_the_page_and_in_the_history(
    ada: User, ada_client: Client, tmp_path: Path
) -> None:
    document = taken_in(tmp_path)
    other = shelf("internal", "internal")
    sent = saying(
        document, audience="internal", collection=other.slug, expires_on="2031-05-04", is_pinned="on"
    )

    html = ada_client.post(address(document), sent, follow=True).content.decode()

    document.refresh_from_db()
    assert (document.collection, document.audience, document.is_pinned) == (other, "internal", True)
    assert "it holds from the next question on" in html
    assert "May 4, 2031" in html
    assert Act.objects.get(verb="revised").by == ada


def test_a_new_title_makes_a_new_version(ada_client: Client, tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    ada_client.post(address(document), saying(document, title="The Aroma"))

    document.refresh_from_db()
    assert document.title == "The Aroma"
    assert document.latest_version is not None
    assert document.latest_version.origin == Origin.EDIT


def test_a_shelf_that_has_the_file_already_is_refused_above_the_form(
    ada_client: Client, tmp_path: Path
) -> None:
    document = taken_in(tmp_path)
    taken_in(tmp_path, "# Other\n\nSomething else stands here.\n", on=shelf("internal", "internal"))

    html = ada_client.post(address(document), saying(document, collection="internal")).content.decode()

    assert "already has a document of the file manual.md" in html
    assert Document.objects.filter(collection__slug="internal").count() == 1


def test_a_document_without_title_is_refused_at_the_field(ada_client: Client, tmp_path: Path) -> None:
    document = taken_in(tmp_path)

    html = ada_client.post(address(document), saying(document, title="  ")).content.decode()

    assert 'id="id_title_error"' in html


def test_the_page_shows_where_each_version_came_from_and_who_made_it(
    ada_client: Client, tmp_path: Path
) -> None:
    document = taken_in(tmp_path)
    ada_client.post(address(document), saying(document, title="The Aroma"))

    html = ada_client.get(reverse("staff:document", args=[document.pk])).content.decode()

    assert "Version 2" in html
    assert '<div class="faint">ada</div>' in html
    assert "A new version is being made" in html
