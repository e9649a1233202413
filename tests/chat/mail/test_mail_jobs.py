"""Jobs of mail: tried again and again, by one sender at a time, and never queued twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from chat.errors import Refused
from chat.mail import jobs, noticing, sending, servers, tasks
from chat.models import Conversation, MailState, OutgoingMail
from tests.chat.mail.post_office import PostOffice
from tests.chat.mail.waiting import later, round_of_mail, waiting
from tests.factories import in_parallel


def only() -> OutgoingMail:
    """Return the one mail that there is."""
    return OutgoingMail.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["451 Greylisted, try later", "550 Who is that?"])
def test_a_server_that_says_later_is_asked_later_and_one_that_says_no_is_not(
    office: PostOffice, cleo: Conversation, answer: str
) -> None:
    office.refusals.append(answer)

    round_of_mail()
    mail = only()
    round_of_mail()

    if answer.startswith("4"):
        assert (mail.state, mail.attempt, only().attempt) == (MailState.QUEUED, 1, 1)
        assert timedelta(seconds=9) < mail.due_at - timezone.now() < timedelta(seconds=11)
        later(seconds=11)
        round_of_mail()
        assert (only().state, only().reason) == (MailState.SENT, "")
    else:
        assert (mail.state, len(office.mails)) == (MailState.FAILED, 0)
    assert f"refused the address: {answer}" in mail.reason


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_eight_times_with_longer_and_longer_pauses(
    office: PostOffice, cleo: Conversation, settings: Settings
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    pauses = []

    for _ in range(8):
        round_of_mail()
        pauses.append(round((only().due_at - timezone.now()).total_seconds()))
        later(hours=2)

    assert pauses[:7] == [10, 20, 40, 80, 160, 320, 640]
    assert (only().state, only().attempt) == (MailState.FAILED, 8)
    assert only().reason.startswith("The mail server cannot be reached: ")


@pytest.mark.django_db
def test_a_refusal_after_the_text_and_a_wrong_url_are_said_in_words(
    office: PostOffice, cleo: Conversation, settings: Settings
) -> None:
    office.at_data.append("552 Too much mail")
    round_of_mail()
    said = only().reason

    settings.MAIL_URL = "http://mail.example.com"
    later(minutes=1)
    round_of_mail()

    assert said == "The mail server said: 552 Too much mail"
    assert only().reason.startswith("MAIL_URL cannot be used. Write it like smtps://user:password@")


@pytest.mark.django_db
def test_a_server_that_wants_a_password_gets_it(
    cleo: Conversation, settings: Settings, office: PostOffice
) -> None:
    with PostOffice(password="s3cret/@") as locked:
        settings.MAIL_URL = f"smtp://support:wrong@127.0.0.1:{locked.port}"
        round_of_mail()
        refused = only().reason
        settings.MAIL_URL = f"smtp://support:s3cret%2F%40@127.0.0.1:{locked.port}"
        later(minutes=1)
        round_of_mail()

        assert refused.startswith("The mail server said: 535")
        assert "wrong" not in refused
        assert len(locked.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_queued_and_sent_once_whoever_looks_at_the_same_time(office: PostOffice) -> None:
    conversations = [waiting() for _ in range(3)]

    in_parallel(*[noticing.notice] * 4)
    in_parallel(*[sending.send_due] * 4)
    in_parallel(*[round_of_mail] * 4)

    assert OutgoingMail.objects.filter(state=MailState.SENT).count() == len(conversations)
    assert len({mail["Message-ID"] for mail in office.mails}) == len(office.mails) == len(conversations)


@pytest.mark.django_db(transaction=True)
def test_while_one_sends_nobody_else_does_and_a_silent_sender_is_followed_by_another(
    office: PostOffice,
) -> None:
    waiting()
    noticing.notice()
    dead = jobs.claim("dead")
    assert dead is not None

    meanwhile = sending.send_due()
    later(minutes=3)
    after = sending.send_due()
    late = jobs.sent(dead)

    assert (meanwhile, after, late) == (0, 1, False)
    assert (only().state, only().attempt) == (MailState.SENT, 2)


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_between_the_servers_yes_and_the_commit_sends_a_copy_with_the_same_id(
    office: PostOffice,
) -> None:
    waiting()
    noticing.notice()
    killed = jobs.claim("killed")
    assert killed is not None
    sending.message_of(killed, servers.smtp()).send()  # and here it dies

    later(minutes=3)
    sending.send_due()

    first, copy = office.mails
    assert first["Message-ID"] == copy["Message-ID"] == only().message_id
    assert first["References"] == copy["References"]


@pytest.mark.django_db
def test_a_mail_whose_senders_all_died_ends_as_failed(office: PostOffice, cleo: Conversation) -> None:
    noticing.notice()
    OutgoingMail.objects.update(attempt=8, state=MailState.SENDING, lease_until=timezone.now() - timedelta(1))

    sending.send_due()

    assert (only().state, only().reason) == (MailState.FAILED, "Its sender died several times.")
    assert office.mails == []


@pytest.mark.django_db(transaction=True)
def test_a_conversation_deleted_while_its_mail_goes_out_leaves_nothing(office: PostOffice) -> None:
    conversation = waiting()
    noticing.notice()
    mail = jobs.claim("me")
    assert mail is not None

    Conversation.objects.filter(pk=conversation.pk).delete()

    assert not jobs.sent(mail)
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_staff_cancel_what_waits_and_send_again_what_failed(office: PostOffice, cleo: Conversation) -> None:
    noticing.notice()
    pk = only().pk

    jobs.cancel(pk)
    round_of_mail()
    assert (only().state, office.mails) == (MailState.CANCELLED, [])
    with pytest.raises(Refused, match="waits"):
        jobs.cancel(pk)
    jobs.retry(pk)
    with pytest.raises(Refused, match="failed or was cancelled"):
        jobs.retry(pk)
    round_of_mail()

    assert (only().state, len(office.mails)) == (MailState.SENT, 1)


@pytest.mark.django_db
def test_while_another_worker_talks_to_a_mail_server_this_one_is_free_for_other_work(
    office: PostOffice, cleo: Conversation
) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [tasks.LOCK])
        tasks.notice_and_send()
        meanwhile = only().state
    finally:
        other.close()
    tasks.notice_and_send()
    tasks.notice_and_send()

    assert (meanwhile, only().state, len(office.mails)) == (MailState.QUEUED, MailState.SENT, 1)
