"""Identity at the socket: a verified customer's devices are one, everybody else stays a stranger."""

import pytest

from chat.models import Assistant, Conversation
from tests.chat.identities import Website
from tests.chat.realtime.customers import Customer, Frame, of_event, of_type, stored
from tests.factories import token

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def site(demo: Assistant) -> Website:
    """Return the website of the assistant."""
    return Website(demo)


async def identify(customer: Customer, signed: str) -> Frame:
    """Send a token; return what is answered."""
    await customer.send(type="identify", identity=signed)
    return await customer.until(lambda frame: frame["type"] in ("identified", "error"))


async def a_verified_phone(site: Website) -> Customer:
    """Return Cleo's phone, on which she has asked something and was vouched for."""
    phone = Customer()
    await phone.enter()
    await phone.ask("Where is my order?")
    await phone.until(of_event("message.created"))
    await identify(phone, site.sign("cleo-1", name="Cleo"))
    await phone.until(of_event("contact.given"))
    return phone


async def test_another_device_is_welcomed_into_the_conversation_and_follows_it(site: Website) -> None:
    phone = await a_verified_phone(site)
    laptop = Customer()
    empty = await laptop.enter()

    identified = await identify(laptop, site.sign("cleo-1", name="Cleo"))
    welcome = await laptop.until(of_type("welcome"))
    await laptop.until(of_event("contact.given"))
    await laptop.ask("And when?")
    await laptop.until(of_event("message.created"))
    await phone.until(lambda f: f["type"] == "event" and "And when?" in str(f["data"]))
    again = Customer(laptop.secret)
    kept = await again.enter()
    for one in (phone, laptop, again):
        await one.leave()

    assert empty["identity"] == {"verified": False, "name": ""}
    assert identified["identity"] == welcome["identity"] == {"verified": True, "name": "Cleo"}
    assert empty["conversation"] is None
    assert welcome["conversation"] == kept["conversation"] is not None
    assert welcome["head_seq"] == 2
    assert laptop.events[:3] == [(1, "message.created"), (2, "contact.given"), (3, "message.created")]
    assert await stored(Conversation.objects.count) == 1


async def test_who_is_vouched_for_before_the_first_question_is_known_when_it_comes(site: Website) -> None:
    cleo = Customer()
    await cleo.enter()

    await identify(cleo, site.sign("cleo-1", name="Cleo", email="cleo@example.com"))
    await cleo.ask()
    await cleo.until(of_event("contact.given"))
    await cleo.leave()
    again = Customer(cleo.secret)
    welcome = await again.enter()
    await again.leave()

    assert welcome["identity"] == {"verified": True, "name": "Cleo"}
    assert welcome["contact"] == {"name": "Cleo", "email": "cleo@example.com"}


async def test_no_identity_that_is_not_believed_reaches_a_history(site: Website) -> None:
    phone = await a_verified_phone(site)
    spent = site.sign("cleo-1")
    await identify(phone, spent)
    forged = spent.rpartition(".")[0] + "." + "A" * 43
    expired = site.sign("cleo-1", iat=1_000_000_000, exp=1_000_000_100)
    dan = Customer()
    await dan.enter()

    codes = [(await identify(dan, signed))["code"] for signed in (forged, expired, spent, "a.b.c")]
    await dan.send(type="resume", last_seq=0)
    await dan.answered_up_to_now()
    again = Customer(dan.secret)
    welcome = await again.enter()
    for one in (phone, dan, again):
        await one.leave()

    assert codes == ["bad_identity", "expired_identity", "spent_identity", "bad_identity"]
    assert dan.events == again.events == []
    assert welcome["conversation"] is None
    assert welcome["identity"]["verified"] is False
    assert "order" not in str(dan.frames)


async def test_another_identity_at_the_same_browser_is_refused_and_begins_anew(site: Website) -> None:
    phone = await a_verified_phone(site)
    dans = site.sign("dan-1", name="Dan")

    refused = await identify(phone, dans)
    phone.secret = token()
    phone.frames.clear()
    welcome = await phone.hello()
    believed = await identify(phone, dans)
    await phone.answered_up_to_now()
    await phone.leave()

    assert refused["code"] == "other_customer"
    assert welcome["conversation"] is None
    assert believed["identity"] == {"verified": True, "name": "Dan"}
    assert phone.events == []


async def test_the_token_of_another_assistants_website_is_refused(site: Website) -> None:
    other = await stored(lambda: Website(Assistant.objects.create(key="other", name="Other")))
    cleo = Customer()
    await cleo.enter()

    refused = await identify(cleo, other.sign("cleo-1"))
    await cleo.leave()

    assert refused["code"] == "bad_identity"
