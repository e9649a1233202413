"""The inbox's pages: queues with their waits, rows that say enough, a conversation with what is known."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.conversations import contacts, handoffs, staffing
from chat.conversations.answers import claim_next
from chat.models import Assistant, Care, Conversation, Customer
from tests.factories import asked, assistant, replied, staff

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def ben(db: None) -> User:
    """Return Ben, who answers customers."""
    return staff("ben")


@pytest.fixture
def desk(ben: User) -> Client:
    """Return a browser in which Ben is signed in."""
    client = Client()
    client.force_login(ben)
    return client


def waiting(text: str = "How do I reset it?") -> Conversation:
    """Return a conversation whose customer asked for a person."""
    with transaction.atomic():  # before a runner can answer
        conversation = asked(text).conversation
        handoffs.request_handoff(conversation.id)
    return Conversation.objects.get(pk=conversation.pk)


def answered(text: str = "How do I reset it?", reply: str = "Hold the button. [1]") -> Conversation:
    """Return a conversation in which the assistant has answered."""
    with transaction.atomic():
        conversation = asked(text).conversation
        for work in claim_next("test", 9):
            replied(work, reply)
    return Conversation.objects.get(pk=conversation.pk)


def listed(client: Client, **filters: str) -> list[UUID]:
    """Return the conversations that a queue shows, in order."""
    response = client.get(reverse("staff:inbox"), filters)
    return [row.conversation.pk for row in response.context["rows"]]


def shown(client: Client, conversation: Conversation, **asked_for: str) -> str:
    """Return the page of a conversation."""
    address = reverse("staff:inbox-conversation", args=[conversation.pk])
    return client.get(address, asked_for).content.decode()


def test_each_queue_holds_what_it_is_named_for(desk: Client, ben: User) -> None:
    bot, unassigned, mine, theirs, snoozed, closed = (waiting(f"Question {n}?") for n in range(6))
    handoffs.release(bot.pk)
    for one, who in ((mine, ben), (theirs, staff("ada")), (snoozed, ben)):
        handoffs.join(one.pk, who)
    staffing.say(Conversation.objects.get(pk=theirs.pk), staff("ada"), "Done.")
    handoffs.snooze(snoozed.pk, timezone.now() + timedelta(hours=1))
    handoffs.close(closed.pk)

    queues = {
        name: set(listed(desk, queue=name))
        for name in ("unassigned", "mine", "waiting", "team", "assistant", "snoozed", "closed")
    }

    assert queues == {
        "unassigned": {unassigned.pk},
        "mine": {mine.pk},
        "waiting": {unassigned.pk, mine.pk},
        "team": {unassigned.pk, mine.pk, theirs.pk},
        "assistant": {bot.pk},
        "snoozed": {snoozed.pk},
        "closed": {closed.pk},
    }


def test_queues_say_how_many_stand_in_them_and_how_long_one_waits(desk: Client) -> None:
    first = waiting()
    waiting()
    Conversation.objects.filter(pk=first.pk).update(waiting_since=timezone.now() - timedelta(minutes=7))

    queues = {
        figure.queue.value: (figure.shown, wait)
        for figure, wait in desk.get(reverse("staff:inbox")).context["queues"]
    }

    assert queues["unassigned"] == queues["waiting"] == ("2", "7 min")
    assert queues["mine"] == ("0", "")


def test_who_waits_longest_comes_first_among_those_who_wait(desk: Client) -> None:
    first, second = waiting(), waiting()
    Conversation.objects.filter(pk=second.pk).update(waiting_since=timezone.now() - timedelta(hours=1))

    assert listed(desk, queue="waiting") == [second.pk, first.pk]


@pytest.mark.parametrize(
    "filters", [{"tag": " Refund "}, {"assistant": "other"}, {"q": "TOASTER"}, {"q": "cleo@"}, {"q": "Cleo"}]
)
def test_every_filter_of_the_url_keeps_only_what_it_names(desk: Client, filters: dict[str, str]) -> None:
    waiting()
    assistant("other")
    wanted = asked("Where is my toaster?", key="other").conversation
    handoffs.request_handoff(wanted.pk)
    contacts.give_contact(wanted.pk, "Cleo", "cleo@example.com")
    staffing.tag(wanted.pk, ["refund"])

    assert listed(desk, **filters) == [wanted.pk]


def test_a_row_says_who_what_where_and_whose(desk: Client, ben: User) -> None:
    conversation = waiting("Where is my toaster?")
    contacts.give_contact(conversation.pk, "Cleo", "")
    handoffs.join(conversation.pk, ben)
    staffing.tag(conversation.pk, ["refund"])
    Conversation.objects.filter(pk=conversation.pk).update(
        language="de", page_title="Shop · Toasters", waiting_since=timezone.now() - timedelta(minutes=3)
    )

    html = desk.get(reverse("staff:inbox"), {"queue": "mine"}).content.decode()

    for words in ("Cleo", "Where is my toaster?", "DE", "Shop · Toasters", "3 min", "You", "refund"):
        assert words in html
    assert "is-unread" in html


def test_pages_of_a_long_queue_show_every_conversation_once(desk: Client) -> None:
    made = {waiting(f"Question {n}?").pk for n in range(43)}
    first = desk.get(reverse("staff:inbox"), {"queue": "unassigned"})

    rest = listed(desk, queue="unassigned", after=first.context["page"].after)

    seen = [row.conversation.pk for row in first.context["rows"]] + rest
    assert (len(seen), set(seen)) == (43, made)


@pytest.mark.parametrize(
    ("queue", "sentence"),
    [("unassigned", "Nobody waits to be taken"), ("mine", "Take one that nobody has"), ("snoozed", "Z")],
)
def test_an_empty_queue_says_what_to_do(desk: Client, queue: str, sentence: str) -> None:
    html = desk.get(reverse("staff:inbox"), {"queue": queue}).content.decode()

    assert sentence in html


def test_a_conversation_shows_messages_notes_and_handoffs_in_their_order(desk: Client, ben: User) -> None:
    conversation = answered("How long is the warranty?", "Two years.")
    handoffs.request_handoff(conversation.pk)
    handoffs.join(conversation.pk, ben)
    staffing.add_note(conversation.pk, ben, "A regular customer.")
    locked = Conversation.objects.get(pk=conversation.pk)
    staffing.say(locked, ben, "Ben here.")

    html = shown(desk, conversation)

    places = [
        html.index(words)
        for words in (
            "How long is the warranty?</p>",
            "Two years.</p>",
            "The customer asked for a person <time",
            "Ben has the conversation",
            "A regular customer.</p>",
            "Ben here.</p>",
        )
    ]
    assert places == sorted(places)
    assert "Note, only for colleagues" in html


def test_the_context_tells_where_the_customer_is_and_whether_somebody_vouches(desk: Client) -> None:
    conversation = waiting()
    Conversation.objects.filter(pk=conversation.pk).update(
        page_url="https://shop.example.com/toasters", page_title="Toasters", origin="https://shop.example.com"
    )

    html = shown(desk, conversation)

    assert "Not verified" in html
    assert 'href="https://shop.example.com/toasters"' in html
    assert "The customer asked for a person" in html


def test_earlier_conversations_are_those_of_the_same_verified_customer_only(desk: Client) -> None:
    demo = assistant()
    cleo, dan = (Customer.objects.create(assistant=demo, external_id=who, name=who) for who in ("c-1", "d-1"))
    now, before, of_dan, of_nobody = (waiting(f"Question {n}?") for n in "abcd")
    for one, who in ((now, cleo), (before, cleo), (of_dan, dan)):
        Conversation.objects.filter(pk=one.pk).update(customer=who)

    html, html_of_nobody = shown(desk, now), shown(desk, of_nobody)

    assert "Question b?" in html
    assert "Question c?" not in html
    assert "Earlier" not in html_of_nobody


def test_what_customers_write_is_shown_and_never_executed(desk: Client) -> None:
    conversation = waiting(HOSTILE)
    contacts.give_contact(conversation.pk, HOSTILE, "")
    Conversation.objects.filter(pk=conversation.pk).update(
        page_title=HOSTILE, page_url="https://x.example/", origin=HOSTILE, tags=[HOSTILE]
    )

    pages = [shown(desk, conversation), desk.get(reverse("staff:inbox")).content.decode()]

    assert all("<img" not in html for html in pages)
    assert all("onerror" in html for html in pages)


def test_the_list_takes_at_most_twelve_queries(
    desk: Client, everyone_at_work: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(41):
        waiting(f"Question {number}?")

    with django_assert_max_num_queries(12):
        response = desk.get(reverse("staff:inbox"), {"queue": "waiting", "q": "Question"})

    assert len(response.context["rows"]) == 40


def test_a_long_conversation_takes_at_most_twelve_queries(
    desk: Client, ben: User, everyone_at_work: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = answered()
    handoffs.join(conversation.pk, ben)
    for number in range(40):
        staffing.say(Conversation.objects.get(pk=conversation.pk), ben, f"Sentence {number}.")
        staffing.add_note(conversation.pk, ben, f"Note {number}.")

    with django_assert_max_num_queries(12):
        html = shown(desk, conversation)

    assert "Sentence 39." in html


def test_the_read_only_list_and_the_inbox_lead_to_each_other(desk: Client) -> None:
    conversation = waiting()
    transcript = reverse("staff:conversation", args=[conversation.pk])

    assert transcript in shown(desk, conversation)
    assert (
        reverse("staff:inbox-conversation", args=[conversation.pk]) in desk.get(transcript).content.decode()
    )
    assert reverse("staff:conversations") in desk.get(reverse("staff:inbox")).content.decode()


def test_care_of_a_conversation_that_is_not_there_is_a_page_that_is_not_there(desk: Client) -> None:
    gone = UUID(int=5)

    answers = [desk.get(reverse("staff:inbox-conversation", args=[gone]))]
    answers += [
        desk.post(reverse(f"staff:inbox-{act}", args=[gone])) for act in ("join", "close", "note", "tags")
    ]

    assert {response.status_code for response in answers} == {404}
    assert not Conversation.objects.filter(care=Care.OPEN).exists()
    assert Assistant.objects.count() == 0
