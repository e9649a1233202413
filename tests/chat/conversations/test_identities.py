"""Identities: whose a conversation becomes, on which devices, and whom it never reaches."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat.conversations import handoffs
from chat.conversations.identities import Identified, customer_of, identify, vouch
from chat.conversations.turns import find, hashed
from chat.errors import BadQuestion
from chat.models import Conversation, ConversationSecret, Customer, SpentIdentity
from tests.chat.identities import Website
from tests.factories import asked, assistant, in_parallel, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Website:
    """Return the website of the assistant."""
    return Website()


def refusal(secret: str, signed: str) -> str:
    """Return the code with which an identity is refused; empty when believed."""
    try:
        identify(assistant(), secret, signed)
    except BadQuestion as error:
        return error.code
    return ""


def vouched(site: Website, secret: str, sub: str = "cleo-1", **claims: object) -> Identified:
    """Let a website vouch for who holds a secret."""
    return identify(site.assistant, secret, site.sign(sub, **claims))


def test_a_conversation_becomes_the_customers_with_name_and_address(site: Website) -> None:
    secret = token()
    conversation = asked(secret=secret).conversation

    first = vouched(site, secret, name="Cleo  C.", email="cleo@example.com")
    again = vouched(site, secret, name="Cleo C.", email="cleo@example.com")

    stored = Conversation.objects.get()
    assert stored.customer == first.customer == again.customer
    assert (stored.name, stored.email) == ("Cleo C.", "cleo@example.com")
    assert [event.kind for event in first.events] == ["contact.given"]
    assert (first.conversation, first.is_taken_up, again.events) == (conversation, False, [])
    assert Customer.objects.get().external_id == "cleo-1"


def test_another_device_takes_the_conversation_up(site: Website) -> None:
    phone, laptop = token(), token()
    conversation = asked(secret=phone).conversation
    vouched(site, phone)

    found = vouched(site, laptop)

    assert found.is_taken_up
    assert found.conversation == find(assistant(), laptop) == conversation
    assert find(assistant(), phone) == conversation
    assert ConversationSecret.objects.get().token_sha256 == hashed(laptop)


def test_a_device_that_asked_already_keeps_its_own_conversation(site: Website) -> None:
    phone, laptop = token(), token()
    first = asked(secret=phone).conversation
    second = asked(secret=laptop).conversation
    vouched(site, phone)

    found = vouched(site, laptop)

    assert (found.conversation, found.is_taken_up) == (second, False)
    assert set(Customer.objects.get().conversations.all()) == {first, second}


def old(conversation: Conversation) -> None:
    """Let a conversation be over a month ago."""
    then = timezone.now() - timedelta(days=31)
    Conversation.objects.filter(id=conversation.id).update(last_message_at=then)


@pytest.mark.parametrize("end", [old, lambda conversation: handoffs.close(conversation.id)])
def test_a_conversation_that_is_over_is_not_taken_up(site: Website, end: object) -> None:
    phone, laptop = token(), token()
    conversation = asked(secret=phone).conversation
    vouched(site, phone)
    assert callable(end)
    end(conversation)

    found = vouched(site, laptop)

    assert (found.conversation, found.is_taken_up) == (None, False)
    assert find(assistant(), laptop) is None


def test_who_was_vouched_for_before_asking_has_the_conversation_they_found(site: Website) -> None:
    secret = token()
    vouched(site, secret, name="Cleo")

    conversation = asked(secret=secret).conversation
    events = vouch(conversation, secret)

    assert customer_of(assistant(), secret) == Conversation.objects.get().customer
    assert [event.data["name"] for event in events] == ["Cleo"]
    assert vouch(asked().conversation, token()) == []


def test_a_token_counts_once_but_again_for_the_same_browser(site: Website) -> None:
    cleo, dan = token(), token()
    asked(secret=cleo)
    signed = site.sign()

    codes = [refusal(cleo, signed), refusal(cleo, signed), refusal(dan, signed), refusal(cleo, signed)]

    assert codes == ["", "", "spent_identity", ""]
    assert find(assistant(), dan) is None
    assert SpentIdentity.objects.count() == 1


def test_the_same_number_for_two_customers_is_a_token_used_twice(site: Website) -> None:
    cleo, dan = token(), token()
    vouched(site, cleo, "cleo-1", jti="7")

    assert refusal(dan, site.sign("dan-1", jti="7")) == "spent_identity"
    assert not Customer.objects.filter(external_id="dan-1").exists()


def test_a_secret_of_one_customer_never_becomes_anothers(site: Website) -> None:
    secret = token()
    asked(secret=secret)
    vouched(site, secret, "cleo-1", name="Cleo")
    dans = site.sign("dan-1", name="Dan")

    refused = refusal(secret, dans)
    with_a_new_secret = refusal(token(), dans)

    assert (refused, with_a_new_secret) == ("other_customer", "")
    stored = Conversation.objects.get()
    assert stored.customer is not None
    assert (stored.customer.external_id, stored.name) == ("cleo-1", "Cleo")


def test_a_secret_that_has_not_asked_yet_has_one_customer_too(site: Website) -> None:
    secret = token()
    vouched(site, secret, "cleo-1")

    assert refusal(secret, site.sign("dan-1")) == "other_customer"


def test_the_key_of_another_device_has_one_customer_too(site: Website) -> None:
    phone, laptop = token(), token()
    asked(secret=phone)
    vouched(site, phone, "cleo-1")
    vouched(site, laptop, "cleo-1")

    assert refusal(laptop, site.sign("dan-1")) == "other_customer"


def test_customers_of_two_assistants_are_strangers(site: Website) -> None:
    other = Website(assistant("other"))
    phone, laptop = token(), token()
    asked(secret=phone)
    vouched(site, phone, "cleo-1")

    found = vouched(other, laptop, "cleo-1")

    assert found.conversation is None
    assert Customer.objects.count() == 2


def test_a_secret_that_is_a_key_elsewhere_is_refused_and_not_an_accident(site: Website) -> None:
    other = Website(assistant("other"))
    phone, laptop, third = token(), token(), token()
    for website, secret in ((site, phone), (other, third)):
        asked(secret=secret, key=website.assistant.key)
        vouched(website, secret)
    vouched(site, laptop)

    with pytest.raises(BadQuestion, match="another assistant"):
        vouched(other, laptop)


def test_spent_tokens_are_forgotten_when_nothing_could_use_them(site: Website) -> None:
    vouched(site, token())
    SpentIdentity.objects.update(expires_at=timezone.now() - timedelta(days=2))

    vouched(site, token())

    assert SpentIdentity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_browsers_with_one_token_at_once_are_not_both_believed() -> None:
    site = Website()
    phone = token()
    asked(secret=phone)
    vouched(site, phone)
    signed, secrets = site.sign(), [token() for _ in range(4)]
    connection.close()

    ends = in_parallel(
        *(lambda secret=secret: identify(site.assistant, secret, signed) for secret in secrets)
    )

    believed = [end for end in ends if isinstance(end, Identified)]
    refused = [end.code for end in ends if isinstance(end, BadQuestion)]
    assert len(believed) == 1
    assert refused == ["spent_identity"] * 3
    assert ConversationSecret.objects.count() == 1
