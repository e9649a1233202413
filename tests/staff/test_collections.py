"""The collections: created and renamed by staff, their audience fixed once documents rely on it."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from knowledge.models import Audience, Collection
from tests.staff.conftest import MakeDocument

NEW = {"name": "Internal notes", "slug": "internal", "audience": Audience.INTERNAL}


def test_a_new_collection_is_created_and_listed(ada_client: Client) -> None:
    response = ada_client.post(reverse("staff:collection-new"), NEW, follow=True)

    assert Collection.objects.get(slug="internal").audience == Audience.INTERNAL
    assert "“Internal notes” is saved." in response.content.decode()


def test_a_name_or_slug_that_is_taken_is_explained(ada_client: Client, collection: Collection) -> None:
    taken = {**NEW, "name": "HELP centre", "slug": "help-centre"}

    html = ada_client.post(reverse("staff:collection-new"), taken).content.decode()

    assert "Another collection already has this name." in html
    assert "Another collection already has this short name." in html
    assert Collection.objects.count() == 1


def test_the_short_name_stays_because_assistants_refer_to_it(
    ada_client: Client, collection: Collection
) -> None:
    ada_client.post(reverse("staff:collection", args=["help-centre"]), {**NEW, "name": "Help"})

    collection.refresh_from_db()
    assert (collection.name, collection.slug) == ("Help", "help-centre")


def test_the_audience_of_an_empty_collection_can_be_changed(
    ada_client: Client, collection: Collection
) -> None:
    ada_client.post(reverse("staff:collection", args=["help-centre"]), NEW)

    collection.refresh_from_db()
    assert collection.audience == Audience.INTERNAL


def test_the_audience_stays_while_documents_were_uploaded_for_it(
    ada_client: Client, make_document: MakeDocument, collection: Collection
) -> None:
    make_document()

    ada_client.post(reverse("staff:collection", args=["help-centre"]), NEW)

    collection.refresh_from_db()
    assert collection.audience == Audience.PUBLIC


def test_the_list_takes_at_most_twelve_queries(
    ada_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        Collection.objects.create(slug=f"shelf-{n}", name=f"Shelf {n}")

    with django_assert_max_num_queries(12):
        html = ada_client.get(reverse("staff:collections")).content.decode()

    assert "Shelf 29" in html
