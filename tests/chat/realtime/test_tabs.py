"""Tabs: one that said hello before anything was asked follows what another tab of its customer begins."""

import pytest

from chat.models import Assistant, Conversation
from tests.chat.realtime.customers import Customer, of_event, of_type, stored

pytestmark = pytest.mark.usefixtures("demo")


async def two_tabs() -> tuple[Customer, Customer]:
    """Return a tab that asked something, and one that was open before."""
    other_tab = Customer()
    await other_tab.enter()
    cleo = Customer(other_tab.secret)
    await cleo.enter()
    await cleo.ask()
    await cleo.until(of_event("message.created"))
    return cleo, other_tab


async def test_a_tab_that_pings_gets_what_was_said_and_hears_what_is_said_next() -> None:
    cleo, other_tab = await two_tabs()

    await other_tab.send(type="ping")
    pong = await other_tab.until(of_type("pong"))
    await cleo.ask("And the lamp?")
    await other_tab.until(of_event("message.created"))

    assert pong["head_seq"] == 1
    assert other_tab.events == [(1, "message.created"), (2, "message.created")]
    for tab in (cleo, other_tab):
        await tab.leave()


async def test_a_tab_that_resumes_gets_what_was_said() -> None:
    cleo, other_tab = await two_tabs()

    await other_tab.send(type="resume", last_seq=0)
    await other_tab.answered_up_to_now()

    assert other_tab.events == [(1, "message.created")]
    for tab in (cleo, other_tab):
        await tab.leave()


async def test_a_tab_that_forgets_deletes_what_another_tab_began() -> None:
    cleo, other_tab = await two_tabs()

    await other_tab.send(type="forget")
    await other_tab.until(of_type("forgotten"))
    await cleo.until(of_type("forgotten"))

    assert other_tab.events == []
    assert not await stored(Conversation.objects.exists)
    for tab in (cleo, other_tab):
        await tab.leave()


@pytest.mark.parametrize("frame", [{"type": "ping"}, {"type": "resume", "last_seq": 0}, {"type": "forget"}])
async def test_what_began_on_another_website_stays_closed_to_a_tab_that_was_open(
    demo: Assistant, frame: dict[str, object]
) -> None:
    await stored(lambda: Assistant.objects.update(allowed_origins=["https://*.example.com"]))
    shop, help_page = Customer(), Customer()
    help_page.secret = shop.secret
    for tab, origin in ((help_page, "https://help.example.com"), (shop, "https://shop.example.com")):
        await tab.connect()
        hello = {"type": "hello", "v": 2, "assistant": demo.key, "token": tab.secret, "origin": origin}
        await tab.send(**hello)
        await tab.until(of_type("welcome"))
    await shop.ask()
    await shop.until(of_event("message.created"))

    await help_page.send(**frame)
    error = await help_page.until(of_type("error"))

    assert error["code"] == "forbidden_origin"
    assert help_page.events == []
    assert await stored(Conversation.objects.exists)
    for tab in (shop, help_page):
        await tab.leave()
