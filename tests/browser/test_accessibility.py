"""Accessibility: axe finds nothing to complain about in any state of the pages."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(frame: Page | Frame) -> list[str]:
    """Return the rules broken on a page, each with the first element that breaks it."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; run: npm ci")
    frame.evaluate(AXE.read_text() + "; undefined")
    found: list[str] = frame.evaluate(
        """async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ["violations"] }))
          .violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`)""",
        RULES,
    )
    return found


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_chat_is_accessible_in_every_state(
    browser: Browser, server: ScriptedServer, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}

    page.goto(server.url)
    expect(page.locator(".suggestion").first).to_be_visible()
    found["empty"] = violations(page)
    server.pace = 0.3
    ask(page, samples.QUESTION)
    expect(page.locator(".growing")).to_be_visible()
    found["streaming"] = violations(page)
    page.get_by_role("button", name="Stop answering").click()
    server.pace = 0.0
    server.answer = {**samples.CITED, "answerer": "quoting"}
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    page.locator("[role=log] .chip").last.click()
    found["card"] = violations(page)
    page.keyboard.press("Escape")
    server.answer = dict(samples.DECLINED)
    ask(page, "Who won?")
    expect(page.locator(".declined .actions")).to_be_visible()
    page.locator(".declined").get_by_role("button", name="This did not help").click()
    ask(page, "x" * 4001)
    found["declined, reason, too long"] = violations(page)
    page.get_by_role("button", name="Menu").click()
    found["menu"] = violations(page)
    page.get_by_role("button", name="New conversation").click()
    found["dialog"] = violations(page)

    assert {state: broken for state, broken in found.items() if broken} == {}
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reader_is_accessible(browser: Browser, server: ScriptedServer, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()

    page.goto(f"{server.url}/read#passage")

    assert violations(page) == []
    context.close()


def test_the_open_widget_is_accessible_on_the_page_and_inside(page: Page, server: ScriptedServer) -> None:
    tag = f'<script async src="{server.url}/widget/v1/loader.js" data-assistant="demo"></script>'
    head = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>'
    server.host_page = f'<!doctype html><html lang="en">{head}<main><h1>Shop</h1></main>{tag}'
    page.goto(f"{server.url}/host")

    page.get_by_role("button", name="Chat").click()
    expect(page.frame_locator("iframe").locator(".suggestion").first).to_be_visible()

    inside = page.frames[1]
    assert violations(inside) == []
    assert violations(page) == []
