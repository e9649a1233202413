"""Bulk acts: one thing done with each of the ticked documents."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from knowledge.models import Act, Collection, Document, State
from tests.staff.conftest import MakeDocument


def sent(client: Client, act: str, *documents: Document, **data: str) -> str:
    """Send the form of the list; return the page that comes."""
    keys = [str(document.pk) for document in documents]
    return client.post(reverse("staff:bulk"), {"act": act, "id": keys, **data}, follow=True).content.decode()


def test_all_that_are_ticked_are_unpublished_and_nobody_else(
    ada_client: Client, make_document: MakeDocument
) -> None:
    one, two, other = make_document("One"), make_document("Two"), make_document("Other")

    html = sent(ada_client, "unpublish", one, two)

    assert "Done with 2 documents." in html
    assert list(Document.objects.filter(is_published=True)) == [other]
    assert Act.objects.filter(verb="unpublished", by__username="ada").count() == 2


def test_those_that_cannot_be_are_named_with_the_reason(
    ada_client: Client, make_document: MakeDocument
) -> None:
    failed = make_document("Failed", State.FAILED)
    working = make_document("Busy", State.WORKING)

    html = sent(ada_client, "retry", failed, working)

    assert "Done with 1 document. 1 was left as it was: “Busy”: It is still in progress" in html


def test_documents_are_moved_to_a_collection(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document("One")
    Collection.objects.create(slug="archive", name="Archive")

    sent(ada_client, "move", document, to="archive")

    assert Document.objects.get().collection.slug == "archive"


def test_deleting_asks_first(ada_client: Client, make_document: MakeDocument) -> None:
    one, other = make_document("One"), make_document("Other")

    asked = sent(ada_client, "delete", one)
    before = Document.objects.count()
    sent(ada_client, "delete", one, sure="yes")

    assert "Delete 1 document?" in asked
    assert before == 2
    assert list(Document.objects.all()) == [other]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [("nonsense", "Choose what to do with the documents"), ("move", "Choose what to do with the documents")],
)
def test_what_makes_no_sense_is_refused(
    ada_client: Client, make_document: MakeDocument, act: str, sentence: str
) -> None:
    html = sent(ada_client, act, make_document("One"), to="nowhere")

    assert sentence in html


def test_nothing_ticked_and_too_much_ticked_are_refused(ada_client: Client, db: None) -> None:
    many = [Document(pk=uuid4()) for _ in range(501)]

    nothing, too_much = sent(ada_client, "publish"), sent(ada_client, "publish", *many)

    assert "No document was chosen." in nothing
    assert "At most 500 documents at once" in too_much


def test_each_row_of_the_list_has_a_box_that_belongs_to_the_form(
    ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("One")

    html = ada_client.get(reverse("staff:documents")).content.decode()

    assert f'name="id" value="{document.pk}" form="bulk"' in html
    assert 'id="bulk"' in html
