"""Handoffs: staff get a conversation and give it back, and the assistant is silent meanwhile."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.conversations import handoffs, turns
from chat.conversations.answers import Reply, claim_next, finish
from chat.conversations.feedback import give_feedback
from chat.conversations.turns import Asked, history_before
from chat.errors import BadQuestion
from chat.models import Answer, AnswerState, Care, Conversation, Event, Handoff, HandoffReason, Message
from tests.factories import asked, assistant, replied, staff, token

pytestmark = pytest.mark.django_db


def kinds(conversation: Conversation) -> list[str]:
    """Return the kinds of the events of a conversation, in order."""
    events = Event.objects.filter(conversation=conversation).order_by("seq")
    seqs = [event.seq for event in events]
    assert seqs == list(range(1, len(seqs) + 1))
    return [event.kind for event in events]


def reread(conversation: Conversation) -> Conversation:
    """Return a conversation as it is stored."""
    return Conversation.objects.get(id=conversation.id)


def answered(text: str, secret: str, outcome: str = "answered") -> Asked:
    """Let Cleo ask, and the assistant reply."""
    turn = asked(text, secret)
    (work,) = claim_next("runner", 1)
    replied(work, outcome=outcome)
    return turn


def test_asking_for_a_person_passes_the_conversation_on_once() -> None:
    conversation = asked().conversation

    first = handoffs.request_handoff(conversation.id)
    second = handoffs.request_handoff(conversation.id)

    assert [event.kind for event in first] == ["handoff.requested"]
    assert second == []
    assert (reread(conversation).care, Handoff.objects.count()) == (Care.OPEN, 1)
    assert reread(conversation).waiting_since is not None


def test_an_assistant_that_passes_nothing_on_says_so() -> None:
    assistant(handoff_rules={"enabled": False})
    conversation = asked().conversation

    with pytest.raises(BadQuestion, match="nobody"):
        handoffs.request_handoff(conversation.id)

    assert reread(conversation).care == Care.ASSISTANT


def test_what_waits_for_an_answer_is_dropped_when_staff_get_the_conversation() -> None:
    conversation = asked().conversation

    handoffs.request_handoff(conversation.id)

    assert claim_next("runner", 5) == []
    assert Answer.objects.get().state == AnswerState.FINISHED


def test_an_answer_in_the_making_is_told_to_stop_when_staff_step_in() -> None:
    conversation = asked().conversation
    claim_next("runner", 1)

    events = handoffs.join(conversation.id, staff("ben"))

    assert Answer.objects.get().stop_requested
    assert [(event.kind, event.data["staff"]["name"]) for event in events] == [("handoff.joined", "Ben")]


def test_questions_are_stored_and_not_answered_while_staff_have_the_conversation() -> None:
    secret = token()
    conversation = answered("How?", secret).conversation
    handoffs.join(conversation.id, staff("ben"))

    later = asked("Are you there?", secret)

    assert Answer.objects.filter(question=later.message).count() == 0
    assert kinds(conversation)[-1] == "message.created"
    assert reread(conversation).waiting_since is not None


def test_any_number_of_questions_may_wait_for_a_person() -> None:
    secret = token()
    conversation = asked("How?", secret).conversation
    handoffs.request_handoff(conversation.id)

    for number in range(turns.MOST_WAITING + 2):
        asked(f"And {number}?", secret)

    assert Message.objects.filter(conversation=conversation).count() == turns.MOST_WAITING + 3


def test_a_released_conversation_is_answered_without_memory_of_what_was_before() -> None:
    secret = token()
    conversation = answered("How do I reset it?", secret).conversation
    handoffs.join(conversation.id, staff("ben"))
    handoffs.release(conversation.id)

    later = asked("And the pump?", secret)

    assert history_before(later.message) == []
    assert Answer.objects.filter(question=later.message, state=AnswerState.QUEUED).exists()
    assert kinds(conversation)[-2:] == ["handoff.finished", "message.created"]


def test_a_customer_may_go_back_to_the_assistant() -> None:
    conversation = asked().conversation
    handoffs.request_handoff(conversation.id)

    (event,) = handoffs.withdraw(conversation.id)

    assert event.data["end"] == "withdrawn"
    assert (reread(conversation).care, reread(conversation).waiting_since) == (Care.ASSISTANT, None)


def test_a_closed_conversation_is_opened_by_the_next_question_and_answered() -> None:
    secret = token()
    conversation = answered("How?", secret).conversation
    handoffs.join(conversation.id, staff("ben"))
    handoffs.close(conversation.id)

    later = asked("One more thing: how?", secret)

    assert kinds(conversation)[-4:] == [
        "handoff.finished",
        "conversation.closed",
        "conversation.reopened",
        "message.created",
    ]
    assert Answer.objects.filter(question=later.message).exists()


def test_whoever_takes_a_closed_conversation_opens_it_and_that_is_told() -> None:
    conversation = answered("How?", token()).conversation
    handoffs.close(conversation.id)

    handoffs.join(conversation.id, staff("ben"))

    assert kinds(conversation)[-3:] == ["conversation.closed", "conversation.reopened", "handoff.joined"]
    assert (reread(conversation).care, reread(conversation).assignee) == (Care.OPEN, staff("ben"))


def test_a_snoozed_conversation_wakes_by_the_clock_and_by_the_customer() -> None:
    secret = token()
    conversation = asked("How?", secret).conversation
    handoffs.join(conversation.id, staff("ben"))
    handoffs.snooze(conversation.id, timezone.now() + timedelta(hours=1))
    assert handoffs.wake_due() == []

    asked("Hello?", secret)
    by_customer = reread(conversation).care
    handoffs.snooze(conversation.id, timezone.now() - timedelta(seconds=1))
    woken = handoffs.wake_due()

    assert by_customer == Care.OPEN
    assert woken == [conversation.id]
    assert reread(conversation).assignee == staff("ben")


def test_two_answers_that_did_not_help_make_a_person_worth_offering() -> None:
    secret = token()
    first = answered("Something else?", secret, outcome="declined").conversation
    offered = Event.objects.filter(kind="answer.finished").values_list("data__offer_handoff", flat=True)
    assert list(offered.order_by("seq")) == [False]

    answered("And this?", secret)
    reply = Message.objects.filter(role="assistant").latest("created_at")
    event = give_feedback(first.id, reply.id, helpful=False, reason="")

    assert event is not None
    assert event.data["offer_handoff"] is True


def test_a_word_of_the_rules_passes_the_question_to_staff() -> None:
    assistant(handoff_rules={"words": ["Beschwerde"]})

    conversation = asked("Ich habe eine BESCHWERDE.").conversation

    assert Handoff.objects.get().reason == HandoffReason.RULE
    assert not Answer.objects.exists()
    assert kinds(conversation) == ["message.created", "handoff.requested"]


def test_the_wish_for_a_person_in_words_passes_the_conversation_on_with_the_reply() -> None:
    conversation = asked("I want to talk to a person").conversation
    (work,) = claim_next("runner", 1)

    events = finish(work, Reply("I will pass this on.", "handoff", "none", ()), "en")

    assert [event.kind for event in events] == ["answer.finished", "handoff.requested"]
    assert reread(conversation).care == Care.OPEN


def test_nothing_happens_to_a_conversation_that_staff_do_not_have() -> None:
    conversation = asked().conversation

    assert handoffs.release(conversation.id) == []
    assert handoffs.withdraw(conversation.id) == []
    with pytest.raises(Conversation.DoesNotExist):
        handoffs.join(uuid.uuid4(), staff("ben"))
