"""Looking for mails that are due: only where one is, in one question, and never twice at a time."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.conversations import contacts, handoffs, turns
from chat.conversations.answers import claim_next
from chat.conversations.turns import Said
from chat.mail import noticing, tasks
from chat.models import Channel, Conversation, OutgoingMail
from tests.chat.mail.post_office import PostOffice, text_of
from tests.chat.mail.waiting import here, later, round_of_mail, says
from tests.factories import asked, replied

pytestmark = pytest.mark.django_db


def answered(channel: Channel = Channel.CHAT) -> Conversation:
    """Let a customer leave an address, ask once more and go before the answer is there."""
    conversation = asked().conversation
    replied(claim_next("runner", 1)[0])
    contacts.give_contact(conversation.pk, "Cleo", "cleo@example.com")
    turns.say_in(Conversation.objects.get(pk=conversation.pk), Said("And then?", uuid.uuid4(), channel))
    replied(claim_next("runner", 1)[0], "Then press it again.")
    return conversation


def questions() -> int:
    """Return how many statements a look takes."""
    with CaptureQueriesContext(connection) as statements:
        noticing.notice()
    return len(statements)


def test_answers_in_the_chat_that_nobody_saw_are_not_looked_at_one_by_one(office: PostOffice) -> None:
    nobody = questions()
    for _ in range(3):
        answered()
    later(minutes=5)

    assert questions() == nobody
    assert not OutgoingMail.objects.exists()


def test_what_was_mailed_is_not_looked_at_again_until_there_is_more(
    office: PostOffice, cleo: Conversation
) -> None:
    here()
    nobody = questions()
    says(cleo, "Hello Cleo, this is Ben.")
    later(seconds=61)
    due = questions()

    assert due > nobody
    assert questions() == nobody
    assert OutgoingMail.objects.count() == 1


def test_staff_who_were_mailed_are_not_thought_of_again_until_the_customer_writes(
    office: PostOffice, cleo: Conversation
) -> None:
    due = questions()

    told = questions()
    handoffs.release(cleo.pk)
    nobody = questions()

    assert due > told == nobody


def test_an_answer_to_a_mail_goes_by_mail_and_one_in_the_chat_does_not(office: PostOffice) -> None:
    conversation = answered(Channel.EMAIL)
    answered(Channel.CHAT)
    later(seconds=61)

    round_of_mail()

    (mail,) = office.mails
    assert conversation.pk.hex in str(mail["Reply-To"])
    assert "Then press it again." in text_of(mail)
    assert "Hold the button." not in text_of(mail)


def test_an_address_that_is_none_is_not_looked_at_for_ever(office: PostOffice, cleo: Conversation) -> None:
    here()
    nobody = questions()
    says(cleo, "Hello Cleo.")
    later(seconds=61)
    Conversation.objects.update(email="no address")

    assert questions() == nobody


def test_while_another_worker_looks_this_one_does_not(office: PostOffice, cleo: Conversation) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [tasks.LOOK])
            tasks.notice_and_send()
            meanwhile = OutgoingMail.objects.count()
            cursor.execute("SELECT pg_advisory_unlock(%s)", [tasks.LOOK])
    finally:
        other.close()
    tasks.notice_and_send()

    assert (meanwhile, OutgoingMail.objects.count()) == (0, 1)
