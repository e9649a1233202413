"""The widget in longer words: a made-up language that is two fifths longer fits the smallest window."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask

pytestmark = pytest.mark.browser

LOCALES = Path(__file__).resolve().parents[2] / "static" / "widget" / "locales"


def lengthened(text: str) -> str:
    """Return words of a catalogue, 40 % longer and none of them English."""
    more = "ẍẍẍẍẍẍ " * len(text)
    return f"⟦{text}{more[: max(2, len(text) * 4 // 10)]}⟧"


def pseudo_locale() -> str:
    source = (LOCALES / "en.js").read_text()
    lines = []
    for line in source.splitlines():
        key, colon, rest = line.partition('": ')
        if colon and rest.startswith('"'):
            rest = json.dumps(lengthened(json.loads(rest.rstrip(","))), ensure_ascii=False) + ","
        elif colon:
            forms = [part.partition(": ") for part in rest.strip("{ },").split('", ')]
            words = ((name, lengthened(text.strip('"'))) for name, _, text in forms)
            rest = "{" + ", ".join(f"{name}: {json.dumps(text)}" for name, text in words) + "},"
        lines.append(f"{key}{colon}{rest}")
    return "\n".join(lines)


def test_words_that_are_longer_by_two_fifths_still_fit(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page = context.new_page()
    found: list[list[str]] = []
    words = pseudo_locale()
    server.staff = {"open": False, "online": False}
    page.route("**/locales/en.js", lambda route: route.fulfill(body=words, content_type="text/javascript"))

    page.goto(server.url)
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(page.get_by_label("⟦Your question")).to_be_visible()
    page.get_by_role("button", name="⟦Menu").click()
    found.append(overflowing(page))
    page.keyboard.press("Escape")
    server.answer = {**samples.CITED, "answerer": "quoting"}
    server.offers_handoff = True
    ask(page, samples.QUESTION)
    expect(page.locator(".panel")).to_be_visible()
    found.append(overflowing(page))
    page.locator(".panel button").first.click()
    expect(page.locator(".contact")).to_be_visible()
    found.append(overflowing(page))

    assert found == [[], [], []]
    context.close()


def overflowing(page: Page) -> list[str]:
    """Return what sticks out of the window or out of its own box."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, p, h2, label, input, textarea, .menu, .badge")]
          .filter((node) => node.checkVisibility() && !node.closest(".title, .unseen"))
          .filter((node) => {
            const { left, right } = node.getBoundingClientRect();
            const isOut = left < -0.5 || right > innerWidth + 0.5;
            const isBox = getComputedStyle(node).display !== "inline";
            return isOut || (isBox && node.scrollWidth > node.clientWidth + 1);
          }).map((node) => node.outerHTML.slice(0, 160))"""
    )
    return found
