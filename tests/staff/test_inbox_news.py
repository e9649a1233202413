"""What is new in the inbox: fetched by number, so that asking twice says the same."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chat.conversations import feedback, staffing
from chat.conversations.answers import claim_next
from chat.models import Answer, Conversation, Role
from tests.factories import asked
from tests.staff.test_inbox import answered, ben, desk, shown, waiting

__all__ = ["ben", "desk"]


def test_an_answer_in_the_making_is_shown_as_such(desk: Client) -> None:
    conversation = asked().conversation
    claim_next("test", 1)
    Answer.objects.update(text="Hold the")

    html = shown(desk, conversation)

    assert "answering …" in html
    assert "Hold the</p>" in html


def news(client: Client, conversation: Conversation, after: int, note: int = 0) -> str:
    """Return what is new in a conversation after an event and a note."""
    address = reverse("staff:inbox-news", args=[conversation.pk])
    return client.get(address, {"after": after, "note": note}).content.decode()


def test_the_news_hold_only_what_came_after_and_say_the_same_when_asked_again(
    desk: Client, ben: User
) -> None:
    conversation = waiting("The first one?")
    read = conversation.head_seq
    staffing.say(conversation, ben, "The second one.")
    staffing.add_note(conversation.pk, ben, "The third one.")

    once, again = news(desk, conversation, read), news(desk, conversation, read)

    assert "The first one?" not in once
    assert "The second one.</p>" in once
    assert "The third one.</p>" in once
    assert f'value="{read + 1}"' in once
    assert [line for line in once.splitlines() if "csrf" not in line] == [
        line for line in again.splitlines() if "csrf" not in line
    ]


def test_a_thumb_comes_with_the_message_it_is_for(desk: Client) -> None:
    conversation = answered()
    read = conversation.head_seq
    reply = conversation.messages.get(role=Role.ASSISTANT)
    feedback.give_feedback(conversation.pk, reply.pk, False, "Which button?")

    html = news(desk, conversation, read)

    assert f'id="message-{reply.pk}" class="talk-entry is-assistant" hx-swap-oob="true"' in html
    assert "Which button?" in html


def test_a_pane_is_a_part_of_the_page_and_never_kept_for_the_whole(desk: Client) -> None:
    conversation = waiting()
    address = reverse("staff:inbox-conversation", args=[conversation.pk])

    pane = desk.get(address, headers={"HX-Request": "true"})
    restored = desk.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in pane.content.decode()
    assert "<html" in restored.content.decode()
    assert "HX-Request" in pane["Vary"]
    assert "no-store" in pane["Cache-Control"]
