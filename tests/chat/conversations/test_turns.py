"""Turns: what a customer asks is stored once, in order, and only for that customer."""

import uuid

import pytest
from django.db import transaction
from pytest_django import Settings

from chat.conversations.answers import claim_next
from chat.conversations.feedback import give_feedback
from chat.conversations.transcript import events_after, head, lock, record
from chat.conversations.turns import MOST_WAITING, ask, find, history_before, is_token, request_stop
from chat.errors import BadQuestion
from chat.models import Answer, Conversation, Event, Feedback, Message
from tests.chat.conversations.mails import mailed
from tests.factories import asked, assistant, in_parallel, replied, token

pytestmark = pytest.mark.django_db
together = pytest.mark.django_db(transaction=True)


def code_of(error: pytest.ExceptionInfo[BadQuestion]) -> str:
    """Return the name of what was wrong."""
    return error.value.code


def test_a_question_is_stored_with_its_event_and_its_waiting_answer() -> None:
    cleo = token()

    first = asked("How do I reset it?", cleo)

    assert first.conversation == find(assistant(), cleo)
    assert [(event.seq, event.kind) for event in first.events] == [(1, "message.created")]
    assert first.events[0].data["message"]["text"] == "How do I reset it?"
    assert Answer.objects.get().question == first.message
    assert head(first.conversation.id) == 1


def test_the_secret_itself_is_not_stored() -> None:
    cleo = token()

    asked("Hello?", cleo)

    assert cleo not in str(Conversation.objects.values_list().get())


def test_asking_again_with_the_same_client_id_changes_nothing() -> None:
    cleo, client_id = token(), uuid.uuid4()
    first = ask(assistant(), cleo, client_id, "How do I reset it?")

    again = ask(assistant(), cleo, client_id, "How do I reset it?")

    assert again.message == first.message
    assert again.events == ()
    assert (Message.objects.count(), Answer.objects.count(), Event.objects.count()) == (1, 1, 1)


@together
def test_asking_the_same_in_parallel_stores_it_once() -> None:
    demo, cleo, client_id = assistant(), token(), uuid.uuid4()

    results = in_parallel(*[lambda: ask(demo, cleo, client_id, "How?")] * 6)

    assert len({result.message.id for result in results}) == 1  # type: ignore[attr-defined]  # results are Asked
    assert (Conversation.objects.count(), Message.objects.count(), Answer.objects.count()) == (1, 1, 1)


@together
def test_eight_writers_at_once_leave_no_gap_and_no_double() -> None:
    conversation = asked("Hello?").conversation

    def write() -> object:
        for _ in range(5):
            with transaction.atomic():
                record(lock(conversation.id), "test", {})
        return None

    in_parallel(*[write] * 8)

    assert [event.seq for event in events_after(conversation.id, 0)] == list(range(1, 42))
    assert head(conversation.id) == 41


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", None, 7, ["a"], {"text": "a"}, "\ud83d"])
def test_nothing_is_not_a_question(text: object) -> None:
    with pytest.raises(BadQuestion, match="Please type a question first") as error:
        ask(assistant(), token(), uuid.uuid4(), text)

    assert code_of(error) == "empty"
    assert not Conversation.objects.exists()


def test_a_question_that_is_too_long_is_refused_with_both_numbers(settings: Settings) -> None:
    settings.QUESTION_MAX_CHARACTERS = 4000

    with pytest.raises(BadQuestion, match=r"4,001 characters.*at most 4,000") as error:
        ask(assistant(), token(), uuid.uuid4(), "x" * 4001)

    assert code_of(error) == "too_long"


def test_a_question_of_just_the_most_characters_is_taken(settings: Settings) -> None:
    settings.QUESTION_MAX_CHARACTERS = 4000

    assert asked("x" * 4000).message.text == "x" * 4000


def test_what_postgresql_cannot_store_is_left_out_of_a_question() -> None:
    assert asked(" Hold\x00 it\ud83d? 🙂 ").message.text == "Hold it? 🙂"


def test_too_many_waiting_questions_are_refused_until_one_is_answered() -> None:
    cleo = token()
    for number in range(MOST_WAITING):
        asked(f"Question {number}?", cleo)
    with pytest.raises(BadQuestion) as error:
        asked("One more?", cleo)

    replied(claim_next("runner", 1)[0])

    assert code_of(error) == "busy"
    assert asked("One more?", cleo).events


def test_a_mail_is_taken_however_many_questions_are_waiting() -> None:
    cleo = token()
    for number in range(MOST_WAITING):
        asked(f"Question {number}?", cleo)

    mail = mailed("Are you there?", cleo)

    assert [event.kind for event in mail.events] == ["message.created"]
    assert Answer.objects.get(question=mail.message).state == "queued"


def test_a_customer_who_waits_does_not_hold_others_up() -> None:
    cleo = token()
    for number in range(MOST_WAITING):
        asked(f"Question {number}?", cleo)

    assert asked("Mine?", token()).events


def test_dan_cannot_read_cleos_conversation() -> None:
    cleo, dan = token(), token()
    asked("My name is Cleo.", cleo)

    assert find(assistant(), dan) is None
    assert find(assistant("other"), cleo) is None


def test_cleos_secret_opens_nothing_at_another_assistant() -> None:
    cleo = token()
    asked("Hello?", cleo)

    with pytest.raises(BadQuestion) as error:
        asked("Hello again?", cleo, "other")

    assert code_of(error) == "unknown_conversation"
    assert Message.objects.count() == 1


def test_dan_cannot_rate_or_stop_what_cleo_was_told() -> None:
    cleos = asked("Mine?", token())
    dans = asked("His?", token())
    replied(claim_next("runner", 1)[0])
    reply = Message.objects.get(conversation=cleos.conversation, role="assistant")
    answer = Answer.objects.get(conversation=cleos.conversation)
    Answer.objects.filter(id=answer.id).update(state="running")

    with pytest.raises(BadQuestion) as error:
        give_feedback(dans.conversation.id, reply.id, False, "")
    request_stop(dans.conversation.id, answer.id)

    assert code_of(error) == "unknown_message"
    assert not Feedback.objects.exists()
    answer.refresh_from_db()
    assert not answer.stop_requested


def test_a_change_of_mind_replaces_the_thumb_and_saying_it_twice_says_nothing_new() -> None:
    conversation = asked("How?").conversation
    replied(claim_next("runner", 1)[0])
    reply = Message.objects.get(role="assistant")

    first = give_feedback(conversation.id, reply.id, True, "")
    second = give_feedback(conversation.id, reply.id, True, "")
    third = give_feedback(conversation.id, reply.id, False, "wrong machine")

    assert (first is None, second is None, third is None) == (False, True, False)
    kept = Feedback.objects.get()
    assert (kept.helpful, kept.reason) == (False, "wrong machine")
    assert third is not None
    assert third.data == {"message": str(reply.id), "helpful": False, "offer_handoff": False}


def test_a_question_cannot_be_rated() -> None:
    mine = asked("How?")

    with pytest.raises(BadQuestion):
        give_feedback(mine.conversation.id, mine.message.id, True, "")


def test_the_history_is_the_last_finished_turns_before_a_question_oldest_first() -> None:
    cleo = token()
    for number in range(4):
        asked(f"Question {number}?", cleo)
        replied(claim_next("runner", 1)[0], f"Reply {number}.")
    asked("Someone else's?", token())
    replied(claim_next("runner", 1)[0], "Not for Cleo.")
    last = asked("Question 4?", cleo).message

    history = history_before(last)

    assert [turn.question for turn in history] == ["Question 1?", "Question 2?", "Question 3?"]
    assert [turn.reply for turn in history] == ["Reply 1.", "Reply 2.", "Reply 3."]


@pytest.mark.parametrize("text", ["", "short", "x" * 42, "x" * 44, "x" * 42 + "!", "x" * 42 + "\n", None, 7])
def test_only_32_bytes_in_base64url_are_a_secret(text: object) -> None:
    assert not is_token(text)
    assert is_token(token())
