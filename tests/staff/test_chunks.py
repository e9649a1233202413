"""The chunks of a document: staff change them from its page, and decide what became of their edits."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from knowledge.ingestion.ingest import ingest
from knowledge.models import Chunk, Document, Edit, EditKind, EditState, State, Version
from knowledge.staff.chunks import pieces_of
from tests.factories import MANUAL, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")
WARRANTY = "The warranty lasts 24 months"


def work_off() -> None:
    """Do all queued work."""
    for version in Version.objects.filter(state=State.QUEUED).order_by("number"):
        ingest(version.id)


def live(words: str) -> Chunk:
    """Return the live chunk that holds ``words``."""
    return Chunk.objects.get(version__in=Document.objects.values("live_version"), text__contains=words)


def sent(client: Client, act: str, chunk: Chunk, **data: str) -> str:
    """Send a form of a chunk; return the page that comes."""
    where = reverse(f"staff:chunk-{act}", args=[chunk.version.document_id, chunk.pk])
    return client.post(where, data, follow=True).content.decode()


def page(client: Client, document: Document) -> str:
    """Return the page of a document."""
    return client.get(reverse("staff:document", args=[document.pk])).content.decode()


def test_a_changed_text_is_live_after_the_new_version_and_shows_who_changed_it(
    ada: User, ada_client: Client, tmp_path: Path
) -> None:
    document = taken_in(tmp_path)
    chunk = live(WARRANTY)

    html = sent(ada_client, "text", chunk, text=chunk.text.replace("24 months", "30 months"))
    work_off()

    assert "Customers read it as soon as the new version is ready." in html
    assert "30 months" in live("The warranty lasts").text
    assert Edit.objects.get().made_by == ada
    after = page(ada_client, document)
    assert "Text replaced" in after
    assert "1 edit by staff is in force" in after


def test_the_form_holds_the_words_and_a_refusal_keeps_what_was_written(
    ada_client: Client, tmp_path: Path
) -> None:
    taken_in(tmp_path)
    chunk = live(WARRANTY)
    where = reverse("staff:chunk-text", args=[chunk.version.document_id, chunk.pk])

    shown = ada_client.get(where).content.decode()
    html = sent(ada_client, "text", chunk, text=chunk.text)

    assert WARRANTY in shown
    assert "Nothing was changed in this passage." in html
    assert WARRANTY in html
    assert not Edit.objects.exists()


def test_an_added_passage_becomes_a_chunk_and_an_empty_one_is_refused(
    ada_client: Client, tmp_path: Path
) -> None:
    taken_in(tmp_path)
    chunk = live(WARRANTY)

    refused = sent(ada_client, "add", chunk, text=" ")
    sent(ada_client, "add", chunk, text="Repairs are free of charge on Mondays.")
    work_off()

    assert "Write what should be added." in refused
    assert live("free of charge on Mondays").heading_path == chunk.heading_path


def test_a_chunk_is_split_where_a_sentence_begins(ada_client: Client, tmp_path: Path) -> None:
    taken_in(tmp_path)
    chunk = live(WARRANTY)
    place = pieces_of(chunk)[1].start

    sent(ada_client, "split", chunk, at=str(place))
    work_off()

    assert live(WARRANTY).text == chunk.text[:place].strip()
    assert live("Keep the receipt").pk != live(WARRANTY).pk


@pytest.mark.parametrize("place", ["", "-1", "nine", "99999"])
def test_a_place_outside_the_passage_is_refused(ada_client: Client, tmp_path: Path, place: str) -> None:
    taken_in(tmp_path)

    html = sent(ada_client, "split", live(WARRANTY), at=place)

    assert "Choose the place where the second passage begins." in html
    assert not Edit.objects.exists()


def test_two_chunks_are_merged(ada_client: Client, tmp_path: Path) -> None:
    taken_in(tmp_path)

    sent(ada_client, "merge", live("hold the power button"))
    work_off()

    assert WARRANTY in live("hold the power button").text


def test_a_disabled_chunk_says_so_and_is_enabled_again(ada_client: Client, tmp_path: Path) -> None:
    document = taken_in(tmp_path)
    sent(ada_client, "disable", live(WARRANTY))
    work_off()
    disabled = page(ada_client, document)
    was_disabled = live(WARRANTY).is_disabled

    edit = Edit.objects.get(kind=EditKind.DISABLE)
    ada_client.post(reverse("staff:edit-undo", args=[document.pk, edit.pk]))
    work_off()

    assert was_disabled
    assert ">Disabled</span>" in disabled
    assert ">Enable</button>" in disabled
    assert not live(WARRANTY).is_disabled
    assert ">Enable</button>" not in page(ada_client, document)


def test_a_passage_that_a_newer_version_replaced_is_explained(ada_client: Client, tmp_path: Path) -> None:
    taken_in(tmp_path)
    chunk = live(WARRANTY)
    Chunk.objects.filter(pk=chunk.pk).delete()

    html = sent(ada_client, "text", chunk, text="Whatever.")

    assert "A newer version replaced this passage meanwhile" in html


@pytest.fixture
def in_conflict(ada_client: Client, tmp_path: Path) -> Edit:
    """Return an edit whose source changed under it."""
    taken_in(tmp_path)
    chunk = live(WARRANTY)
    sent(ada_client, "text", chunk, text=chunk.text.replace("24 months", "30 months"))
    work_off()
    taken_in(tmp_path, MANUAL.replace("24 months", "36 months"))
    return Edit.objects.get(state=EditState.CONFLICT)


def test_a_conflict_stands_on_top_with_both_texts(ada_client: Client, in_conflict: Edit) -> None:
    html = page(ada_client, in_conflict.document)

    assert "1 edit met a changed source" in html
    assert "<mark>36</mark>" in html
    assert "<mark>30</mark>" in html
    assert html.index('id="conflicts"') < html.index('id="facts"')


def test_mine_is_kept_as_it_is(ada_client: Client, in_conflict: Edit) -> None:
    ada_client.post(reverse("staff:conflict-keep", args=[in_conflict.document_id, in_conflict.pk]))
    work_off()

    assert "30 months" in live("The warranty lasts").text
    assert 'id="conflicts"' not in page(ada_client, in_conflict.document)


def test_mine_is_kept_reworded(ada_client: Client, in_conflict: Edit) -> None:
    where = reverse("staff:conflict-keep", args=[in_conflict.document_id, in_conflict.pk])

    ada_client.post(where, {"text": "The warranty lasts 42 months now."})
    work_off()

    assert "42 months now" in live("The warranty lasts").text


def test_the_source_is_taken(ada_client: Client, in_conflict: Edit) -> None:
    where = reverse("staff:conflict-source", args=[in_conflict.document_id, in_conflict.pk])

    ada_client.post(where)
    again = ada_client.post(where, follow=True).content.decode()

    assert "36 months" in live("The warranty lasts").text
    assert "in no conflict any more" in again


def test_an_edit_of_another_document_is_not_found(
    ada_client: Client, in_conflict: Edit, tmp_path: Path
) -> None:
    other = taken_in(tmp_path, "# Other\n\nSomething else stands here.\n", "other.md")

    response = ada_client.post(reverse("staff:edit-undo", args=[other.pk, in_conflict.pk]))

    assert response.status_code == 404
