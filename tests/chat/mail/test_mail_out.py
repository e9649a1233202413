"""Mail that goes out: to staff when nobody is here, to customers who have not looked; each once."""

import re
import uuid

import pytest
from pytest_django import Settings

from chat.conversations import contacts, handoffs, turns
from chat.mail import noticing
from chat.models import Citation, Conversation, Customer, Message, OutgoingMail, Role
from tests.chat.mail.post_office import PostOffice, text_of
from tests.chat.mail.waiting import here, later, round_of_mail, says, waiting
from tests.factories import assistant, token

pytestmark = pytest.mark.django_db


def writes(secret: str, text: str) -> None:
    """Let Cleo write."""
    turns.ask(assistant(), secret, uuid.uuid4(), text)


def test_staff_get_the_transcript_when_a_customer_waits_and_nobody_is_here(
    office: PostOffice, cleo: Conversation
) -> None:
    reply = Message.objects.get(role=Role.ASSISTANT)
    version = uuid.UUID(int=7)
    Citation.objects.create(
        message=reply, number=1, quote="q", title="Manual", page=12, version_id=version, start=1, end=9
    )

    round_of_mail()
    round_of_mail()

    (mail,) = office.mails
    assert (mail["To"], mail["From"]) == ("team@lindmoor.example", "Mia <support@lindmoor.example>")
    assert mail["Subject"] == "Cleo: How do I reset it?"
    assert re.fullmatch(rf"reply\+s\.{cleo.pk.hex}\.[a-z2-7]{{16}}@lindmoor\.example", str(mail["Reply-To"]))
    assert mail["Auto-Submitted"] == "auto-generated"
    text = text_of(mail)
    assert text.splitlines()[0].startswith("───── Please write")
    assert "Cleo waits for a person, and nobody is here." in text
    assert f"https://help.lindmoor.example/staff/conversations/{cleo.pk}/" in text
    assert "E-mail: cleo@example.com" in text
    assert text.index("How do I reset it?") < text.index("Hold the button.")
    assert f"[1] Manual · p. 12 https://help.lindmoor.example/read/{version}/?from=1" in text
    assert OutgoingMail.objects.get().state == "sent"


def test_while_somebody_is_here_nobody_is_mailed(office: PostOffice, cleo: Conversation) -> None:
    here()

    round_of_mail()

    assert office.mails == []


def test_outside_office_hours_staff_are_mailed_although_somebody_is_here(
    office: PostOffice, cleo: Conversation
) -> None:
    here()
    hours = {"time_zone": "UTC", "days": {"mon": []}}
    type(cleo.assistant).objects.update(office_hours=hours)

    round_of_mail()

    assert len(office.mails) == 1


@pytest.mark.parametrize("missing", ["MAIL_URL", "MAIL_FROM"])
def test_without_a_mail_server_or_a_sender_nothing_is_queued(
    office: PostOffice, cleo: Conversation, settings: Settings, missing: str
) -> None:
    setattr(settings, missing, "")

    round_of_mail()

    assert not OutgoingMail.objects.exists()


def test_an_assistant_without_an_address_for_staff_mails_nobody(office: PostOffice) -> None:
    waiting(notify_email="")

    round_of_mail()

    assert office.mails == []


def test_what_a_customer_adds_goes_to_staff_together_at_most_every_ten_minutes(office: PostOffice) -> None:
    secret = token()
    waiting(secret)
    round_of_mail()
    writes(secret, "Are you there?")
    writes(secret, "It is urgent.")

    round_of_mail()
    later(minutes=11)
    round_of_mail()
    round_of_mail()

    first, second = office.mails
    assert "Cleo wrote again." in text_of(second)
    assert "Are you there?" in text_of(second)
    assert "It is urgent." in text_of(second)
    assert "How do I reset it?" not in text_of(second)
    assert second["Subject"] == first["Subject"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split()[0] == first["References"]
    later(minutes=11)
    round_of_mail()
    assert len(office.mails) == 2


def test_a_new_episode_is_a_new_mail(office: PostOffice, cleo: Conversation) -> None:
    round_of_mail()
    handoffs.release(cleo.pk)
    later(minutes=1)

    handoffs.request_handoff(cleo.pk)
    round_of_mail()

    assert [mail.kind for mail in OutgoingMail.objects.order_by("id")] == ["waiting", "waiting"]


def test_a_customer_who_does_not_look_gets_all_replies_in_one_mail_once(
    office: PostOffice, cleo: Conversation
) -> None:
    here()
    says(cleo, "Hello Cleo, this is Ben.")
    says(cleo, "Please send me the number.")
    round_of_mail()
    assert office.mails == []

    later(seconds=61)
    says(cleo, "It is below the lid.")
    round_of_mail()
    later(seconds=61)
    round_of_mail()

    (mail,) = office.mails
    assert (mail["To"], mail["Subject"]) == ("cleo@example.com", "Mia: How do I reset it?")
    assert str(mail["Reply-To"]).startswith(f"reply+c.{cleo.pk.hex}.")
    text = text_of(mail)
    assert [text.count(words) for words in ("Hello Cleo,", "this is Ben.", "the number.", "the lid.")] == [
        2,
        1,
        1,
        1,
    ]
    assert "How do I reset it?" not in text
    says(cleo, "One more thing.")
    later(seconds=61)
    round_of_mail()
    assert "One more thing." in text_of(office.mails[1])
    assert "this is Ben." not in text_of(office.mails[1])
    assert office.mails[1]["In-Reply-To"] == mail["Message-ID"]


def test_a_customer_who_has_seen_it_gets_no_mail(office: PostOffice, cleo: Conversation) -> None:
    here()
    event = says(cleo, "Hello Cleo.")
    contacts.mark_seen(cleo.pk, event.seq)
    later(seconds=61)

    round_of_mail()

    assert office.mails == []


def test_a_reply_read_between_queue_and_server_is_not_mailed(office: PostOffice, cleo: Conversation) -> None:
    here()
    event = says(cleo, "Hello Cleo.")
    later(seconds=61)
    noticing.notice()
    contacts.mark_seen(cleo.pk, event.seq)

    round_of_mail()

    assert office.mails == []
    assert OutgoingMail.objects.get().state == "cancelled"


def test_a_verified_customer_is_mailed_where_their_website_says(
    office: PostOffice, cleo: Conversation
) -> None:
    here()
    known = Customer.objects.create(
        assistant=cleo.assistant, external_id="7", email="cleo@shop.example", name="Cleo"
    )
    Conversation.objects.update(customer=known, email="")
    says(cleo, "Hello Cleo.")
    later(seconds=61)

    round_of_mail()

    assert [mail["To"] for mail in office.mails] == ["cleo@shop.example"]


def test_nobody_is_mailed_who_left_no_address_or_none_that_works(
    office: PostOffice, cleo: Conversation
) -> None:
    here()
    says(cleo, "Hello Cleo.")
    later(seconds=61)

    for address in ("", "no address", "a@b.example\nBcc: all@example.com"):
        Conversation.objects.update(email=address)
        round_of_mail()

    assert office.mails == []
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "kam eine Antwort für Sie"), ("es-MX", "ha recibido una"), ("ja", "got an answer")],
)
def test_mails_speak_the_customers_language_where_we_have_words(
    office: PostOffice, cleo: Conversation, language: str, words: str
) -> None:
    here()
    Conversation.objects.update(language=language)
    says(cleo, "Hallo Cleo, „schön“ — 你好 <b>&amp;</b>")
    later(seconds=61)

    round_of_mail()

    assert words in text_of(office.mails[0])
    assert "Hallo Cleo, „schön“ — 你好 <b>&amp;</b>" in text_of(office.mails[0])


@pytest.mark.parametrize("field", ["name", "first"])
def test_nothing_a_customer_says_becomes_a_header(office: PostOffice, field: str) -> None:
    hostile = "Cleo\r\nBcc: all@example.com\u2028X: 1\n\nBody"
    conversation = waiting()
    if field == "name":
        Conversation.objects.update(name=hostile[:120])
    else:
        Message.objects.filter(role=Role.CUSTOMER).update(text=hostile)

    round_of_mail()

    (mail,) = office.mails
    assert (mail["Bcc"], mail["X"]) == (None, None)
    assert "Bcc: all@example.com" in mail["Subject"]
    assert mail["To"] == "team@lindmoor.example"
    assert conversation.pk.hex in str(mail["Reply-To"])


def test_without_a_domain_for_replies_none_is_promised(
    office: PostOffice, cleo: Conversation, settings: Settings
) -> None:
    settings.MAIL_DOMAIN = ""

    round_of_mail()

    (mail,) = office.mails
    assert mail["Reply-To"] is None
    assert "Reply to this mail" not in text_of(mail)
    assert "─────" not in text_of(mail)
