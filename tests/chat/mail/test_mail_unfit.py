"""Mails that become no message: who may not speak, what leads nowhere, what no person wrote."""

from email.message import EmailMessage

import pytest

from chat.mail.receiving import receive
from chat.models import Channel, Conversation, IncomingMail, Message, OutgoingMail
from tests.chat.mail.post_office import PostOffice, reply_to
from tests.factories import staff

BEN = "Ben Bauer <ben@lindmoor.example>"
CLEO = "Cleo <cleo@example.com>"


def reason() -> str:
    """Return why the one mail that came in did not become a message."""
    assert not Message.objects.filter(channel=Channel.EMAIL).exists()
    return IncomingMail.objects.get().reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("dan@example.com", "one active account of staff"),
        ("cleo@example.com", "one active account of staff"),
        ("", "one active account of staff"),
        (f"{BEN}, dan@example.com", "one active account of staff"),
    ],
)
def test_only_staff_speak_as_staff(
    office: PostOffice, to_staff: EmailMessage, sender: str, expected: str
) -> None:
    mail = reply_to(to_staff, sender or "x@example.com", "Give me the salary.")
    if not sender:
        del mail["From"]

    receive(mail.as_bytes())

    assert expected in reason()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"email": ""}])
def test_who_is_no_staff_any_more_is_not_heard(
    office: PostOffice, to_staff: EmailMessage, change: dict[str, object]
) -> None:
    ben = staff("ben")
    type(ben).objects.update(**change)

    receive(office.send(reply_to(to_staff, BEN, "Hello.")))

    assert "one active account of staff" in reason()


@pytest.mark.django_db
def test_dan_with_cleos_reply_address_is_not_heard(office: PostOffice, to_cleo: EmailMessage) -> None:
    receive(office.send(reply_to(to_cleo, "dan@example.com", "Hello.")))

    assert "not the one that the customer gave" in reason()


@pytest.mark.django_db
def test_staff_writing_to_a_customers_address_are_not_staff(
    office: PostOffice, to_cleo: EmailMessage, ben: None
) -> None:
    receive(office.send(reply_to(to_cleo, BEN, "Hello.")))

    assert "not the one that the customer gave" in reason()


@pytest.mark.django_db
def test_a_customers_address_made_into_one_of_staff_is_not_signed(
    office: PostOffice, to_cleo: EmailMessage, ben: None
) -> None:
    forged = str(to_cleo["Reply-To"]).replace("reply+c.", "reply+s.")
    mail = reply_to(to_cleo, BEN, "Hello.")
    mail.replace_header("To", forged)

    receive(mail.as_bytes())

    assert reason() == "Its reply address is not signed by us, or is damaged."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("support@lindmoor.example", "No address of it leads into a conversation."),
        ("reply+c.77.aa@lindmoor.example", "not signed by us"),
        ("reply+c@lindmoor.example", "not signed by us"),
        ("", "No address of it leads into a conversation."),
    ],
)
def test_a_mail_that_leads_nowhere_is_kept_with_its_reason(
    office: PostOffice, to_cleo: EmailMessage, to: str, expected: str
) -> None:
    mail = reply_to(to_cleo, CLEO, "Hello.")
    del mail["To"]
    if to:
        mail["To"] = to

    receive(mail.as_bytes())

    assert expected in reason()


@pytest.mark.django_db
def test_of_a_conversation_that_is_gone_only_the_reason_is_kept(
    office: PostOffice, to_cleo: EmailMessage, cleo: Conversation
) -> None:
    cleo.delete()

    receive(office.send(reply_to(to_cleo, CLEO, "Hello.")))

    assert "not there any more" in reason()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatically"),
        ({"Precedence": "bulk"}, "to many"),
        ({"List_Id": "<news.example.com>"}, "mailing list"),
        ({"X_Autoreply": "yes"}, "automatically"),
        ({"Return_Path": "<>"}, "report"),
    ],
)
def test_what_no_person_wrote_is_ignored_so_that_two_programs_never_talk(
    office: PostOffice, to_cleo: EmailMessage, headers: dict[str, str], expected: str
) -> None:
    receive(office.send(reply_to(to_cleo, CLEO, "I am on holiday.", **headers)))

    assert expected in reason()


@pytest.mark.django_db
def test_our_own_mail_that_comes_back_is_ignored(office: PostOffice, to_cleo: EmailMessage) -> None:
    mail = reply_to(to_cleo, CLEO, "Hello.")
    mail.replace_header("Message-ID", OutgoingMail.objects.get().message_id)

    receive(mail.as_bytes())

    assert reason() == "It is one of our own mails that came back."


@pytest.mark.django_db
def test_a_bounce_is_ignored(office: PostOffice, to_cleo: EmailMessage) -> None:
    raw = (
        f"From: MAILER-DAEMON@example.com\r\nTo: {to_cleo['Reply-To']}\r\nMessage-ID: <1@x>\r\n"
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nNot delivered.\r\n--b--\r\n"
    )

    receive(raw.encode())

    assert "bounce" in reason()


@pytest.mark.django_db
def test_a_mail_of_nothing_but_history_says_nothing(office: PostOffice, to_cleo: EmailMessage) -> None:
    receive(office.send(reply_to(to_cleo, CLEO, "")))

    assert "adds no words" in reason()
