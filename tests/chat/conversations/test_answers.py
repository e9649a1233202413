"""Answers as work: claimed by one runner at a time, finished once."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from chat.answering.events import CitationDraft
from chat.conversations import answers
from chat.conversations.answers import Reply, Standing, Work, claim_next, finish
from chat.conversations.reviews import ReviewDraft, record_review
from chat.conversations.transcript import events_after
from chat.conversations.turns import request_stop
from chat.models import Answer, Citation, Conversation, Event, Message, Review
from tests.chat.conversations.mails import mailed
from tests.factories import asked, assistant, in_parallel, keep, passage, replied, token

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00:00Z"


def claimed() -> Work:
    """Return the next waiting answer."""
    (work,) = claim_next("runner", 1)
    return work


def kinds(conversation: Conversation) -> list[str]:
    """Return the kinds of a conversation's events."""
    return [event.kind for event in events_after(conversation.id, 0)]


def test_a_claimed_answer_says_all_its_runner_needs() -> None:
    assistant(collections=["help-centre"], language="de")
    mine = asked("How do I reset it?")

    work = claimed()

    assert (work.question, work.language, work.collections) == ("How do I reset it?", "de", ("help-centre",))
    assert (work.attempt, work.conversation_id) == (1, mine.conversation.id)
    assert work.started.kind == "answer.started"
    assert work.started.data == {
        "answer": str(work.answer_id),
        "question": str(mine.message.id),
        "attempt": 1,
    }


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for() -> None:
    for number in range(3):
        asked(f"Question {number}?")

    works = claim_next("runner", 2)

    assert [work.question for work in works] == ["Question 0?", "Question 1?"]
    assert [work.question for work in claim_next("runner", 5)] == ["Question 2?"]
    assert claim_next("runner", 5) == []


@pytest.mark.django_db(transaction=True)
def test_runners_at_once_never_claim_the_same_answer() -> None:
    for number in range(6):
        asked(f"Question {number}?")

    results = in_parallel(*[lambda: claim_next("runner", 4)] * 3)

    ids = [work.answer_id for works in results for work in works]  # type: ignore[attr-defined]  # lists of Work
    assert len(ids) == len(set(ids)) == 6


def test_the_answer_of_a_silent_runner_is_begun_again_and_its_late_words_are_refused() -> None:
    conversation = asked().conversation
    late = claimed()
    keep(late, "Hold the")
    Answer.objects.update(lease_until=LONG_AGO)
    taker = claimed()

    refused = finish(late, Reply("Hold the button.", "answered", "model", ()), "en")
    standing = keep(late, "Hold the button.")
    replied(taker, "Press the knob.")

    assert refused == []
    assert standing == Standing(is_mine=False, is_wanted=False)
    assert taker.attempt == 2
    assert kinds(conversation) == ["message.created", "answer.started", "answer.reset", "answer.finished"]
    assert [message.text for message in Message.objects.filter(role="assistant")] == ["Press the knob."]


def test_the_first_event_of_an_answer_is_that_it_started_whoever_claimed_it_before() -> None:
    conversation = asked().conversation
    claimed()
    # The runner died between its claim and the event that tells of it.
    Event.objects.filter(conversation=conversation, kind="answer.started").delete()
    Conversation.objects.update(head_seq=1)
    Answer.objects.update(lease_until=LONG_AGO)

    second = claimed()
    Answer.objects.update(lease_until=LONG_AGO)
    third = claimed()

    assert [(event.started.kind, event.attempt) for event in (second, third)] == [
        ("answer.started", 2),
        ("answer.reset", 3),
    ]
    assert kinds(conversation) == ["message.created", "answer.started", "answer.reset"]


def test_keeping_checkpoints_the_text_and_renews_the_lease() -> None:
    conversation = asked().conversation
    work = claimed()
    Answer.objects.update(lease_until=LONG_AGO)

    standing = keep(work, "Hold the")

    assert standing == Standing(is_mine=True, is_wanted=True)
    assert [answer.text for answer in answers.running(conversation.id)] == ["Hold the"]
    assert claim_next("another", 1) == []


def test_a_wish_to_stop_is_learned_when_keeping() -> None:
    conversation = asked().conversation
    work = claimed()

    request_stop(conversation.id, work.answer_id)

    assert keep(work, "") == Standing(is_mine=True, is_wanted=False)


def test_what_nobody_watches_is_put_aside_unless_it_came_by_mail() -> None:
    asked()
    by_chat = claimed()
    mailed()
    by_mail = claimed()

    paused = [answers.pause(work) for work in (by_chat, by_mail)]

    assert paused == [True, False]
    states = Answer.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["paused", "running"]


def test_finishing_stores_the_reply_with_copies_of_what_it_cites() -> None:
    conversation = asked().conversation
    source = passage("Hold the button.", title="Manual", page=12, heading_path=("Reset", "Factory reset"))
    draft = CitationDraft(1, source, "the button", 105, 115)

    (event,) = finish(claimed(), Reply("Hold it. [1]", "answered", "model", (draft,), ({"a": 1},)), "de")

    shown = event.data["message"]
    assert (shown["text"], shown["outcome"], shown["answerer"]) == ("Hold it. [1]", "answered", "model")
    assert shown["citations"] == [
        {
            "number": 1,
            "title": "Manual",
            "heading": "Reset › Factory reset",
            "page": 12,
            "quote": "the button",
            "url": f"/read/{source.version_id}/?from=105&to=115&page=12#passage",
        }
    ]
    stored = Citation.objects.get()
    assert (stored.quote, stored.document_id) == ("the button", source.document_id)
    conversation.refresh_from_db()
    assert conversation.language == "de"
    assert Answer.objects.get().evidence == [{"a": 1}]


def test_an_answer_is_finished_once() -> None:
    conversation = asked().conversation
    work = claimed()
    replied(work)

    again = finish(work, Reply("Something else.", "answered", "model", ()), "en")

    assert again == []
    assert kinds(conversation).count("answer.finished") == 1
    assert claim_next("another", 1) == []


def test_a_reply_whose_citation_cannot_be_stored_leaves_nothing() -> None:
    conversation = asked().conversation
    draft = CitationDraft(1, passage("x"), "x", 0, 1)
    work = claimed()

    with pytest.raises(IntegrityError):
        finish(work, Reply("Twice. [1]", "answered", "model", (draft, draft)), "en")

    assert kinds(conversation) == ["message.created", "answer.started"]
    assert not Message.objects.filter(role="assistant").exists()


def test_an_answer_in_the_making_is_told_only_to_its_conversation() -> None:
    asked("Mine?", token())
    dans = asked("His?", token()).conversation
    claim_next("runner", 1)

    assert answers.running(dans.id) == []


def test_a_later_review_replaces_the_earlier() -> None:
    asked()
    replied(claimed())
    reply, ben = Message.objects.get(role="assistant"), User.objects.create(username="ben")

    record_review(reply, ReviewDraft("wrong", "no"), ben)
    record_review(reply, ReviewDraft("incomplete", "more", "Hold it longer."), ben)

    review = Review.objects.get()
    assert (review.verdict, review.note, review.better_answer) == (
        "incomplete",
        "more",
        "Hold it longer.",
    )
    assert review.reviewer == ben
