"""What staff do to documents: retry, cancel, publish, delete and upload, with a sentence for each."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from knowledge.models import Collection, Document, State, Version
from tests.staff.conftest import MakeDocument


def act(client: Client, name: str, document: Document, **headers: str) -> Any:
    """Press the button ``name`` of ``document``."""
    return client.post(reverse(f"staff:{name}", args=[document.pk]), headers=headers)


def sentences(response: Any) -> list[str]:
    """Return what staff are told after ``response``."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_file(
    name: str = "faq.txt", text: bytes = b"The filter is cleaned every three months.\n"
) -> SimpleUploadedFile:
    """Return a small file as a browser sends it."""
    return SimpleUploadedFile(name, text, "text/plain")


def test_retry_queues_a_failed_document_again(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document("Manual", State.FAILED)

    response = act(ada_client, "retry", document)

    assert sentences(response) == ["“Manual” is queued again."]
    assert document.versions.get(number=2).state == State.QUEUED


def test_cancel_stops_a_queued_document(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document("Manual", State.QUEUED)

    act(ada_client, "cancel", document)

    assert document.versions.get().state == State.CANCELLED


def test_what_cannot_be_done_is_said_in_a_sentence_and_changes_nothing(
    ada_client: Client, make_document: MakeDocument
) -> None:
    document = make_document("Manual", State.READY)

    response = act(ada_client, "cancel", document)

    assert sentences(response) == ["Nothing is in progress, so there is nothing to cancel."]
    assert document.versions.get().state == State.READY


@pytest.mark.parametrize(("name", "expected"), [("publish", True), ("unpublish", False)])
def test_publishing_is_switched_on_and_off(
    ada_client: Client, make_document: MakeDocument, name: str, expected: bool
) -> None:
    document = make_document("Manual", is_published=not expected)

    act(ada_client, name, document)

    document.refresh_from_db()
    assert document.is_published is expected


def test_htmx_is_told_that_the_list_changed(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document("Manual", State.FAILED)

    response = act(ada_client, "retry", document, **{"HX-Request": "true"})

    assert response.status_code == 204
    assert response["HX-Trigger"] == "documents-changed"


def test_deleting_asks_first_and_then_deletes(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document("Manual", texts=["one", "two"])
    address = reverse("staff:delete", args=[document.pk])

    question = ada_client.get(address).content.decode()
    assert Document.objects.filter(pk=document.pk).exists()
    ada_client.post(address)

    assert "Delete “Manual”?" in question
    assert "2 chunks" in question
    assert not Document.objects.filter(pk=document.pk).exists()


def test_files_of_the_plain_form_become_queued_documents(
    ada: User, ada_client: Client, collection: Collection
) -> None:
    files = [text_file("a.txt", b"Alpha.\n"), text_file("b.txt", b"Beta.\n")]

    response = ada_client.post(reverse("staff:upload"), {"collection": "help-centre", "files": files})

    assert response.status_code == 302
    assert [sentence.split(":")[0] for sentence in sentences(response)] == ["a.txt", "b.txt"]
    assert set(Document.objects.values_list("file_name", "created_by")) == {
        ("a.txt", ada.pk),
        ("b.txt", ada.pk),
    }
    assert set(Version.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_our_script_is_answered_file_by_file(ada_client: Client, collection: Collection) -> None:
    data = {"collection": "help-centre", "files": [text_file(), text_file("empty.txt", b"")]}

    response = ada_client.post(reverse("staff:upload"), data, headers={"Accept": "application/json"})

    accepted, refused = response.json()["files"]
    assert (accepted["name"], accepted["accepted"]) == ("faq.txt", True)
    assert (refused["name"], refused["accepted"]) == ("empty.txt", False)
    assert refused["sentence"]


def test_the_same_bytes_again_are_recognised(ada_client: Client, collection: Collection) -> None:
    send = {"collection": "help-centre"}
    ada_client.post(reverse("staff:upload"), {**send, "files": text_file()})

    response = ada_client.post(
        reverse("staff:upload"),
        {**send, "files": text_file("copy.txt")},
        headers={"Accept": "application/json"},
    )

    assert "nothing to do" in response.json()["files"][0]["sentence"]
    assert Document.objects.count() == 1


def test_a_large_file_is_taken_from_where_django_put_it(
    ada_client: Client, collection: Collection, settings: Settings
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    ada_client.post(reverse("staff:upload"), {"collection": "help-centre", "files": text_file()})

    assert Version.objects.get().size == 42


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"collection": "help-centre"}, "No file was chosen. Choose at least one file and upload again."),
        ({"collection": "gone"}, "This collection does not exist any more. Choose another one."),
        ({}, "Choose the collection that the files belong to."),
    ],
)
def test_an_upload_that_lacks_something_is_explained(
    ada_client: Client, collection: Collection, data: dict[str, str], sentence: str
) -> None:
    response = ada_client.post(reverse("staff:upload"), data)

    assert sentences(response) == [sentence]
