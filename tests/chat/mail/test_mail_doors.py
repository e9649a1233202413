"""The doors of mail: the webhook and the mailbox, who is let in, and what is never lost there."""

import imaplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chat.mail import delivering, tasks
from chat.mail.delivering import fetch
from chat.mail.servers import BadServer
from chat.mail.views import signature_of
from chat.models import Channel, Conversation, IncomingMail, Message
from tests.chat.mail.mailbox import Mailbox
from tests.chat.mail.post_office import PostOffice, reply_to
from tests.chat.mail.waiting import here, later, round_of_mail, says, waiting

pytestmark = pytest.mark.django_db
SECRET = "a secret of the post office"
BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def reply(office: PostOffice, cleo: Conversation) -> EmailMessage:
    """Return what Cleo replies to the mail that told her of Ben's answer."""
    here()
    says(cleo, "Which lamp blinks?")
    later(seconds=61)
    round_of_mail()
    return reply_to(office.mails[-1], "cleo@example.com", "The red one.")


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    """Return the mailbox that replies come to."""
    with Mailbox() as box:
        settings.MAIL_IMAP_URL = box.url()
        yield box


def post(raw: bytes, **headers: str) -> Any:
    """Hand a mail over as the body; return the response."""
    return Client().post("/mail/inbound/", raw, content_type="message/rfc822", headers=headers)


def said() -> list[str]:
    """Return what came by mail."""
    return list(Message.objects.filter(channel=Channel.EMAIL).values_list("text", flat=True))


def test_a_mail_is_taken_as_a_body_with_a_signature(reply: EmailMessage) -> None:
    raw = reply.as_bytes()

    answer = post(raw, **{"X-Mail-Signature": signature_of(raw)})

    assert (answer.status_code, said()) == (200, ["The red one."])


def test_a_mail_is_taken_in_the_field_of_a_form(reply: EmailMessage) -> None:
    form = {"from": "cleo@example.com", "email": reply.as_string(), "subject": "x"}

    answer = Client().post("/mail/inbound/", form, headers=BEARER)

    assert (answer.status_code, said()) == (200, ["The red one."])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": SECRET},
        {"Authorization": "Bearer ä"},
        {"X-Mail-Signature": "sha256=00"},
        {"X-Mail-Signature": ""},
        {"Authorization": "Bearer wrong", "X-Mail-Signature": "right"},
    ],
)
def test_who_does_not_know_the_secret_hands_nothing_over(
    reply: EmailMessage, headers: dict[str, str]
) -> None:
    raw = reply.as_bytes()
    if headers.get("X-Mail-Signature") == "right":
        headers = {**headers, "X-Mail-Signature": signature_of(raw)}

    answer = post(raw, **headers)

    assert (answer.status_code, said()) == (401, [])
    assert not IncomingMail.objects.exists()


def test_without_a_secret_of_our_own_nothing_is_taken(reply: EmailMessage, settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = ""

    answers = [post(reply.as_bytes(), Authorization="Bearer "), post(reply.as_bytes())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "MAIL_WEBHOOK_SECRET" in answers[0].json()["reason"]


def test_too_much_nothing_and_a_form_without_a_mail_are_refused(office: PostOffice) -> None:
    answers = [
        post(b"x" * (delivering.MOST_BYTES + 1), **BEARER),
        post(b"", **BEARER),
        Client().post("/mail/inbound/", {"mail": "x"}, headers=BEARER),
        Client().get("/mail/inbound/", headers=BEARER),
    ]

    assert [answer.status_code for answer in answers] == [413, 400, 400, 405]


def test_what_leads_nowhere_is_taken_so_that_nobody_sends_it_again(office: PostOffice) -> None:
    answer = post(b"\x00\xff not a mail at all", **BEARER)

    assert (answer.status_code, answer.json()["taken"]) == (200, False)
    assert IncomingMail.objects.get().reason == "No address of it leads into a conversation."


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_sender_is_asked_to_come_again(office: PostOffice) -> None:
    conversation = waiting()
    here()
    says(conversation, "Which lamp blinks?")
    later(seconds=61)
    round_of_mail()
    raw = reply_to(office.mails[-1], "cleo@example.com", "The red one.").as_bytes()
    connection.close()

    host, connection.settings_dict["HOST"] = connection.settings_dict["HOST"], "/nowhere"
    try:
        answer = post(raw, **BEARER)
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert post(raw, **BEARER).status_code == 200
    assert said() == ["The red one."]


def test_replies_are_fetched_from_the_mailbox_once(reply: EmailMessage, box: Mailbox) -> None:
    box.mails = {4: reply.as_bytes(), 7: b"Subject: Nothing for us\r\n\r\nHello"}

    fetched = [fetch(), fetch()]

    assert (fetched, box.seen, said()) == ([2, 0], {4, 7}, ["The red one."])
    assert box.asked[-1] == "LOGOUT"


def test_a_mail_is_marked_as_seen_only_after_it_is_stored(reply: EmailMessage, box: Mailbox) -> None:
    box.mails = {4: reply.as_bytes()}
    box.broken_at = "UID STORE"
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        fetch()
    assert (box.seen, said()) == (set(), ["The red one."])

    box.broken_at = ""
    fetch()

    assert (box.seen, said()) == ({4}, ["The red one."])


def test_of_a_mail_that_is_too_large_the_beginning_is_read(reply: EmailMessage, box: Mailbox) -> None:
    reply.add_attachment(
        bytes(20_000_000), maintype="application", subtype="octet-stream", filename="big.bin"
    )
    box.mails = {4: reply.as_bytes()}
    assert len(box.mails[4]) > delivering.MOST_BYTES

    fetch()

    assert said()[0].startswith("The red one.")
    assert box.seen == {4}


@pytest.mark.parametrize(
    ("login", "name"),
    [("cleo:wrong", "INBOX"), ("cleo:pass%20word", "Elsewhere"), ("cleo:pass%20word", 'a"%0D%0Ab')],
)
def test_a_mailbox_that_lets_nobody_in_is_an_error_that_the_clock_survives(
    box: Mailbox, settings: Settings, login: str, name: str
) -> None:
    settings.MAIL_IMAP_URL = box.url(login, name)

    with pytest.raises((imaplib.IMAP4.error, ValueError)):
        fetch()
    tasks.fetch_mail()

    assert not IncomingMail.objects.exists()


def test_a_mailbox_that_is_away_or_written_wrongly_is_an_error_that_the_clock_survives(
    settings: Settings,
) -> None:
    for url, error in (
        ("imap://a:b@127.0.0.1:1/", OSError),
        ("http://x", BadServer),
        ("imap://:99999x/", BadServer),
    ):
        settings.MAIL_IMAP_URL = url
        with pytest.raises(error):
            fetch()
        tasks.fetch_mail()

    settings.MAIL_IMAP_URL = ""
    assert fetch() == 0
