"""The reader page: the cited words, marked and in sight."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scripted_server import ScriptedServer

pytestmark = pytest.mark.browser


def test_the_passage_is_marked_centred_and_focused(page: Page, server: ScriptedServer) -> None:
    page.set_viewport_size({"width": 390, "height": 700})

    page.goto(f"{server.url}/read#passage")

    passage = page.locator("#passage")
    expect(passage).to_be_focused()
    expect(passage).to_be_in_viewport()
    assert page.locator("mark").all_inner_texts() == [
        "Place a shallow dish under the flap. Up to 2 litres may run out.",
        "Turn the filter anticlockwise.",
        "3 months",
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_passage_is_reached_without_script(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 500})
    page = context.new_page()

    page.goto(f"{server.url}/read#passage")

    expect(page.locator("#passage")).to_be_in_viewport()
    context.close()


def test_it_says_where_one_is_and_that_a_newer_version_exists(page: Page, server: ScriptedServer) -> None:
    page.goto(f"{server.url}/read")

    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("Page 7 of 12")
    expect(page.get_by_role("link", name="Next page")).to_have_attribute("href", "/read?page=8")
    expect(page.get_by_role("link", name="Read the current version")).to_have_attribute(
        "href", "/read?current"
    )
    outline = page.get_by_role("navigation", name="On this page")
    assert outline.get_by_role("link").all_inner_texts() == [
        "Care and cleaning",
        "Cleaning the drain pump filter",
        "Questions",
    ]


def test_the_outline_leads_to_its_headings(page: Page, server: ScriptedServer) -> None:
    page.goto(f"{server.url}/read")

    targets = page.locator(".outline a").evaluate_all(
        "(links) => links.map((link) => document.querySelector(link.hash).textContent)"
    )

    assert targets == ["Care and cleaning", "Cleaning the drain pump filter", "Questions"]


def test_uploaded_text_is_never_markup(page: Page, server: ScriptedServer) -> None:
    page.goto(f"{server.url}/read")

    item = page.get_by_role("listitem").filter(has_text="coins")

    expect(item).to_have_text("Remove lint and <b>coins</b>.")


def test_a_passage_that_cannot_be_marked_is_said(page: Page, server: ScriptedServer) -> None:
    server.reader |= {"passage_found": False, "is_live": True, "blocks": []}

    page.goto(f"{server.url}/read?from=5&to=9#passage")

    expect(page.get_by_text("The cited passage could not be marked on this page.")).to_be_visible()
    expect(page.get_by_text("This page of the document has no text.")).to_be_visible()
    expect(page.get_by_text("This is an earlier version")).to_have_count(0)
