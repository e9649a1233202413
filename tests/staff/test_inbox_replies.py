"""Replies in the inbox: taken back in time, refused when overtaken, with sources and canned words."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.conversations import staffing
from chat.models import CannedReply, Care, Conversation, Event, Message, PendingReply, Role
from chat.staff.inbox import filled
from chat.staff.inbox_composer import Composer
from tests.factories import staff
from tests.staff.test_inbox import ben, desk, shown, waiting
from tests.staff.test_inbox_acts import HTMX, act, again, kinds

__all__ = ["ben", "desk"]
SOURCE = {
    "number": 1,
    "quote": "hold the button",
    "title": "Manual",
    "heading_path": ["Reset"],
    "page": 7,
    "document_id": "00000000-0000-4000-8000-000000000001",
    "version_id": "00000000-0000-4000-8000-000000000002",
    "url": "",
    "start": 3,
    "end": 9,
}


def publish() -> None:
    """Let every pending reply be due, and publish it."""
    PendingReply.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    staffing.publish_due()


def test_a_reply_waits_and_can_be_taken_back_with_its_words(desk: Client) -> None:
    conversation = waiting()
    act(desk, "reply", conversation, text="Hello, this is Ben.", read_seq=conversation.head_seq)
    pending = PendingReply.objects.get()

    page = shown(desk, conversation)
    address = reverse("staff:inbox-undo", args=[pending.pk])
    back = desk.post(address, {"text": "And more."}, headers=HTMX).content.decode()

    assert "Sends at" in page
    assert "Hello, this is Ben.\n\nAnd more.</textarea>" in back
    assert not PendingReply.objects.exists()
    assert not Message.objects.filter(role=Role.STAFF).exists()


def test_taking_back_what_was_sent_says_that_it_is_too_late(desk: Client) -> None:
    conversation = waiting()
    act(desk, "reply", conversation, text="Hello.", read_seq=conversation.head_seq)
    address = reverse("staff:inbox-undo", args=[PendingReply.objects.get().pk])
    publish()

    late = desk.post(
        address, {"conversation": conversation.pk, "text": "More"}, headers=HTMX
    ).content.decode()

    assert "Too late to take it back" in late
    assert "More</textarea>" in late


def test_nobody_takes_a_colleagues_reply_back(desk: Client) -> None:
    conversation = waiting()
    reply, _ = staffing.send_reply(conversation.pk, staff("ada"), "Ada here.", conversation.head_seq)

    desk.post(reverse("staff:inbox-undo", args=[reply.pk]), {"conversation": conversation.pk}, headers=HTMX)

    assert PendingReply.objects.filter(pk=reply.pk).exists()


def test_whoever_was_overtaken_reads_first_and_keeps_the_words(desk: Client) -> None:
    conversation = waiting()
    read = conversation.head_seq
    staffing.send_reply(conversation.pk, staff("ada"), "Ada here.", read)
    publish()

    refused = act(desk, "reply", conversation, text="Ben here.", read_seq=read)
    page = desk.post(
        reverse("staff:inbox-reply", args=[conversation.pk]), {"text": "Ben here.", "read_seq": read}
    ).content.decode()

    for html in (refused, page):
        assert "Ada answered while you were writing. Read it, then send again." in html
        assert "Ben here.</textarea>" in html
    assert "Ada here.</p>" in page
    assert not PendingReply.objects.exists()


def test_reply_and_close_closes_behind_the_reply(desk: Client) -> None:
    conversation = waiting()
    act(desk, "reply", conversation, text="Done.", read_seq=conversation.head_seq, then="close")

    publish()

    assert again(conversation).care == Care.CLOSED
    assert kinds(conversation)[-3:] == ["message.created", "handoff.finished", "conversation.closed"]


def test_sources_that_the_text_still_names_are_stored_with_the_message(desk: Client) -> None:
    conversation = waiting()
    signed = Composer(sources=[SOURCE, {**SOURCE, "number": 2, "title": "Another"}]).signed

    act(desk, "reply", conversation, text="Hold it [1].", read_seq=conversation.head_seq, draft=signed)
    publish()

    message = Message.objects.get(role=Role.STAFF)
    data = Event.objects.get(conversation=conversation, kind="message.created", seq__gt=2).data["message"]
    assert [(one.number, one.title, one.page) for one in message.citations.all()] == [(1, "Manual", 7)]
    assert [one["number"] for one in data["citations"]] == [1]
    assert "from=3&to=9&page=7" in data["citations"][0]["url"]


@pytest.mark.parametrize("draft", ["forged", "W10:x:y"])
def test_sources_that_somebody_forged_are_left_out(desk: Client, draft: str) -> None:
    conversation = waiting()

    act(desk, "reply", conversation, text="Hold it [1].", read_seq=conversation.head_seq, draft=draft)
    publish()

    assert not Message.objects.get(role=Role.STAFF).citations.exists()


def test_canned_replies_are_written_changed_and_deleted(desk: Client, ben: User) -> None:
    desk.post(reverse("staff:canned-new"), {"shortcut": "hello", "text": "Hello {name}!"})
    reply = CannedReply.objects.get()
    twice = desk.post(reverse("staff:canned-new"), {"shortcut": "hello", "text": "Again"}).content.decode()
    desk.post(reverse("staff:canned-edit", args=[reply.pk]), {"shortcut": "hi", "text": "Hi {name}!"})
    listed = desk.get(reverse("staff:canned")).content.decode()
    desk.post(reverse("staff:canned-delete", args=[reply.pk]))

    assert reply.created_by == ben
    assert "Another canned reply has this shortcut" in twice
    assert "/hi" in listed
    assert not CannedReply.objects.exists()
    assert "There are no canned replies yet" in desk.get(reverse("staff:canned")).content.decode()


def test_the_picker_fills_in_the_name_and_counts_what_was_used(desk: Client) -> None:
    conversation = waiting()
    Conversation.objects.filter(pk=conversation.pk).update(name="Cleo")
    reply = CannedReply.objects.create(shortcut="hello", text="Hello {name}!")

    picker = desk.get(reverse("staff:inbox-canned", args=[conversation.pk])).content.decode()
    act(desk, "reply", conversation, text="Hello Cleo!", read_seq=9, canned=reply.pk)

    assert 'data-text="Hello Cleo!"' in picker
    assert CannedReply.objects.get().uses == 1


@pytest.mark.parametrize(("name", "words"), [("Cleo", "Hello Cleo, hello."), ("", "Hello, hello.")])
def test_without_a_name_canned_words_are_none_the_worse(name: str, words: str) -> None:
    assert filled("Hello {name}, hello.", name) == words
