"""Bans: who and what an assistant does not answer."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat.conversations import handoffs
from chat.conversations.bans import Visitor, ban_conversation, clean_value, lift, refuse_banned
from chat.errors import BadQuestion
from chat.limits.addresses import keyed_hash
from chat.models import Ban, Conversation, Customer
from tests.factories import asked, assistant, staff

pytestmark = pytest.mark.django_db


def refusal(visitor: Visitor, question: object = None) -> str:
    """Return the code with which a visitor is refused; empty when let in."""
    try:
        refuse_banned(visitor, question)
    except BadQuestion as error:
        return error.code
    return ""


def ban(kind: Ban.Kind, value: str, **columns: object) -> Ban:
    """Ban something."""
    return Ban.objects.create(kind=kind, value=value, **columns)


@pytest.mark.parametrize(
    ("word", "question", "is_refused"),
    [
        ("ass", "Where is my class?", False),
        ("ass", "You ASS!", True),
        ("größe", "Welche Grösse?", True),
        ("buy now", "Please buy  now", False),
        ("buy now", "BUY NOW!", True),
        ("c++", "Do you know c++?", True),
        ("爆弾", "これは爆弾です", True),
    ],
)
def test_a_banned_word_is_found_by_itself_and_asks_for_other_words(
    word: str, question: str, is_refused: bool
) -> None:
    ban(Ban.Kind.WORD, word)

    assert refusal(Visitor(assistant()), question) == ("rephrase" if is_refused else "")


def test_staff_may_read_any_word() -> None:
    conversation = asked().conversation
    ban(Ban.Kind.WORD, "scam")
    handoffs.join(conversation.id, staff())

    assert refusal(Visitor(assistant(), conversation_id=conversation.id), "A scam?") == ""


def test_a_banned_conversation_is_refused_and_no_other() -> None:
    dan, cleo = asked().conversation, asked().conversation
    ban_conversation(dan, staff(), "rude")
    ban_conversation(dan, staff(), "very rude")

    assert Ban.objects.get().reason == "very rude"
    assert refusal(Visitor(assistant(), conversation_id=dan.id)) == "not_available"
    assert refusal(Visitor(assistant(), conversation_id=cleo.id)) == ""


@pytest.mark.parametrize(
    ("value", "is_refused"),
    [("8.8.8.8/32", True), ("8.8.0.0/16", True), ("8.8.4.0/24", False), ("2001:db8::/32", False)],
)
def test_a_banned_address_is_refused(value: str, is_refused: bool) -> None:
    ban(Ban.Kind.ADDRESS, value)

    assert refusal(Visitor(assistant(), "8.8.8.8")) == ("not_available" if is_refused else "")
    assert refusal(Visitor(assistant(), "")) == ""


def test_an_address_may_be_banned_by_its_code_from_the_log() -> None:
    ban(Ban.Kind.ADDRESS, keyed_hash("8.8.8.8"))

    assert refusal(Visitor(assistant(), "8.8.8.8")) == "not_available"
    assert refusal(Visitor(assistant(), "8.8.4.4")) == ""


def test_a_banned_customer_is_refused_in_whatever_conversation() -> None:
    conversation = asked().conversation
    dan = Customer.objects.create(assistant=assistant(), external_id="dan-7")
    Conversation.objects.filter(id=conversation.id).update(customer=dan)
    ban(Ban.Kind.CUSTOMER, "dan-7")

    assert refusal(Visitor(assistant(), conversation_id=conversation.id)) == "not_available"


def test_a_ban_ends_by_itself_or_is_lifted_and_stays_with_its_assistant() -> None:
    over = timezone.now() - timedelta(seconds=1)
    ban(Ban.Kind.WORD, "past", until=over)
    ban(Ban.Kind.WORD, "elsewhere", assistant=assistant("other"))
    here = ban(Ban.Kind.WORD, "here", assistant=assistant())

    assert refusal(Visitor(assistant()), "past elsewhere") == ""
    assert refusal(Visitor(assistant()), "here") == "rephrase"
    assert lift(here.pk) is not None
    assert lift(here.pk) is None
    assert refusal(Visitor(assistant()), "here") == ""


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Ban.Kind.ADDRESS, " 203.0.113.7 ", "203.0.113.7/32"),
        (Ban.Kind.ADDRESS, "203.0.113.9/24", "203.0.113.0/24"),
        (Ban.Kind.ADDRESS, "2001:DB8::/32", "2001:db8::/32"),
        (Ban.Kind.ADDRESS, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (Ban.Kind.WORD, "  buy   now\x00", "buy now"),
    ],
)
def test_what_is_banned_is_stored_in_one_form(kind: Ban.Kind, value: str, expected: str) -> None:
    assert clean_value(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Ban.Kind.ADDRESS, "somewhere"),
        (Ban.Kind.ADDRESS, "203.0.113.0/33"),
        (Ban.Kind.CONVERSATION, "00000000-0000-4000-8000-000000000001"),
        (Ban.Kind.CONVERSATION, "Cleo's"),
        (Ban.Kind.WORD, "!!"),
    ],
)
def test_what_cannot_be_banned_is_said(kind: Ban.Kind, value: str) -> None:
    with pytest.raises(ValidationError):
        clean_value(kind, value)


def test_a_conversation_is_found_by_the_address_of_its_page() -> None:
    conversation = asked().conversation

    assert clean_value(Ban.Kind.CONVERSATION, f"https://help.example.com/staff/x/{conversation.id}/") == str(
        conversation.id
    )
