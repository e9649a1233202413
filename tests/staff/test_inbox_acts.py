"""Acts in the inbox: each does its one thing, says so in a sentence, and refuses in one."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.conversations import handoffs, presence
from chat.models import Care, Conversation, Event, Note
from chat.staff.inbox_forms import snooze_until
from tests.factories import asked, staff
from tests.staff.test_inbox import ben, desk, waiting

__all__ = ["ben", "desk"]
HTMX = {"HX-Request": "true"}


def act(client: Client, name: str, conversation: Conversation, **fields: object) -> str:
    """Do something as the page does; return what it says."""
    address = reverse(f"staff:inbox-{name}", args=[conversation.pk])
    response = client.post(address, fields, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def again(conversation: Conversation) -> Conversation:
    """Return a conversation as it is now."""
    return Conversation.objects.get(pk=conversation.pk)


def kinds(conversation: Conversation) -> list[str]:
    """Return the kinds of events of a conversation."""
    return list(
        Event.objects.filter(conversation=conversation).order_by("seq").values_list("kind", flat=True)
    )


def test_stepping_in_silences_the_assistant_and_release_gives_it_back(desk: Client, ben: User) -> None:
    conversation = asked().conversation

    joined = act(desk, "join", conversation)
    held = again(conversation)
    released = act(desk, "release", conversation)

    assert (held.care, held.assignee) == (Care.OPEN, ben)
    assert "The assistant is silent." in joined
    assert "The assistant answers again." in released
    assert again(conversation).care == Care.ASSISTANT
    assert kinds(conversation)[1:] == ["handoff.joined", "handoff.finished"]


def test_closing_and_reopening_go_both_ways(desk: Client, ben: User) -> None:
    conversation = waiting()

    act(desk, "close", conversation)
    closed = again(conversation).care
    act(desk, "reopen", conversation)

    assert closed == Care.CLOSED
    assert (again(conversation).care, again(conversation).assignee) == (Care.OPEN, ben)


@pytest.mark.parametrize(("wanted", "whose"), [("me", "ben"), ("ada", "ada"), ("", None)])
def test_a_conversation_is_given_to_me_to_a_colleague_or_to_nobody(
    desk: Client, wanted: str, whose: str | None
) -> None:
    ada = staff("ada")
    conversation = waiting()
    handoffs.join(conversation.pk, ada)

    act(desk, "assign", conversation, staff=str(ada.pk) if wanted == "ada" else wanted)

    assignee = again(conversation).assignee
    assert (assignee.username if assignee else None) == whose


@pytest.mark.parametrize("wanted", ["999999", "x", "-1", "²"])
def test_nobody_who_is_not_there_is_given_a_conversation(desk: Client, wanted: str) -> None:
    conversation = waiting()

    said = act(desk, "assign", conversation, staff=wanted)

    assert "not there any more" in said
    assert again(conversation).assignee is None


def test_snoozing_rests_until_then_and_says_until_when(desk: Client, ben: User) -> None:
    conversation = waiting()
    handoffs.join(conversation.pk, ben)

    said = act(desk, "snooze", conversation, **{"for": "hour"})

    rests = again(conversation)
    assert rests.care == Care.SNOOZED
    assert rests.snoozed_until is not None
    assert timedelta(minutes=59) < rests.snoozed_until - timezone.now() < timedelta(minutes=61)
    assert "It rests until" in said


@pytest.mark.parametrize(
    ("choice", "custom", "expected"),
    [
        ("tomorrow", "", datetime(2026, 3, 5, 9)),
        ("monday", "", datetime(2026, 3, 9, 9)),
        ("custom", "2026-03-04T23:15", datetime(2026, 3, 4, 23, 15)),
    ],
)
def test_mornings_are_those_of_whoever_chose(choice: str, custom: str, expected: datetime) -> None:
    here = ZoneInfo("Europe/Berlin")
    wednesday = datetime(2026, 3, 4, 22, 30, tzinfo=here)

    with mock.patch.object(timezone, "now", return_value=wednesday):
        until = snooze_until(choice, custom, "Europe/Berlin")

    assert until == expected.replace(tzinfo=here)


@pytest.mark.parametrize("until", ["", "yesterday", "2001-01-01T09:00", "9999-01-01T09:00"])
def test_a_moment_that_is_none_or_past_is_refused_in_a_sentence(desk: Client, ben: User, until: str) -> None:
    conversation = waiting()
    handoffs.join(conversation.pk, ben)

    said = act(desk, "snooze", conversation, until=until, zone="Moon/Base", **{"for": "custom"})

    assert "is-wrong" in said
    assert again(conversation).care == Care.OPEN


def test_tags_are_saved_tidied_or_refused(desk: Client) -> None:
    conversation = waiting()

    act(desk, "tags", conversation, tags="Refund,  late   delivery, refund")
    refused = act(desk, "tags", conversation, tags="x" * 41)

    assert again(conversation).tags == ["refund", "late delivery"]
    assert "At most 20 tags" in refused


def test_a_note_is_for_colleagues_and_no_event(desk: Client) -> None:
    conversation = waiting()
    before = kinds(conversation)

    act(desk, "note", conversation, note="Difficult.")
    empty = act(desk, "note", conversation, note="  ")

    assert Note.objects.get().text == "Difficult."
    assert kinds(conversation) == before
    assert "Write something first." in empty


def test_without_a_script_forms_do_the_same_and_come_back_to_the_conversation(desk: Client) -> None:
    conversation = waiting()
    page = reverse("staff:inbox-conversation", args=[conversation.pk]) + "?queue=mine"

    for name, fields in (
        ("join", {}),
        ("note", {"note": "A note."}),
        ("reply", {"text": "Hello.", "read_seq": "9"}),
        ("tags", {"tags": "vip"}),
    ):
        address = reverse(f"staff:inbox-{name}", args=[conversation.pk]) + "?queue=mine"
        response = desk.post(address, fields)
        assert response.headers["Location"] == page

    html = desk.get(page).content.decode()
    for words in ("A note.</p>", "Hello.</p>", "vip", "Sent in a moment"):
        assert words in html


def test_who_is_not_available_is_here_all_the_same(desk: Client, ben: User) -> None:
    presence.renew(ben)

    desk.post(reverse("staff:inbox-available"), {"available": "off"})

    (one,) = presence.here()
    assert (one.staff, one.is_available) == (ben, False)
    assert "not available" in desk.get(reverse("staff:inbox")).content.decode()
