"""Staffing: replies that can be taken back, notes that customers never see, who answers what."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.conversations import handoffs, staffing
from chat.conversations.transcript import events_after
from chat.conversations.turns import Asked
from chat.errors import Refused
from chat.models import Care, Conversation, Event, Message, Note, PendingReply, Role
from tests.chat.conversations.mails import mailed
from tests.factories import asked, in_parallel, staff, token


def due() -> None:
    """Let every pending reply be due."""
    PendingReply.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def sent(
    conversation: Conversation, text: str = "Hello, this is Ben.", who: str = "ben", **how: bool
) -> PendingReply:
    """Let somebody of staff send a reply, having read everything."""
    head = Conversation.objects.get(id=conversation.id).head_seq
    reply, _ = staffing.send_reply(conversation.id, staff(who), text, head, **how)
    return reply


@pytest.mark.django_db
def test_a_reply_becomes_a_message_when_it_is_due_and_the_writer_has_the_conversation() -> None:
    conversation = asked().conversation
    sent(conversation)
    assert staffing.publish_due() == []

    due()
    (published,) = staffing.publish_due()

    assert published.conversation_id == conversation.id
    message = published.events[0].data["message"]
    assert (message["role"], message["text"], message["author"]) == (
        "staff",
        "Hello, this is Ben.",
        {"name": "Ben"},
    )
    stored = Conversation.objects.get(id=conversation.id)
    assert (stored.care, stored.assignee, stored.waiting_since) == (Care.OPEN, staff("ben"), None)
    assert staffing.publish_due() == []


@pytest.mark.django_db
def test_a_reply_can_be_taken_back_by_its_writer_until_it_is_published() -> None:
    conversation = asked().conversation
    reply = sent(conversation)

    by_another = staffing.take_back(reply.id, staff("ada"))
    taken = staffing.take_back(reply.id, staff("ben"))
    again = staffing.take_back(reply.id, staff("ben"))
    due()

    assert (by_another, taken, again) == (None, "Hello, this is Ben.", None)
    assert staffing.publish_due() == []
    assert not Message.objects.filter(role=Role.STAFF).exists()


@pytest.mark.django_db(transaction=True)
def test_a_reply_is_published_once_whoever_looks_at_the_same_time() -> None:
    conversation = asked().conversation
    sent(conversation)
    due()

    in_parallel(*[staffing.publish_due] * 4)

    assert Message.objects.filter(role=Role.STAFF).count() == 1
    assert [event.seq for event in events_after(conversation.id, 0)] == [1, 2, 3]


@pytest.mark.django_db
def test_who_did_not_see_what_another_said_is_told_so_and_loses_nothing() -> None:
    conversation = asked().conversation
    seen = Conversation.objects.get(id=conversation.id).head_seq
    sent(conversation, who="ada")
    with pytest.raises(staffing.Overtaken, match="Ada"):
        staffing.send_reply(conversation.id, staff("ben"), "Me too", seen)
    due()
    staffing.publish_due()

    with pytest.raises(staffing.Overtaken, match="Ada"):
        staffing.send_reply(conversation.id, staff("ben"), "Me too", seen)

    assert sent(conversation, "Me too").text == "Me too"


@pytest.mark.django_db
def test_a_reply_may_close_the_conversation_behind_it() -> None:
    conversation = asked().conversation
    sent(conversation, then_close=True)
    due()

    (published,) = staffing.publish_due()

    assert [event.kind for event in published.events] == [
        "message.created",
        "handoff.finished",
        "conversation.closed",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("say", [asked, mailed])
@pytest.mark.parametrize("then_close", [True, False])
def test_what_the_customer_says_behind_a_reply_that_can_still_be_taken_back_stays_to_be_seen(
    say: Callable[[str, str], Asked], then_close: bool
) -> None:
    cleo = token()
    conversation = asked(secret=cleo).conversation
    sent(conversation, "It left today. Goodbye!", then_close=then_close)
    say("Wait: it went to the wrong address!", cleo)
    due()

    (published,) = staffing.publish_due()

    assert [event.kind for event in published.events] == ["message.created"]
    stored = Conversation.objects.get()
    assert (stored.care, stored.assignee) == (Care.OPEN, staff("ben"))
    assert stored.waiting_since is not None
    sent(conversation, "I see, we will send another.", then_close=True)
    due()
    staffing.publish_due()
    assert Conversation.objects.get().care == Care.CLOSED


@pytest.mark.django_db
def test_a_note_is_no_event() -> None:
    conversation = asked().conversation
    before = Event.objects.count()

    staffing.add_note(conversation.id, staff("ben"), "A difficult one.")

    assert (Event.objects.count(), Note.objects.get().text) == (before, "A difficult one.")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "  \n", None, "x" * 8001])
def test_a_reply_that_says_nothing_or_too_much_is_refused_with_a_sentence(text: object) -> None:
    conversation = asked().conversation

    with pytest.raises(Refused):
        staffing.send_reply(conversation.id, staff("ben"), text, 1)


@pytest.mark.django_db
def test_a_conversation_is_given_to_somebody_and_to_nobody() -> None:
    conversation = asked(secret=token()).conversation
    handoffs.request_handoff(conversation.id)

    joined = staffing.assign(conversation.id, staff("ada"))
    again = staffing.assign(conversation.id, staff("ada"))
    staffing.assign(conversation.id, None)

    assert ([event.kind for event in joined], again) == (["handoff.joined"], [])
    assert Conversation.objects.get().assignee is None


@pytest.mark.django_db
def test_tags_are_tidied_and_bounded() -> None:
    conversation = asked().conversation

    stored = staffing.tag(conversation.id, ["  Refund ", "refund", "", "Late  delivery"])

    assert stored == Conversation.objects.get().tags == ["refund", "late delivery"]
    with pytest.raises(Refused):
        staffing.tag(conversation.id, ["x" * 41])
