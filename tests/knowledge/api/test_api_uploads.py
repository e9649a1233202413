"""Taking in over the API: real bytes, sent once or again, and the sentence for what we do not take."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection, Document, Version
from tests.factories import MANUAL, accepted, shelf
from tests.knowledge.api.programs import HOME, Program, refusal

SAMPLES = Path(__file__).parents[2] / "samples"
BYTES = MANUAL.encode()


@pytest.fixture(autouse=True)
def help_centre(ada: User) -> Collection:
    """Return the collection that files go to."""
    return shelf()


def zipped(**files: bytes) -> bytes:
    """Return a ZIP of some files."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return packed.getvalue()


def test_a_file_becomes_a_document_of_the_owners(program: Program, ada: User) -> None:
    response = program.send("/documents", BYTES, collection="help-centre", title="The manual")

    received = response.json()
    version = Version.objects.get()
    assert response.status_code == 201
    assert (received["is_new"], received["note"]) == (True, "Queued.")
    assert received["document"]["title"] == "The manual"
    assert (received["version"]["state"], received["version"]["number"]) == ("queued", 1)
    assert (version.made_by, version.document.created_by) == (ada, ada)


def test_a_real_manual_is_read_to_the_end(program: Program) -> None:
    pdf = (SAMPLES / "manual.pdf").read_bytes()

    sent = program.send("/documents", pdf, "manual.pdf", collection="help-centre").json()
    ingest(Version.objects.get().id)
    shown = program.get(f"/documents/{sent['document']['id']}").json()

    assert (shown["latest_version"]["state"], shown["latest_version"]["size"]) == ("ready", len(pdf))
    assert shown["chunks"] > 0


def test_the_same_bytes_again_do_no_work(program: Program) -> None:
    first = program.send("/documents", BYTES, collection="help-centre").json()

    again = program.send("/documents", BYTES, "copy.md", collection="help-centre")

    assert again.status_code == 200
    assert (again.json()["is_new"], again.json()["document"]["id"]) == (False, first["document"]["id"])
    assert Version.objects.count() == 1


def test_other_bytes_under_a_known_name_are_the_next_version(program: Program) -> None:
    first = program.send("/documents", BYTES, collection="help-centre").json()

    second = program.send("/documents", BYTES + b"\nMore.", collection="help-centre")

    assert second.status_code == 201
    assert second.json()["document"]["id"] == first["document"]["id"]
    assert second.json()["version"]["number"] == 2


def test_a_document_is_replaced_whatever_the_file_is_called(program: Program) -> None:
    document = program.send("/documents", BYTES, collection="help-centre").json()["document"]

    replaced = program.send(f"/documents/{document['id']}/versions", BYTES + b"\nMore.", "draft-7.md")

    assert (replaced.status_code, replaced.json()["version"]["number"]) == (201, 2)
    assert replaced.json()["document"]["file_name"] == "manual.md"


def test_a_document_is_not_replaced_by_the_bytes_of_another(program: Program, tmp_path: Path) -> None:
    other = accepted(tmp_path, "The other one.", "other.md").document
    document = program.send("/documents", BYTES, collection="help-centre").json()["document"]

    refused = program.send(f"/documents/{document['id']}/versions", b"The other one.")

    status, _, sentence = refusal(refused)
    assert status == 409
    assert str(other.pk) in sentence
    assert Version.objects.count() == 2


def test_a_text_becomes_a_document_and_then_its_next_version(program: Program) -> None:
    text = {"collection": "help-centre", "title": "Zurücksetzen", "text": "# Reset\n\nHold it."}

    first = program.post("/documents/text", text)
    again = program.post("/documents/text", text)
    second = program.post("/documents/text", {**text, "text": "# Reset\n\nHold it for ten seconds."})

    assert [first.status_code, again.status_code, second.status_code] == [201, 200, 201]
    assert second.json()["version"]["number"] == 2
    assert Document.objects.get().file_name == "zurücksetzen.md"


def test_a_plain_text_keeps_the_name_it_is_given(program: Program) -> None:
    text = {"collection": "help-centre", "title": "!!!", "text": "# no heading", "format": "text"}

    nameless = program.post("/documents/text", text)
    named = program.post("/documents/text", {**text, "file_name": "notes.txt"})

    assert refusal(nameless)[2] == "No file name can be made of this title: send “file_name” too."
    assert named.json()["document"]["file_name"] == "notes.txt"
    assert named.json()["version"]["media_type"] == "text/plain"


def test_each_file_of_an_archive_gets_its_sentence(program: Program) -> None:
    data = zipped(one_md=BYTES, two_md=b"Another text.", three_exe=b"MZ")

    received = program.send("/archives", data, "all.zip", collection="help-centre").json()["items"]

    assert {row["file_name"]: row["accepted"] for row in received} == {
        "one.md": True,
        "two.md": True,
        "three.exe": False,
    }
    assert Document.objects.count() == 2


def test_archives_and_documents_are_not_taken_for_each_other(program: Program) -> None:
    archive = program.send("/documents", zipped(one_md=BYTES), "all.zip", collection="help-centre")
    document = program.send("/archives", BYTES, collection="help-centre")

    assert refusal(archive)[::2] == (
        422,
        "This is an archive: send it to /archives, which takes in each file of it.",
    )
    assert refusal(document)[::2] == (415, "This is no ZIP: send it to /documents.")


@pytest.mark.parametrize(
    ("name", "data", "status", "sentence"),
    [
        ("empty.md", b"", 422, "is empty"),
        ("tool.exe", b"MZ\x90", 415, "We do not take files like “tool.exe”"),
        ("fake.pdf", b"not a PDF at all", 415, "fake.pdf"),
        ("large.md", b"a" * 1_000_001, 413, "we take up to 1 MB"),
    ],
)
def test_a_file_we_do_not_take_gets_the_sentence_of_the_upload_page(
    program: Program, settings: Settings, name: str, data: bytes, status: int, sentence: str
) -> None:
    settings.UPLOAD_MAX_MB = 1

    response = program.send("/documents", data, name, collection="help-centre")

    assert refusal(response)[0] == status
    assert sentence in refusal(response)[2]
    assert not Document.objects.exists()


def test_what_the_form_lacks_or_has_too_much_is_named(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    two = {
        "collection": "help-centre",
        "file": SimpleUploadedFile("a.md", b"A."),
        "x": SimpleUploadedFile("b", b"b"),
    }

    nowhere = program.send("/documents", BYTES, collection="nowhere")
    unsaid = program.send("/documents", BYTES)
    unknown = program.send("/documents", BYTES, collection="help-centre", colour="red")
    fileless = program.client.post(f"{HOME}/documents", {"collection": "help-centre"}, headers=headers)
    extra = program.client.post(f"{HOME}/documents", two, headers=headers)

    assert refusal(nowhere)[2].startswith("There is no collection “nowhere”")
    assert refusal(unsaid)[2] == "“collection” is missing: send it."
    assert refusal(unknown)[2] == "There is no form field “colour” here: leave it out."
    assert refusal(fileless)[2] == "“file” is missing: send it."
    assert refusal(extra)[2] == "There is no file “x” here: leave it out."
    assert not Document.objects.exists()


def test_a_path_in_a_files_name_leads_nowhere(program: Program) -> None:
    sent = program.send("/documents", BYTES, "../../etc/manual.md", collection="help-centre")

    assert sent.json()["document"]["file_name"] == "manual.md"
