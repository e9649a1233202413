"""The widget between origins: at home on an allowed website, absent from every other."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import samples
from tests.browser.conftest import CHROMIUM
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def names(browser: Browser) -> Iterator[Browser]:
    """A browser for which every host name is this machine."""
    rules = ["--no-sandbox", "--host-resolver-rules=MAP *.test 127.0.0.1"]
    kind = browser.browser_type
    assert CHROMIUM is not None
    named = kind.launch(executable_path=CHROMIUM, args=rules)
    yield named
    named.close()


@pytest.fixture
def visitor(names: Browser, server: ScriptedServer) -> Iterator[BrowserContext]:
    # After the server, so that no socket is left when that ends.
    context = names.new_context(locale="en-GB", reduced_motion="reduce")
    yield context
    context.close()


def visit_other_origin(visitor: BrowserContext, server: ScriptedServer, shop: str) -> tuple[Page, list[str]]:
    page = visitor.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    server.widget_origin = f"http://chat.help.test:{server.port}"
    tag = f'<script async src="{server.widget_origin}/widget/v1/loader.js" data-assistant="demo"></script>'
    server.host_page = f"<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>{tag}"
    page.goto(f"http://{shop}:{server.port}/host")
    page.locator("#launcher").click()
    return page, complaints


def test_it_works_on_another_origin_under_a_strict_policy(
    visitor: BrowserContext, server: ScriptedServer
) -> None:
    server.ancestors = [f"http://www.shop.test:{server.port}"]

    page, complaints = visit_other_origin(visitor, server, "www.shop.test")
    chat = page.frame_locator("iframe")
    ask(chat, samples.QUESTION)

    expect(chat.locator(".sources")).to_be_visible()
    assert server.frames("hello")[0]["origin"] == f"http://www.shop.test:{server.port}"
    assert (
        page.evaluate("document.querySelector('div').shadowRoot.querySelector('iframe').contentDocument")
        is None
    )
    assert visitor.cookies() == []
    assert [line for line in complaints if re.search("Content Security|Refused|Trusted", line)] == []


def test_an_origin_that_is_not_allowed_gets_no_chat(visitor: BrowserContext, server: ScriptedServer) -> None:
    server.ancestors = [f"http://www.shop.test:{server.port}"]

    page, _ = visit_other_origin(visitor, server, "www.shop.test.evil.test")
    page.wait_for_timeout(1500)

    assert server.frames("hello") == []
    assert page.frames[-1].url.startswith("chrome-error:")


def test_a_theme_is_taken_from_our_own_preview_alone(visitor: BrowserContext, server: ScriptedServer) -> None:
    server.ancestors = [f"http://www.shop.test:{server.port}"]
    page, _ = visit_other_origin(visitor, server, "www.shop.test")
    chat = page.frame_locator("iframe")
    expect(chat.locator(".suggestion").first).to_be_visible()

    page.evaluate(
        """() => document.querySelector("div").shadowRoot.querySelector("iframe").contentWindow
          .postMessage({ supportbot: "theme", theme: { color: "#ff0000" } }, "*")"""
    )
    page.wait_for_timeout(200)

    expect(chat.get_by_role("button", name="Send question")).not_to_have_css(
        "background-color", "rgb(255, 0, 0)"
    )
