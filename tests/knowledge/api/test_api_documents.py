"""Documents over the API: what lists and views say, and what steering does, as on the staff pages."""

import uuid
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from knowledge.ingestion.ingest import ingest
from knowledge.models import Act, Document, State, Version
from tests.factories import MANUAL, accepted, shelf, taken_in
from tests.knowledge.api.programs import Program, refusal

LONGER = MANUAL + "\n## Filter\n\nRinse the filter once a month under warm water and let it dry.\n"


def address_of(document: Document, *parts: str) -> str:
    """Return the address of a document, or of what is below it."""
    return "/".join((f"/documents/{document.pk}", *parts))


@pytest.fixture
def manual(ada: User, tmp_path: Path) -> Document:
    """Return a document that is ready."""
    return taken_in(tmp_path)


def test_a_document_says_where_it_stands(program: Program, manual: Document) -> None:
    shown = program.get(address_of(manual)).json()

    assert (shown["title"], shown["file_name"], shown["collection"]) == (
        "Aroma 3000",
        "manual.md",
        "help-centre",
    )
    assert (shown["latest_version"]["state"], shown["live_version"], shown["is_published"]) == (
        "ready",
        1,
        True,
    )
    assert shown["chunks"] > 0
    assert [version["number"] for version in shown["versions"]] == [1]
    assert shown["warnings"] == []


def test_the_reader_opens_at_the_link_of_a_document(program: Program, manual: Document) -> None:
    url = program.get(address_of(manual)).json()["url"]

    page = Client().get(url.removeprefix("http://testserver"))

    assert "Aroma 3000" in page.content.decode()


def test_a_failed_version_says_why(program: Program, tmp_path: Path, ada: User) -> None:
    failed = accepted(tmp_path).version
    Version.objects.filter(pk=failed.pk).update(state=State.FAILED, reason="It is locked: unlock it.")

    latest = program.get(f"/documents/{failed.document_id}").json()["latest_version"]

    assert (latest["state"], latest["reason"]) == ("failed", "It is locked: unlock it.")


def test_lists_go_on_behind_the_cursor_until_the_end(program: Program, tmp_path: Path) -> None:
    made = [accepted(tmp_path, f"Text {n}.", f"{n}.txt").document.pk for n in range(5)]

    first = program.get("/documents", limit=2).json()
    second = program.get("/documents", limit=2, after=first["after"]).json()
    third = program.get("/documents", limit=2, after=second["after"]).json()

    listed = [row["id"] for page in (first, second, third) for row in page["items"]]
    assert listed == [str(key) for key in reversed(made)]
    assert third["after"] == ""


def test_lists_are_narrowed_down(program: Program, tmp_path: Path) -> None:
    accepted(tmp_path, "One.", "one.txt")
    accepted(tmp_path, "Two.", "two.txt", shelf("notes", "internal"))

    def names(**query: str) -> list[str]:
        return [row["file_name"] for row in program.get("/documents", **query).json()["items"]]

    assert names(collection="notes") == ["two.txt"]
    assert names(audience="public") == ["one.txt"]
    assert names(q="TWO") == ["two.txt"]
    assert names(state="ready") == []
    assert names(state="queued", published="true") == ["two.txt", "one.txt"]


def test_documents_of_evaluations_are_not_there(program: Program, tmp_path: Path) -> None:
    scratch = accepted(tmp_path, on=shelf("scratch", is_scratch=True)).document

    listed = program.get("/documents").json()["items"]

    assert listed == []
    assert program.get(address_of(scratch)).status_code == 404


def test_particulars_change_one_by_one(program: Program, manual: Document, ada: User) -> None:
    response = program.patch(address_of(manual), {"expires_on": "2030-01-31", "is_pinned": True})

    manual.refresh_from_db()
    assert response.json()["expires_on"] == "2030-01-31"
    assert (manual.title, manual.expires_on, manual.is_pinned) == ("Aroma 3000", date(2030, 1, 31), True)
    assert Act.objects.get(verb="revised").by == ada


def test_a_date_can_be_taken_away_but_a_title_cannot(program: Program, manual: Document) -> None:
    Document.objects.update(expires_on=date(2030, 1, 31))

    taken = program.patch(address_of(manual), {"expires_on": None})
    refused = program.patch(address_of(manual), {"title": None})

    assert taken.json()["expires_on"] is None
    assert refusal(refused)[2] == "“title” cannot be null: leave it out to keep it."


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ({"title": " "}, "A document needs a title"),
        ({"fixed_language": "klingon"}, "“klingon” is no language code we know"),
        ({"collection": "nowhere"}, "There is no collection “nowhere”"),
        ({"audience": "everybody"}, "“audience” cannot be that."),
        ({"is_published": False}, "There is no field “is_published” here: leave it out."),
        ({"is_pinned": "yes"}, "“is_pinned” cannot be that."),
        ({"title": "a\x00b"}, "“title” holds a NUL character"),
        ({"review_on": "tomorrow"}, "“review_on” cannot be that."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    program: Program, manual: Document, revision: dict[str, object], sentence: str
) -> None:
    response = program.patch(address_of(manual), revision)

    status, code, said = refusal(response)
    assert (status, code) == (422, "invalid")
    assert said.startswith(sentence)
    assert not Act.objects.filter(verb="revised").exists()


def test_a_document_is_moved_to_another_collection(program: Program, manual: Document) -> None:
    shelf("archive")

    response = program.patch(address_of(manual), {"collection": "archive"})

    assert response.json()["collection"] == "archive"


def test_publishing_and_unpublishing_may_be_repeated(program: Program, manual: Document) -> None:
    hidden = [program.post(address_of(manual, "unpublish")).json()["is_published"] for _ in range(2)]
    shown = program.post(address_of(manual, "publish")).json()["is_published"]

    assert (hidden, shown) == ([False, False], True)
    assert Act.objects.filter(verb="unpublished").count() == 1


def test_a_waiting_version_is_cancelled_once(program: Program, tmp_path: Path) -> None:
    document = accepted(tmp_path).document

    cancelled = program.post(address_of(document, "cancel"))
    again = program.post(address_of(document, "cancel"))

    assert cancelled.json()["latest_version"]["state"] == "cancelled"
    assert refusal(again) == (409, "conflict", "Nothing is in progress, so there is nothing to cancel.")


def test_what_is_over_is_tried_again_and_what_is_not_is_a_conflict(
    program: Program, manual: Document
) -> None:
    tried = program.post(address_of(manual, "retry"))
    again = program.post(address_of(manual, "retry"))

    assert (tried.status_code, tried.json()["number"], tried.json()["origin"]) == (202, 2, "retry")
    assert refusal(again) == (409, "conflict", "It is still in progress: cancel it first.")


def test_an_earlier_version_comes_back(program: Program, manual: Document, tmp_path: Path) -> None:
    ingest(accepted(tmp_path, LONGER).version.id)
    assert program.get(address_of(manual)).json()["live_version"] == 2

    rolled = program.post(address_of(manual, "versions", "1", "roll-back"))
    numbers = [row["number"] for row in program.get(address_of(manual, "versions")).json()["items"]]

    assert rolled.json()["note"] == "Version 1 is live again from the next question on."
    assert rolled.json()["document"]["live_version"] == 1
    assert numbers == [2, 1]
    assert program.post(address_of(manual, "versions", "9", "roll-back")).status_code == 404


def test_chunks_come_in_reading_order_page_by_page(program: Program, manual: Document) -> None:
    everything = program.get(address_of(manual, "chunks")).json()["items"]

    first = program.get(address_of(manual, "chunks"), limit=1).json()
    second = program.get(address_of(manual, "chunks"), limit=1, after=first["after"]).json()

    assert len(everything) >= 3
    assert [first["items"][0], second["items"][0]] == everything[:2]
    assert everything[0]["heading_path"][-1] == "Reset"
    assert "lamp blinks twice" in everything[0]["text"]


def test_a_deleted_document_is_gone(program: Program, manual: Document, ada: User) -> None:
    deleted = program.delete(address_of(manual))

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert refusal(program.get(address_of(manual)))[0] == 404
    assert refusal(program.delete(address_of(manual)))[0] == 404
    assert Act.objects.get(verb="deleted").by == ada


def test_whatever_is_below_no_document_is_not_there(program: Program) -> None:
    nothing = f"/documents/{uuid.uuid4()}"

    statuses = {
        program.call(method, nothing + below).status_code
        for method, below in (
            ("GET", "/versions"),
            ("GET", "/chunks"),
            ("POST", "/publish"),
            ("POST", "/retry"),
        )
    }

    assert statuses == {404}
