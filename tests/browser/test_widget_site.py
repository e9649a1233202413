"""The widget on somebody's website: its JavaScript interface, several tabs, hosts of all kinds."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask, choose, visit_shop
from tests.embedded.waiting import eventually

pytestmark = pytest.mark.browser


def record_events(page: Page) -> None:
    """Write down what the interface tells the website."""
    page.evaluate(
        """() => {
          window.told = [];
          for (const name of ["ready", "open", "close", "message", "unread", "handoff", "error"])
            Supportbot.on(name, (detail) => told.push([name, detail ?? null]));
        }"""
    )


def test_the_website_hears_that_something_happened_and_never_what_was_said(
    page: Page, server: ScriptedServer
) -> None:
    visit_shop(page, server)
    record_events(page)

    page.evaluate(f"Supportbot.ask({samples.QUESTION!r})")
    expect(page.frame_locator("iframe").locator(".sources")).to_be_visible()
    choose(page.frame_locator("iframe"), "Talk to a person")
    expect(page.frame_locator("iframe").locator(".note")).to_be_visible()
    page.evaluate("Supportbot.close()")

    told = page.evaluate("told")
    assert [name for name, _ in told] == ["open", "ready", "message", "message", "handoff", "close"]
    assert told[2][1] == {"role": "customer", "length": len(samples.QUESTION)}
    assert told[3][1] == {"role": "assistant", "length": len(samples.ANSWER)}
    assert told[4][1] == {"state": "requested"}
    assert "filter" not in str(told)


def test_listening_ends_when_the_website_says_so(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)

    page.evaluate(
        "window.count = 0; window.off = Supportbot.on('open', () => (count += 1)); Supportbot.open()"
    )
    page.evaluate("off(); Supportbot.close(); Supportbot.open()")

    assert page.evaluate("count") == 1


def test_a_chat_that_did_not_come_can_be_loaded_again(page: Page, server: ScriptedServer) -> None:
    page.route("**/chat.js", lambda route: route.abort())
    visit_shop(page, server)
    page.evaluate("Supportbot.open()")
    chat = page.frame_locator("iframe")
    late = chat.locator(".late")
    expect(late).to_be_visible()
    assert late.evaluate("node => getComputedStyle(node).animationDelay") == "8s"

    page.unroute("**/chat.js")
    late.get_by_role("link").click()
    ask(chat, samples.QUESTION)

    expect(chat.locator(".sources")).to_be_visible()
    expect(late).to_have_count(0)
    chat.get_by_role("button", name="Close chat").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_on_a_phone_a_chat_that_did_not_come_can_be_closed(page: Page, server: ScriptedServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/chat.js", lambda route: route.abort())
    visit_shop(page, server)
    button = page.locator("#launcher")
    button.click()
    expect(page.frame_locator("iframe").locator(".late")).to_be_visible()

    button.click()
    expect(page.locator("#panel")).to_be_hidden()
    page.unroute("**/chat.js")
    button.click()
    page.frame_locator("iframe").locator(".late").get_by_role("link").click()

    expect(button).to_be_hidden()
    page.frame_locator("iframe").get_by_role("button", name="Close chat").click()
    expect(button).to_be_focused()


def test_on_a_phone_the_button_makes_way_though_the_line_is_down(page: Page, server: ScriptedServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.route_web_socket("**/*", lambda socket: socket.close())
    visit_shop(page, server)

    page.locator("#launcher").click()

    expect(page.frame_locator("iframe").locator("#question")).to_be_visible()
    expect(page.locator("#launcher")).to_be_hidden()


def test_calls_made_before_the_loader_ran_are_made_up_for(page: Page, server: ScriptedServer) -> None:
    page.add_init_script(
        """if (top === window) {
          window.opened = 0;
          window.Supportbot = [["on", "open", () => (opened += 1)]];
          Supportbot.push(["open"]);
        }"""
    )

    visit_shop(page, server)

    expect(page.frame_locator("iframe").locator("#question")).to_be_focused()
    assert page.evaluate("opened") == 1
    assert page.evaluate("Object.keys(window).filter((name) => /supportbot/i.test(name))") == ["Supportbot"]


def test_the_website_vouches_and_takes_it_back(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    chat = page.frame_locator("iframe")

    page.evaluate("Supportbot.identify('a.b.c'); Supportbot.open()")
    ask(chat, samples.QUESTION)
    expect(chat.locator(".sources")).to_be_visible()
    server.cut()
    page.wait_for_timeout(1500)
    page.evaluate("Supportbot.identify(null)")

    expect(chat.locator(".suggestion").first).to_be_visible()
    assert chat.locator(".message").count() == 0
    assert server.frames("identify") == [{"type": "identify", "identity": "a.b.c"}]
    assert eventually(lambda: len({frame["token"] for frame in server.frames("hello")}) == 2)
    page.evaluate("Supportbot.identify(null)")
    page.wait_for_timeout(200)
    assert len({frame["token"] for frame in server.frames("hello")}) == 2


def test_a_refused_identity_is_told_to_the_website(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    record_events(page)
    server.refusals = [{"code": "bad_identity", "detail": "This token has expired."}]

    page.evaluate("Supportbot.identify('x'); Supportbot.open()")

    expect(page.frame_locator("iframe").get_by_role("alert")).to_have_text("This token has expired.")
    assert ["error", {"code": "bad_identity"}] in page.evaluate("told")


def test_another_customers_conversation_is_left_and_the_token_is_said_again(
    page: Page, server: ScriptedServer
) -> None:
    visit_shop(page, server)
    record_events(page)
    server.refusals = [{"code": "other_customer", "detail": "Somebody else was here."}]

    page.evaluate("Supportbot.identify('a.b.c'); Supportbot.open()")
    expect(page.frame_locator("iframe").locator(".suggestion").first).to_be_visible()
    page.wait_for_timeout(1500)

    assert [frame["identity"] for frame in server.frames("identify")] == ["a.b.c", "a.b.c"]
    assert len({frame["token"] for frame in server.frames("hello")}) == 2


def test_where_the_chat_is_shown_goes_with_the_hello(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    page.evaluate("history.replaceState(null, '', '/host?shelf=2#top'); Supportbot.open()")
    expect(page.frame_locator("iframe").locator(".suggestion").first).to_be_visible()

    hello = server.frames("hello")[0]

    assert (hello["v"], hello["locale"], hello["page_title"]) == (2, "en", "Shop")
    assert (hello["origin"], hello["page_url"]) == (server.url, f"{server.url}/host?shelf=2")


def test_unread_outlives_a_reload_and_is_read_in_every_tab(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    page.evaluate(f"Supportbot.ask({samples.QUESTION!r})")
    expect(page.frame_locator("iframe").locator(".growing")).to_be_visible()
    page.evaluate("Supportbot.close()")
    expect(page.locator("#launcher")).to_have_accessible_name("Chat, 1 unread message")

    page.reload()
    expect(page.locator("#launcher")).to_have_accessible_name("Chat, 1 unread message")
    other = page.context.new_page()
    other.goto(f"{server.url}/host")
    expect(other.locator("#launcher")).to_have_accessible_name("Chat, 1 unread message")
    other.locator("#launcher").click()

    expect(other.frame_locator("iframe").locator(".sources")).to_be_visible()
    expect(other.locator("#launcher")).to_have_accessible_name("Chat")
    expect(page.locator("#launcher")).to_have_accessible_name("Chat")


def test_a_person_is_heard_after_a_reload_though_the_chat_was_not_opened(
    page: Page, server: ScriptedServer
) -> None:
    visit_shop(page, server)
    page.evaluate("Supportbot.open()")
    choose(page.frame_locator("iframe"), "Talk to a person")
    expect(page.frame_locator("iframe").locator(".note")).to_be_visible()
    page.evaluate("Supportbot.close()")

    page.reload()
    page.wait_for_timeout(2000)
    server.do(server.say("Ben", "Still there?"))

    expect(page.locator("#launcher")).to_have_accessible_name("Chat, 1 unread message")


def test_two_tabs_stay_in_step_and_leave_together(page: Page, server: ScriptedServer) -> None:
    page.goto(server.url)
    other = page.context.new_page()
    other.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    expect(other.locator(".sources")).to_be_visible()
    ask(other, "And how often?")
    expect(other.locator(".sources")).to_have_count(2)
    expect(page.locator(".sources")).to_have_count(2)
    assert page.get_by_role("log").inner_html() == other.get_by_role("log").inner_html()

    choose(page, "Delete my data")
    page.get_by_role("button", name="Delete", exact=True).click()

    for tab in (page, other):
        expect(tab.locator(".suggestion").first).to_be_visible()
        assert tab.locator(".message").count() == 0
    assert page.evaluate("localStorage['supportbot:demo']") == other.evaluate(
        "localStorage['supportbot:demo']"
    )


def test_the_page_of_its_own_counts_in_its_title(page: Page, server: ScriptedServer) -> None:
    page.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )

    server.do(server.say("Ben", "One more thing."))

    expect(page).to_have_title("(1) Lindmoor Help")
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Lindmoor Help")


def test_a_host_with_its_own_onmessage_keeps_it(page: Page, server: ScriptedServer) -> None:
    page.add_init_script("window.heard = []; window.onmessage = ({ data }) => heard.push(data);")
    visit_shop(page, server)

    page.evaluate("Supportbot.open(); postMessage('mine', '*')")
    expect(page.frame_locator("iframe").locator(".suggestion").first).to_be_visible()

    assert "mine" in page.evaluate("heard")
    assert page.evaluate("onmessage !== null")


def test_nothing_moves_on_the_page_when_the_widget_comes_and_opens(
    page: Page, server: ScriptedServer
) -> None:
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    visit_shop(page, server)

    page.evaluate("Supportbot.open()")
    expect(page.frame_locator("iframe").locator(".suggestion").first).to_be_visible()

    assert page.evaluate("shift") == 0


@pytest.mark.parametrize("way", ["missing", "down"])
def test_a_host_does_not_notice_that_we_are_away(page: Page, server: ScriptedServer, way: str) -> None:
    gone = server.url if way == "missing" else "http://127.0.0.1:9"
    server.widget_origin = gone
    server.host_page = (
        f'<!doctype html><title>Shop</title><h1>Shop</h1><script async src="{gone}/gone/x.js"></script>'
    )

    page.goto(f"{server.url}/host")
    page.wait_for_timeout(300)

    assert page.evaluate("window.Supportbot === undefined")
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
