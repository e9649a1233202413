"""Origins at the socket: a conversation belongs to the website it began on."""

import pytest

from chat.models import Assistant, Conversation
from tests.chat.realtime.customers import Customer, Frame, of_event, stored

pytestmark = pytest.mark.usefixtures("demo")
SHOP, HELP, EVIL = "https://shop.example.com", "https://help.example.com", "https://evil.example"


@pytest.fixture(autouse=True)
def _websites(demo: Assistant) -> None:
    Assistant.objects.filter(pk=demo.pk).update(allowed_origins=["https://*.example.com"])


async def enter_from(customer: Customer, **more: object) -> Frame:
    """Say hello as a frame on a website does; return the welcome or the error."""
    await customer.connect()
    await customer.send(type="hello", v=2, assistant="demo", token=customer.secret, **more)
    return await customer.until(lambda frame: frame["type"] in ("welcome", "error"))


async def asked_from(origin: str | None) -> Customer:
    """Return a customer who has asked something from a website, or from our own page."""
    cleo = Customer()
    await enter_from(cleo, **({"origin": origin} if origin else {}))
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    await cleo.leave()
    return cleo


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "https://shop.example.com.evil.example", "http://shop.example.com"]
)
async def test_a_website_that_may_not_embed_is_refused(origin: str) -> None:
    cleo = Customer()

    error = await enter_from(cleo, origin=origin)
    closed = await cleo.receive()

    assert error["code"] == "forbidden_origin"
    assert closed["code"] == 4403


async def test_a_conversation_opens_from_the_website_it_began_on_and_from_no_other() -> None:
    cleo = await asked_from(SHOP)

    again, elsewhere = Customer(cleo.secret), Customer(cleo.secret)
    welcome = await enter_from(again, origin=SHOP)
    error = await enter_from(elsewhere, origin=HELP)
    closed = await elsewhere.receive()
    await again.leave()

    assert (await stored(Conversation.objects.get)).origin == SHOP
    assert welcome["type"] == "welcome"
    assert welcome["conversation"] is not None
    assert error["code"] == "forbidden_origin"
    assert closed["code"] == 4403
    assert elsewhere.events == []


async def test_a_conversation_of_our_own_page_belongs_to_the_first_website_that_opens_it() -> None:
    cleo = await asked_from(None)
    first, second = Customer(cleo.secret), Customer(cleo.secret)

    welcome = await enter_from(first, origin=SHOP)
    error = await enter_from(second, origin=HELP)
    await first.leave()

    assert welcome["type"] == "welcome"
    assert error["code"] == "forbidden_origin"


async def test_a_client_of_version_1_still_opens_its_conversation() -> None:
    cleo = await asked_from(SHOP)
    old = Customer(cleo.secret)

    welcome = await old.enter()
    await old.until(of_event("message.created"))
    await old.leave()

    assert welcome["conversation"] is not None


async def test_a_question_is_refused_after_a_forbidden_hello() -> None:
    cleo = Customer()
    await enter_from(cleo, origin=EVIL)

    await cleo.ask()
    closed = await cleo.receive()
    await cleo.leave()

    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)
    assert cleo.socket.output_queue.empty()
    assert not await stored(Conversation.objects.exists)
