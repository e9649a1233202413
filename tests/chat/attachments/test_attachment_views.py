"""Attachments of customers: given once, to staff only, and handed to nobody else."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.http import HttpResponseBase
from django.test import Client

from chat.attachments import giving, keeping
from chat.conversations import handoffs
from chat.conversations.bans import ban_conversation
from chat.conversations.identities import identify
from chat.models import Attachment, Care, Conversation, Event, Message
from tests.chat.attachments.test_attachment_kinds import PNG
from tests.chat.identities import Website
from tests.factories import asked, assistant, staff, token, until_somebody_waits

ADDRESS = "/widget/v1/attachments/"


def with_staff(secret: str) -> Conversation:
    """Let Cleo ask, and then want a person."""
    conversation = asked(secret=secret).conversation
    handoffs.request_handoff(conversation.id)
    return conversation


def send(secret: str, name: str = "photo.png", content: bytes = PNG, **fields: Any) -> HttpResponseBase:
    """Send a file as the widget does."""
    form = {"assistant": "demo", "client_id": str(uuid.uuid4()), **fields}
    file = SimpleUploadedFile(name, content)
    return Client().post(ADDRESS, {**form, "file": file}, headers={"Authorization": f"Bearer {secret}"})


def said(response: HttpResponseBase) -> Any:
    """Return what a response says in JSON."""
    return json.loads(getattr(response, "content", b""))


def fetched(address: str, secret: str) -> HttpResponseBase:
    """Fetch a file with a bearer."""
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.django_db
def test_a_file_becomes_a_message_with_an_attachment_and_comes_back_as_a_download() -> None:
    cleo = token()
    conversation = with_staff(cleo)

    answer = send(cleo, "../Rechnung „März“.png")
    message = said(answer)["message"]
    (attached,) = message["attachments"]
    back = fetched(f"{ADDRESS}{attached['id']}/", cleo)

    assert answer.status_code == 201
    assert (message["role"], attached["name"], attached["media_type"]) == (
        "customer",
        "Rechnung „März“.png",
        "image/png",
    )
    event = Event.objects.get(conversation=conversation, seq=3)
    assert (event.kind, event.data["message"]) == ("message.created", message)
    assert b"".join(back.streaming_content) == PNG  # type: ignore[attr-defined]  # a FileResponse
    assert back["Content-Disposition"].startswith("attachment; ")
    assert back["X-Content-Type-Options"] == "nosniff"
    assert back["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert back["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in [*answer.headers, *back.headers]


@pytest.mark.django_db
def test_sending_again_with_the_same_client_id_stores_nothing_more() -> None:
    cleo, client_id = token(), str(uuid.uuid4())
    with_staff(cleo)

    first, second = send(cleo, client_id=client_id), send(cleo, client_id=client_id)

    assert (first.status_code, second.status_code) == (201, 200)
    assert said(first) == said(second)
    assert Attachment.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("care", [Care.ASSISTANT, Care.CLOSED])
def test_files_are_taken_only_while_staff_have_the_conversation(care: Care) -> None:
    cleo = token()
    conversation = with_staff(cleo)
    (handoffs.withdraw if care == Care.ASSISTANT else handoffs.close)(conversation.id)

    answer = send(cleo)

    assert (answer.status_code, said(answer)["error"]["code"]) == (409, "no_staff")
    assert "Ask for a person first" in said(answer)["error"]["message"]
    assert not Attachment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("page.html", b"<script>alert(1)</script>", 415, "bad_type"),
        ("drawing.svg", b"<svg onload=alert(1)>", 415, "bad_type"),
        ("photo.png", b"<svg onload=alert(1)>", 415, "bad_type"),
        ("photo.png", b"", 400, "empty_file"),
        ("photo.png", PNG + bytes(10_000_001), 413, "too_large"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_a_sentence(
    name: str, content: bytes, status: int, code: str
) -> None:
    cleo = token()
    with_staff(cleo)

    answer = send(cleo, name, content)

    assert (answer.status_code, said(answer)["error"]["code"]) == (status, code)
    assert said(answer)["error"]["message"].endswith(".")
    assert not Message.objects.filter(text="").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"client_id": "7"}, {"client_id": ""}, {"assistant": "other"}])
def test_a_form_that_lacks_something_is_refused(fields: dict[str, Any]) -> None:
    cleo = token()
    with_staff(cleo)

    answer = send(cleo, **fields)

    assert answer.status_code in (400, 404)
    assert set(said(answer)["error"]) == {"code", "message"}


@pytest.mark.django_db
def test_without_a_form_or_a_file_a_sentence_comes_back() -> None:
    cleo = token()
    with_staff(cleo)
    bearer = {"Authorization": f"Bearer {cleo}"}
    form = {"assistant": "demo", "client_id": str(uuid.uuid4())}

    bare = Client().post(ADDRESS, b"{}", content_type="application/json", headers=bearer)
    broken = Client().post(ADDRESS, b"x", content_type="multipart/form-data; boundary=", headers=bearer)
    text = Client().post(ADDRESS, {**form, "file": "no file"}, headers=bearer)

    assert [answer.status_code for answer in (bare, broken, text)] == [404, 400, 400]


@pytest.mark.django_db
@pytest.mark.parametrize("bearer", ["", "Bearer ", "Bearer short", "Basic " + "A" * 43, "A" * 43])
def test_who_brings_no_secret_is_a_stranger(bearer: str) -> None:
    with_staff(token())

    answers = [
        Client().post(ADDRESS, {}, headers={"Authorization": bearer}),
        Client().get(f"{ADDRESS}{uuid.uuid4()}/", headers={"Authorization": bearer}),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.django_db
def test_dan_gets_for_cleos_file_what_he_gets_for_one_that_is_not_there() -> None:
    cleo, dan = token(), token()
    with_staff(cleo)
    with_staff(dan)
    attached = said(send(cleo))["message"]["attachments"][0]["id"]

    cleos, nobodys = fetched(f"{ADDRESS}{attached}/", dan), fetched(f"{ADDRESS}{uuid.uuid4()}/", dan)
    into_nothing = send(token())

    assert (cleos.status_code, nobodys.status_code, into_nothing.status_code) == (404, 404, 404)
    assert said(cleos) == said(nobodys)
    assert fetched(f"{ADDRESS}{attached}/", cleo).status_code == 200


@pytest.mark.django_db
def test_staff_download_what_customers_must_not_without_their_secret() -> None:
    cleo = token()
    with_staff(cleo)
    attached = said(send(cleo))["message"]["attachments"][0]["id"]
    ben, ada = Client(), Client()
    ben.force_login(staff("ben"))

    seen = ben.get(f"/staff/attachments/{attached}/")

    assert (seen.status_code, seen["Content-Security-Policy"]) == (200, "sandbox; default-src 'none'")
    assert ada.get(f"/staff/attachments/{attached}/").status_code == 302
    assert ben.get(f"/staff/attachments/{uuid.uuid4()}/").status_code == 404
    assert ben.get(f"{ADDRESS}{attached}/").status_code == 401


@pytest.mark.django_db
def test_a_conversation_holds_twenty_files(tmp_path: Path) -> None:
    cleo = token()
    with_staff(cleo)
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    for _ in range(giving.MOST_FILES):
        giving.give(assistant(), cleo, uuid.uuid4(), giving.candidate(path, "photo.png"))

    answer = send(cleo)

    assert (answer.status_code, said(answer)["error"]["code"]) == (409, "too_many_files")
    assert len(list(Path(settings.MEDIA_ROOT, "attachments").glob("*/*"))) == 1


@pytest.mark.django_db(transaction=True)
def test_bytes_whose_row_is_not_committed_yet_are_not_dropped(tmp_path: Path) -> None:
    cleo = token()
    with_staff(cleo)
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    file = giving.candidate(path, "photo.png")

    def drop() -> int:
        try:
            return keeping.drop_unnamed([file.sha256])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            giving.give(assistant(), cleo, uuid.uuid4(), file)
            dropping = pool.submit(drop)
            until_somebody_waits()
        dropped = dropping.result(timeout=20)

    (kept,) = Path(settings.MEDIA_ROOT, "attachments").glob("*/*")
    assert (dropped, kept.read_bytes()) == (0, PNG)


@pytest.mark.django_db
def test_a_banned_visitor_gives_no_files() -> None:
    cleo = token()
    conversation = with_staff(cleo)
    ban_conversation(conversation, staff("ben"), "Spam")

    answer = send(cleo)

    assert (answer.status_code, said(answer)["error"]["code"]) == (403, "not_available")
    assert not Attachment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["valid", "spent", "expired", "forged"])
def test_a_signed_identity_is_no_key_to_files_or_transcripts(kind: str) -> None:
    cleo, site = token(), Website()
    conversation = with_staff(cleo)
    file = said(send(cleo))["message"]["attachments"][0]["id"]
    claims = {"iat": 1_000_000_000, "exp": 1_000_000_100} if kind == "expired" else {}
    signed = site.sign("cleo-1", **claims)
    if kind != "valid":
        signed = f"{signed[:-6]}AAAAAA" if kind == "forged" else signed
    if kind == "spent":
        identify(site.assistant, cleo, signed)

    answers = [send(signed), fetched(f"{ADDRESS}{file}/", signed)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert Message.objects.filter(conversation=conversation, attachments__isnull=False).count() == 1
