"""Erasure: when a conversation is deleted, nothing of it is left anywhere."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from chat.attachments import giving, keeping
from chat.conversations import answers, handoffs, staffing, turns
from chat.conversations.answers import Reply, claim_next
from chat.conversations.feedback import give_feedback
from chat.models import (
    Answer,
    Attachment,
    Citation,
    Conversation,
    ConversationSecret,
    Customer,
    Event,
    GoldenQuestion,
    IncomingMail,
    MailKind,
    Message,
    OutgoingMail,
    PendingReply,
    RememberedAnswer,
    Review,
    Role,
    SpentIdentity,
)
from chat.privacy import tasks
from chat.privacy.erasure import erase, erase_old
from tests.chat.attachments.test_attachment_kinds import PNG
from tests.chat.privacy.looking import files_with, tables_with
from tests.factories import asked, assistant, in_parallel, keep, staff, token

CANARY = "kanarienvogel"
BESIDE = {"chat_goldenquestion"}


def lived(folder: Path, secret: str = "", word: str = CANARY, content: bytes = b"") -> Conversation:
    """Return a conversation that has everything, and a word in all of it."""
    secret = secret or token()
    conversation = asked(f"How do I reset the {word}?", secret).conversation
    (work,) = claim_next("runner", 1)
    answers.finish(work, Reply(f"Press the {word}.", "answered", "model", (), ({"text": word},)), "en")
    reply = Message.objects.get(conversation=conversation, role=Role.ASSISTANT)
    Citation.objects.create(message=reply, number=1, quote=word, title=word, start=0, end=9)
    give_feedback(conversation.pk, reply.pk, False, word)
    Review.objects.create(message=reply, verdict="wrong", note=word, better_answer=word)
    handoffs.request_handoff(conversation.pk)
    staffing.add_note(conversation.pk, staff("ben"), word)
    path = folder / f"{word}.txt"
    path.write_bytes(content or f"the {word}".encode())
    giving.give(assistant(), secret, uuid.uuid4(), giving.candidate(path, f"{word}.txt"))
    staffing.send_reply(conversation.pk, staff("ben"), word, 99)
    staffing.tag(conversation.pk, [word])
    _beside(conversation, word)
    return conversation


def _beside(conversation: Conversation, word: str) -> None:
    """Give a conversation a customer, secrets, mails and what is remembered of it."""
    known = Customer.objects.create(
        assistant=conversation.assistant, external_id=word, name=word, email=f"{word}@example.com"
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        customer=known, name=word, email=f"{word}@example.com", page_title=word
    )
    ConversationSecret.objects.create(conversation=conversation, token_sha256=turns.hashed(word))
    expires = timezone.now()
    SpentIdentity.objects.create(
        assistant=conversation.assistant,
        jti=word,
        token_sha256=turns.hashed(word),
        customer=known,
        expires_at=expires,
    )
    OutgoingMail.objects.create(
        conversation=conversation,
        kind=MailKind.WAITING,
        key=word,
        to=f"{word}@example.com",
        subject=word,
        text=word,
        message_id=f"<{word}@x>",
        due_at=expires,
    )
    IncomingMail.objects.create(message_id=f"<{word}@y>", sender=word, conversation=conversation)
    IncomingMail.objects.create(message_id=f"<{word}@z>", sender=f"{word}@example.com", subject=word)
    RememberedAnswer.objects.create(
        circumstances="c",
        wording=word,
        question=f"How do I reset the {word}?",
        knowledge="k",
        text_sha256="t",
    )
    GoldenQuestion.objects.create(question=f"How do I reset the {word}?")


@pytest.mark.django_db
def test_not_a_word_is_left_in_any_table_or_file_but_in_staffs_golden_questions(tmp_path: Path) -> None:
    cleo = lived(tmp_path)
    dan = lived(tmp_path, word="amsel")
    before = tables_with(CANARY)
    assert len(before) > 12
    assert len(files_with(CANARY.encode())) == 1
    dans = tables_with("amsel")

    erased, again = erase(cleo.pk), erase(cleo.pk)

    assert (erased, again) == (True, False)
    assert tables_with(CANARY) == BESIDE
    assert tables_with(cleo.pk.hex) | tables_with(str(cleo.pk)) == set()
    assert files_with(CANARY.encode()) == []
    assert tables_with("amsel") == dans
    assert len(files_with(b"amsel")) == 1
    assert Event.objects.filter(conversation=dan).exists()


@pytest.mark.django_db
def test_bytes_that_another_conversation_has_too_are_kept_until_that_one_goes(tmp_path: Path) -> None:
    cleo = lived(tmp_path, content=b"the same")
    dan = lived(tmp_path, word="amsel", content=b"the same")

    erase(cleo.pk)
    kept = len(files_with(b"the same"))
    erase(dan.pk)

    assert (kept, files_with(b"the same")) == (1, [])


@pytest.mark.django_db
def test_a_verified_customer_stays_as_long_as_they_have_another_conversation(tmp_path: Path) -> None:
    first, second = lived(tmp_path), asked().conversation
    Conversation.objects.filter(pk=second.pk).update(customer=Customer.objects.get())

    erase(first.pk)
    stays = Customer.objects.exists()
    erase(second.pk)

    assert (stays, Customer.objects.exists()) == (True, False)


@pytest.mark.django_db
def test_a_running_answer_ends_and_writes_nothing_more() -> None:
    conversation = asked().conversation
    (work,) = claim_next("runner", 1)

    erase(conversation.pk)

    assert not keep(work, CANARY).is_mine
    assert answers.finish(work, Reply(CANARY, "answered", "model", ()), "en") == []
    assert tables_with(CANARY) == set()


@pytest.mark.django_db(transaction=True)
def test_whatever_goes_on_at_the_same_time_nothing_is_left(tmp_path: Path) -> None:
    for _ in range(8):
        secret = token()
        conversation = lived(tmp_path, secret)
        GoldenQuestion.objects.all().delete()
        turns.ask(assistant(), secret, uuid.uuid4(), CANARY)
        PendingReply.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        handoffs.release(conversation.pk)
        turns.ask(assistant(), secret, uuid.uuid4(), "And then?")

        ends = in_parallel(
            lambda pk=conversation.pk: erase(pk),  # type: ignore[misc]  # bound now, not when called
            lambda pk=conversation.pk: erase(pk),  # type: ignore[misc]  # as above
            staffing.publish_due,
            lambda: claim_next("runner", 5),
        )

        assert sorted(str(end) for end in ends[:2]) == ["False", "True"]
        assert not Conversation.objects.exists()
        assert tables_with(CANARY) == set()
        assert not Answer.objects.exists()


@pytest.mark.django_db
def test_the_same_secret_begins_anew_afterwards() -> None:
    secret = token()
    first = asked(secret=secret).conversation
    erase(first.pk)

    second = asked("Hello again", secret)

    assert second.conversation.pk != first.pk
    assert [event.seq for event in second.events] == [1]


@pytest.mark.django_db
def test_conversations_are_deleted_when_their_days_are_over_and_not_before(settings: Settings) -> None:
    old, snoozed, young = (asked().conversation for _ in range(3))
    long_ago = timezone.now() - timedelta(days=31)
    Conversation.objects.exclude(pk=young.pk).update(last_message_at=long_ago)
    Conversation.objects.filter(pk=snoozed.pk).update(
        care="snoozed", snoozed_until=timezone.now() + timedelta(days=1)
    )

    kept = erase_old()
    settings.CONVERSATION_DAYS = 30
    erased = erase_old()

    assert (kept, erased) == (0, 1)
    assert not Conversation.objects.filter(pk=old.pk).exists()
    assert Conversation.objects.count() == 2


@pytest.mark.django_db
def test_bytes_that_a_crash_left_behind_are_swept_up_a_day_later(tmp_path: Path) -> None:
    lived(tmp_path)
    path = tmp_path / "left.png"
    path.write_bytes(PNG)
    keeping.store(path, keeping.fingerprint(path))

    tasks.erase_what_is_old()
    young = len(files_with(PNG))
    swept = keeping.sweep(older_than=timedelta(0))

    assert (young, swept) == (1, 1)
    assert Attachment.objects.count() == len(files_with(CANARY.encode())) == 1
