"""Forgetting: a customer deletes their conversation, and every socket of it learns that."""

import pytest
from channels.layers import get_channel_layer

from chat.models import Conversation
from chat.privacy.erasure import erase
from chat.realtime.broadcast import STAFF_GROUP
from tests.chat.realtime.customers import Customer, of_event, of_type, stored

pytestmark = pytest.mark.usefixtures("demo")


async def closes(customer: Customer) -> int:
    """Wait for the end of a socket; return its code."""
    while (output := await customer.receive())["type"] != "websocket.close":
        pass
    return int(output["code"])


async def test_every_tab_is_told_and_closed_and_staff_are_rung_for() -> None:
    cleo = Customer()
    other_tab = Customer(cleo.secret)
    await cleo.enter()
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    await other_tab.enter()
    await other_tab.answered_up_to_now()
    layer = get_channel_layer()
    ben = await layer.new_channel()
    await layer.group_add(STAFF_GROUP, ben)

    await cleo.send(type="forget")
    await cleo.until(of_type("forgotten"))
    await other_tab.until(of_type("forgotten"))
    codes = [await closes(cleo), await closes(other_tab)]

    assert codes == [4410, 4410]
    assert (await layer.receive(ben))["what"] == "queues"
    assert not await stored(Conversation.objects.exists)
    for tab in (cleo, other_tab):
        await tab.leave()


async def test_who_has_no_conversation_is_forgotten_all_the_same() -> None:
    cleo = Customer()
    await cleo.enter()

    await cleo.send(type="forget")
    await cleo.until(of_type("forgotten"))

    assert await closes(cleo) == 4410
    await cleo.leave()


@pytest.mark.parametrize(
    "frame",
    [{"type": "ping"}, {"type": "handoff", "wanted": True}, {"type": "contact", "name": "Cleo", "email": ""}],
)
async def test_a_tab_that_missed_the_announcement_learns_it_with_its_next_frame(
    frame: dict[str, object],
) -> None:
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    await stored(lambda: erase(Conversation.objects.get().pk))

    await cleo.send(**frame)
    await cleo.until(of_type("forgotten"))

    assert await closes(cleo) == 4410
    assert not await stored(Conversation.objects.exists)
    await cleo.leave()


async def test_dan_keeps_his_conversation_when_cleo_deletes_hers() -> None:
    cleo, dan = Customer(), Customer()
    for customer in (cleo, dan):
        await customer.enter()
        await customer.ask()
        await customer.until(of_event("message.created"))

    await cleo.send(type="forget")
    await cleo.until(of_type("forgotten"))
    await dan.answered_up_to_now()

    assert await stored(Conversation.objects.count) == 1
    assert "forgotten" not in {frame["type"] for frame in dan.frames}
    await cleo.leave()
    await dan.leave()
