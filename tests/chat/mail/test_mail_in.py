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
    Role,
)
from tests.chat.attachments.test_attachment_kinds import PNG
from tests.chat.mail.post_office import PostOffice, reply_to
from tests.chat.mail.waiting import here, later, round_of_mail, says, waiting
from tests.factories import in_parallel, replied, staff

BEN = "Ben Bauer <ben@lindmoor.example>"
CLEO = "Cleo <cleo@example.com>"
Mailed = Callable[[], EmailMessage]


def said(role: Role) -> list[str]:
    """Return what was said by mail in a role."""
    messages = Message.objects.filter(role=role, channel=Channel.EMAIL)
    return list(messages.order_by("created_at").values_list("text", flat=True))


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
