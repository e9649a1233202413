"""Mail that comes in: a reply becomes a message once, in the role that address and sender allow."""

import uuid
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.test import Client
from pytest_django import Settings

from chat.conversations import handoffs
from chat.conversations.answers import claim_next
from chat.mail import addresses
from chat.mail.receiving import DUPLICATE, receive
from chat.models import (
    Answer,
    Attachment,
    Care,
    Channel,
    Conversation,
    Event,
    IncomingMail,
    Message,
    OutgoingMail,
    Role,
)
from tests.chat.attachments.test_attachment_kinds import PNG
from tests.chat.mail.post_office import PostOffice, reply_to
from tests.chat.mail.waiting import here, later, round_of_mail, says, waiting
from tests.factories import in_parallel, replied, staff

BEN = "Ben Bauer <ben@lindmoor.example>"
CLEO = "Cleo <cleo@example.com>"
Mailed = Callable[[], EmailMessage]


@pytest.fixture
def ben(db: None) -> None:
    """Let Ben have an account with an address."""
    staff("ben", email="Ben@lindmoor.example")


@pytest.fixture
def to_staff(office: PostOffice, cleo: Conversation, ben: None) -> EmailMessage:
    """Return the mail that staff got because Cleo waits."""
    round_of_mail()
    return office.mails[-1]


@pytest.fixture
def to_cleo(office: PostOffice, cleo: Conversation) -> EmailMessage:
    """Return the mail that Cleo got because Ben replied while she was away."""
    here()
    says(cleo, "Hello Cleo, which lamp blinks?")
    later(seconds=61)
    round_of_mail()
    return office.mails[-1]


def said(role: Role) -> list[str]:
    """Return what was said by mail in a role."""
    messages = Message.objects.filter(role=role, channel=Channel.EMAIL)
    return list(messages.order_by("created_at").values_list("text", flat=True))


def reason() -> str:
    """Return why the one mail that came in did not become a message."""
    assert not Message.objects.filter(channel=Channel.EMAIL).exists()
    return IncomingMail.objects.get().reason


@pytest.mark.django_db
def test_staff_answer_by_mail_and_the_conversation_goes_on(
    office: PostOffice, to_staff: EmailMessage
) -> None:
    raw = office.send(reply_to(to_staff, BEN, "Hello Cleo,\n\nhold it for 20 seconds."))

    webhook = Client().post(
        "/mail/inbound/",
        raw,
        content_type="message/rfc822",
        headers={"Authorization": "Bearer a secret of the post office"},
    )

    assert webhook.json() == {"taken": True, "reason": ""}
    assert said(Role.STAFF) == ["Hello Cleo,\n\nhold it for 20 seconds."]
    conversation = Conversation.objects.get()
    assert (conversation.care, conversation.waiting_since) == (Care.OPEN, None)
    assert conversation.assignee == staff("ben")
    created, joined = Event.objects.order_by("-seq")[:2]
    assert (joined.kind, created.kind) == ("handoff.joined", "message.created")
    assert created.data["message"] | {"id": ""} == {
        "id": "",
        "role": "staff",
        "text": "Hello Cleo,\n\nhold it for 20 seconds.",
        "client_id": None,
        "author": {"name": "Ben"},
        "channel": "email",
    }
    assert IncomingMail.objects.get().conversation == conversation


@pytest.mark.django_db
def test_a_customer_answers_by_mail_and_staff_are_told(office: PostOffice, to_cleo: EmailMessage) -> None:
    raw = office.send(reply_to(to_cleo, CLEO, "The red one."))

    received = [receive(raw), receive(raw)]

    assert [one.reason for one in received] == ["", DUPLICATE]
    assert said(Role.CUSTOMER) == ["The red one."]
    (event,) = received[0].events
    assert (event.kind, event.data["message"]["text"]) == ("message.created", "The red one.")
    assert Conversation.objects.get().waiting_since is not None
    assert IncomingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_comes_by_two_ways_at_once_is_one_message(office: PostOffice) -> None:
    conversation = waiting()
    here()
    says(conversation, "Which lamp?")
    later(seconds=61)
    round_of_mail()
    raw = office.send(reply_to(office.mails[-1], CLEO, "The red one."))

    in_parallel(*[lambda: receive(raw)] * 4)

    assert said(Role.CUSTOMER) == ["The red one."]
    seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.django_db
def test_a_customer_whose_assistant_has_the_conversation_asks_it_and_gets_the_answer_by_mail(
    office: PostOffice, to_cleo: EmailMessage, cleo: Conversation
) -> None:
    handoffs.release(cleo.pk)

    receive(office.send(reply_to(to_cleo, CLEO, "How long is the warranty?")))
    (work,) = claim_next("runner", 1)
    replied(work, "It lasts 24 months.")
    later(seconds=61)
    round_of_mail()

    assert Answer.objects.get(pk=work.answer_id).question.channel == Channel.EMAIL
    answer = office.mails[-1]
    assert (answer["To"], len(office.mails)) == ("cleo@example.com", 3)  # Cleo's own is among them
    assert "It lasts 24 months." in answer.get_content()


@pytest.mark.django_db
def test_a_reply_to_a_closed_conversation_opens_it_again(
    office: PostOffice, to_cleo: EmailMessage, cleo: Conversation
) -> None:
    handoffs.close(cleo.pk)

    receive(office.send(reply_to(to_cleo, CLEO, "It blinks again.")))

    assert Conversation.objects.get().care == Care.ASSISTANT
    assert "conversation.reopened" in Event.objects.values_list("kind", flat=True)


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


@pytest.mark.django_db
def test_files_of_a_mail_are_kept_under_the_same_guards(office: PostOffice, to_cleo: EmailMessage) -> None:
    mail = reply_to(to_cleo, CLEO, "Here is a picture.")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="../lamp.png")
    mail.add_attachment(b"<script>1</script>", maintype="text", subtype="html", filename="page.html")

    receive(office.send(mail))

    (attachment,) = Attachment.objects.all()
    assert (attachment.name, attachment.media_type, attachment.size) == ("lamp.png", "image/png", len(PNG))
    (text,) = said(Role.CUSTOMER)
    assert text.startswith("Here is a picture.\n\n(“page.html” cannot be sent.")
    event = Event.objects.order_by("-seq")[0]
    assert event.data["message"]["attachments"][0]["id"] == str(attachment.pk)


@pytest.mark.django_db
def test_files_for_an_assistant_are_named_and_not_kept(
    office: PostOffice, to_cleo: EmailMessage, cleo: Conversation
) -> None:
    handoffs.release(cleo.pk)
    mail = reply_to(to_cleo, CLEO, "What is this?")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="lamp.png")

    receive(office.send(mail))

    assert said(Role.CUSTOMER) == ["What is this?\n\n(lamp.png)"]
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_very_long_mail_is_cut_to_what_a_message_may_be(office: PostOffice, to_cleo: EmailMessage) -> None:
    receive(office.send(reply_to(to_cleo, CLEO, "word " * 5_000)))

    (text,) = said(Role.CUSTOMER)
    assert len(text) <= 8_000
    assert text.endswith("\n\n[…]")


def test_an_address_leads_where_it_was_signed_for_and_nowhere_else(settings: Settings) -> None:
    settings.MAIL_DOMAIN = "Lindmoor.example"
    one, other = uuid.uuid4(), uuid.uuid4()

    address = addresses.reply_address(addresses.CUSTOMER, one)

    assert addresses.place_of(address.upper()) == addresses.ReplyPlace("c", one)
    assert addresses.place_of(address.replace(one.hex, other.hex)) is None
    assert addresses.place_of(address.replace("@", "a@")) is None
    assert addresses.place_of(address.replace("indmoor", "andmoor")) is None
    assert len(address.partition("@")[0]) <= 64
    settings.SECRET_KEY = "another key " * 5
    assert addresses.place_of(address) is None
    settings.MAIL_DOMAIN = ""
    assert addresses.place_of(address) is None
