"""What staff do to sources: add, edit, sync, pause, try again and remove, with a sentence for each."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from knowledge.models import (
    Collection,
    Document,
    PageState,
    Schedule,
    Source,
    SourceKind,
    State,
    SyncRun,
)
from tests.staff.conftest import MakeDocument, MakeSource
from tests.staff.reading import page_of, sentences

FORM = {
    "kind": "site",
    "address": "https://help.example.com/en/",
    "name": "Help site",
    "collection": "help-centre",
    "schedule": "daily",
    "include": "/en/*",
    "exclude": "",
    "follow_links": "on",
    "depth": "3",
    "page_budget": "500",
    "seconds_between": "1",
    "grace_days": "3",
}


def press(client: Client, name: str, number: int, **headers: str) -> Any:
    """Press the button ``name`` of a source or a page."""
    return client.post(reverse(f"staff:source-{name}", args=[number]), headers=headers)


def test_a_source_is_added_and_its_first_sync_waits(
    ada: User, ada_client: Client, collection: Collection
) -> None:
    response = ada_client.post(reverse("staff:source-new"), FORM)

    source = Source.objects.get()
    assert response["Location"] == reverse("staff:source", args=[source.pk])
    assert (source.name, source.include, source.made_by) == ("Help site", "/en/*", ada)
    assert source.runs.get().started_by == ada
    assert sentences(response) == ["“Help site” is added and synced now."]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"address": "ftp://help.example.com/"}, "address", "it has to begin with https:// or http://"),
        ({"address": ""}, "address", "Enter the address to begin at."),
        ({"address": "https://h.example.com/" + "ä" * 200}, "address", "This address is too long."),
        ({"kind": "folder", "address": "/etc"}, "address", "is not in a folder that may be read"),
        ({"collection": "gone"}, "collection", "This collection does not exist any more."),
        ({"depth": "99"}, "depth", "less than or equal to 20"),
        ({"page_budget": "0"}, "page_budget", "greater than or equal to 1"),
        ({"seconds_between": "nan"}, "seconds_between", "Enter a number."),
        ({"grace_days": "x"}, "grace_days", "Enter a whole number."),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(
    ada_client: Client,
    collection: Collection,
    settings: Settings,
    wrong: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    settings.SOURCE_FOLDERS = []

    html = ada_client.post(reverse("staff:source-new"), {**FORM, **wrong}).content.decode()

    assert sentence in html.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert not Source.objects.exists()


def test_the_form_of_a_source_shows_and_changes_its_plan(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source(exclude="/old/*", kind=SourceKind.SITE)

    form = page_of(ada_client, "source-edit", source.pk)
    ada_client.post(
        reverse("staff:source-edit", args=[source.pk]),
        {**FORM, "schedule": "weekly", "kind": "page", "follow_links": ""},
    )

    source.refresh_from_db()
    assert "/old/*" in form
    assert (source.schedule, source.kind) == (Schedule.WEEKLY, SourceKind.SITE)
    assert not source.follow_links


def test_a_source_is_not_revised_during_a_sync_and_the_form_says_so(
    ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source("Before")
    SyncRun.objects.create(source=source, state=State.WORKING)

    response = ada_client.post(reverse("staff:source-edit", args=[source.pk]), FORM)

    source.refresh_from_db()
    assert "A sync is under way" in response.content.decode()
    assert source.name == "Before"


def test_sync_now_queues_a_run_and_tells_htmx_that_the_list_changed(
    ada: User, ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source()

    response = press(ada_client, "sync", source.pk, **{"HX-Request": "true"})

    assert source.runs.get().started_by == ada
    assert (response.status_code, response["HX-Trigger"]) == (204, "documents-changed")


def test_cancelling_stops_the_sync_and_twice_is_explained(
    ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source()
    SyncRun.objects.create(source=source)

    first, second = press(ada_client, "cancel", source.pk), press(ada_client, "cancel", source.pk)

    assert source.runs.get().state == State.CANCELLED
    assert sentences(first) == ["The sync of “Help site” is being cancelled."]
    assert "No sync is under way, so there is nothing to cancel." in sentences(second)


def test_the_schedule_is_paused_and_resumed(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()

    press(ada_client, "pause", source.pk)
    is_paused = Source.objects.get().is_paused
    row = page_of(ada_client, "sources")
    press(ada_client, "resume", source.pk)

    assert is_paused
    assert 'id="resume-' in row
    assert not Source.objects.get().is_paused


def test_a_page_is_tried_again_also_when_staff_had_deleted_its_document(
    ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source()
    page = source.pages.create(address="https://a.example.com/", state=PageState.SKIPPED, sha256="1" * 64)

    html = page_of(ada_client, "source", source.pk)
    press(ada_client, "again", page.pk)

    page.refresh_from_db()
    assert "Try again" in html
    assert page.sha256 == ""
    assert source.runs.count() == 1


@pytest.mark.parametrize(("choice", "documents"), [("keep", 1), ("delete", 0)])
def test_removing_asks_what_becomes_of_the_documents(
    ada_client: Client, make_source: MakeSource, make_document: MakeDocument, choice: str, documents: int
) -> None:
    source = make_source()
    source.pages.create(address="https://a.example.com/", document=make_document())
    address = reverse("staff:source-remove", args=[source.pk])

    question = ada_client.get(address).content.decode()
    undecided = ada_client.post(address).content.decode()
    still_there = Source.objects.exists()
    ada_client.post(address, {"documents": choice})

    assert "It has brought 1 document." in question
    assert "Choose what becomes of its documents." in undecided
    assert still_there
    assert not Source.objects.exists()
    assert Document.objects.count() == documents


def test_removing_deletes_a_document_that_two_pages_share_once(
    ada_client: Client, make_source: MakeSource, make_document: MakeDocument
) -> None:
    source, document = make_source(), make_document()
    for path in ("guides/", "guides.html"):
        source.pages.create(address=f"https://a.example.com/{path}", document=document)

    response = ada_client.post(reverse("staff:source-remove", args=[source.pk]), {"documents": "delete"})

    assert sentences(response) == ["“Help site” is removed, and 1 document with it."]
    assert not Source.objects.exists()
    assert not Document.objects.exists()
