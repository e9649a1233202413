"""The widget on a foreign page: one tag, a strict host policy, a keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer

pytestmark = pytest.mark.browser


def visit_shop(page: Page, server: ScriptedServer, tags: int = 1, attributes: str = "") -> None:
    tag = f'<script async src="{server.url}/widget/v1/loader.js" data-assistant="demo" {attributes}></script>'
    head = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>'
    server.host_page = f'<!doctype html><html lang="en">{head}<h1>Shop</h1>{tag * tags}'
    page.goto(f"{server.url}/host")
    expect(page.locator("#launcher")).to_be_visible()


def test_it_opens_with_the_keyboard_and_gives_the_focus_back(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    launcher = page.get_by_role("button", name="Chat")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    assert page.locator("iframe").count() == 0

    launcher.press("Enter")

    field = page.frame_locator("iframe").get_by_label("Your question")
    expect(field).to_be_focused()
    expect(page.locator("#launcher")).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat")).to_be_focused()


def test_the_page_can_ask_through_it(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)

    page.evaluate(f"Supportbot.ask({samples.QUESTION!r})")

    expect(page.frame_locator("iframe").locator(".sources")).to_be_visible()
    assert [frame["text"] for frame in server.heard if frame["type"] == "ask"] == [samples.QUESTION]


def test_an_answer_that_comes_while_closed_is_counted(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    page.evaluate(f"Supportbot.ask({samples.QUESTION!r})")
    expect(page.frame_locator("iframe").locator(".growing")).to_be_visible()

    page.evaluate("Supportbot.close()")

    expect(page.locator("#launcher")).to_have_accessible_name("Chat, 1 unread message")
    page.get_by_role("button", name="Chat").click()
    expect(page.locator("#launcher")).to_have_accessible_name("Chat")


def test_a_second_tag_changes_nothing(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server, tags=2)
    page.wait_for_load_state("networkidle")

    names = page.evaluate("Object.keys(window).filter((name) => /supportbot/i.test(name))")

    assert names == ["Supportbot"]
    assert page.locator("#launcher").count() == 1


def test_messages_of_strangers_are_not_obeyed(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server)
    page.evaluate("Supportbot.open()")
    expect(page.frame_locator("iframe").get_by_label("Your question")).to_be_focused()

    page.evaluate("postMessage({supportbot: 'close'}, '*')")
    page.wait_for_timeout(100)

    expect(page.locator("iframe")).to_be_visible()


def test_on_a_phone_it_fills_the_window_and_locks_the_page(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    visit_shop(page, server)
    visible = page.evaluate("({ width: innerWidth, height: innerHeight })")

    page.get_by_role("button", name="Chat").tap()
    expect(page.frame_locator("iframe").get_by_role("button", name="Close chat")).to_be_visible()

    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (visible["width"], visible["height"])
    assert page.evaluate("document.documentElement.style.overflow") == "hidden"
    page.frame_locator("iframe").get_by_role("button", name="Close chat").tap()
    expect(page.locator("iframe")).to_be_hidden()
    assert page.evaluate("document.documentElement.style.overflow") == ""
    context.close()


def test_a_sites_colour_keeps_its_words_readable(page: Page, server: ScriptedServer) -> None:
    visit_shop(page, server, attributes='data-color="ffd400" data-label="Ask us"')
    page.get_by_role("button", name="Ask us").click()

    send = page.frame_locator("iframe").get_by_role("button", name="Send question")
    expect(send).to_have_css("background-color", "rgb(255, 212, 0)")

    expect(send).to_have_css("color", "rgb(0, 0, 0)")


@pytest.mark.parametrize(
    ("attributes", "box"),
    [
        ("", {"right": 20, "bottom": 20}),
        ('data-offset="48"', {"right": 48, "bottom": 48}),
        ('data-position="start" data-offset="0"', {"left": 0, "bottom": 0}),
        ('data-offset="9999" data-radius="4" data-theme="dark"', {"right": 64, "bottom": 64}),
    ],
)
def test_the_button_stands_where_the_site_wants_it(
    page: Page, server: ScriptedServer, attributes: str, box: dict[str, int]
) -> None:
    visit_shop(page, server, attributes=attributes)

    edges = page.locator("#launcher").evaluate(
        """(node) => {
          const { left, right, bottom } = node.getBoundingClientRect();
          return { left, right: innerWidth - right, bottom: innerHeight - bottom };
        }"""
    )

    assert {name: edges[name] for name in box} == box
