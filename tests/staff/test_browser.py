"""The staff area in a real browser: live progress, uploads, reviews, and nothing that the CSP forbids."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings as configured
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from chat.models import Outcome, Review
from knowledge.models import (
    Document,
    EmbeddingSet,
    PageState,
    Source,
    State,
    SyncRun,
    Version,
)
from tests.staff.conftest import MakeConversation, MakeDocument, MakeSource
from tests.staff.looking import AXE

CHROMIUM = "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]
PASSAGE = {
    "title": "Manual",
    "heading_path": ["Care"],
    "page": 7,
    "text": "Unscrew the filter.",
    "score": 0.03,
    "dense": 0.8,
    "lexical": 2.5,
    "version_id": "00000000-0000-0000-0000-000000000007",
    "start": 0,
    "end": 5,
    "cited": True,
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a running Chromium."""
    # Playwright runs an event loop in this thread; the ORM is only used between its calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer, ada_client: Client) -> Iterator[Page]:
    """Return a page in which Ada is signed in; whatever the browser complains about fails the test."""
    if finders.find("vendor/htmx/htmx.min.js") is None:
        pytest.skip("the front-end libraries are not installed: run npm ci")
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    session = ada_client.cookies[configured.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def source(make_source: MakeSource) -> Source:
    """Return a source with a sync under way and a page that failed, while a set is being made."""
    EmbeddingSet.objects.create(name="e5-large", dimensions=4, probe=[], state=State.WORKING, done=3, total=9)
    source = make_source("A-very-long-name-without-any-space-" * 5)
    trouble = {"address": "https://help.example.com/a", "state": "failed", "reason": "It answered 503."}
    counts = {"new": 1, "unchanged": 1200, "failed": 1, "skipped": 4, "skipped_robots": 4}
    SyncRun.objects.create(
        source=source, state=State.WORKING, done=3, total=9, counts=counts, troubles=[trouble]
    )
    source.pages.create(address="https://help.example.com/" + "a" * 300, state=PageState.FAILED)
    return source


def pages_of(source: Source) -> list[str]:
    """Return the pages of a source, of storage and of the history."""
    own = ["", "edit/", "remove/", "runs/", f"runs/{source.runs.get().pk}/"]
    areas = ["sources/", "sources/new/", "storage/", "storage/new/", "history/"]
    return [*areas, *(f"sources/{source.pk}/{part}" for part in own)]


def test_every_page_opens_without_a_complaint_of_the_browser(
    page: Page, make_document: MakeDocument, make_conversation: MakeConversation, source: Source
) -> None:
    document = make_document("Manual", texts=["Open the flap."])
    conversation = make_conversation(evidence=[PASSAGE])
    areas = ["documents/", "conversations/", "collections/", "assistants/", "collections/new/"]
    areas += [f"documents/{document.pk}/", f"documents/{document.pk}/delete/", "assistants/demo/edit/"]

    for area in [*areas, f"conversations/{conversation.pk}/", *pages_of(source)]:
        page.goto(f"/staff/{area}")

        expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_obstacle_that_axe_can_find(
    page: Page,
    make_document: MakeDocument,
    make_conversation: MakeConversation,
    source: Source,
    scheme: Literal["light", "dark"],
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    document = make_document("Manual", texts=["Open the flap."])
    make_document("Policy", State.WORKING, stage="embedding", done=3, total=9)
    make_document("Scan", State.FAILED, reason="No text.", is_published=False)
    conversation = make_conversation(outcome=Outcome.DECLINED, evidence=[PASSAGE])
    areas = [
        "documents/?q=a",
        f"documents/{document.pk}/",
        "conversations/?q=a",
        "collections/",
        "assistants/",
    ]
    areas += [f"conversations/{conversation.pk}/", "assistants/demo/edit/", "collections/help-centre/edit/"]
    areas += pages_of(source)
    page.emulate_media(color_scheme=scheme)

    found = {}
    for area in areas:
        page.goto(f"/staff/{area}")
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(AXE.read_text())
        found[area] = page.evaluate("axe.run().then(run => run.violations.map(v => [v.id, v.nodes[0].html]))")

    assert {area: violations for area, violations in found.items() if violations} == {}


@pytest.mark.parametrize("width", [320, 800, 1000, 1200])
def test_every_page_fits_the_screen_without_scrolling_sideways(
    page: Page, width: int, make_document: MakeDocument, make_conversation: MakeConversation, source: Source
) -> None:
    document = make_document("A-very-long-title-without-any-space-" * 5, State.FAILED, reason="No text.")
    make_document(
        "Garantiebedingungen", State.WORKING, stage="embedding", done=48, total=120, is_published=False
    )
    conversation = make_conversation([("x" * 300, "y" * 300)], evidence=[PASSAGE])
    page.set_viewport_size({"width": width, "height": 800})

    for area in [
        "documents/",
        f"documents/{document.pk}/",
        "conversations/",
        f"conversations/{conversation.pk}/",
        *pages_of(source),
    ]:
        page.goto(f"/staff/{area}")

        sides = "[...document.querySelectorAll('main *')].map(part => part.getBoundingClientRect().right)"
        assert page.evaluate(f"Math.max(...{sides})") <= width, area


def test_a_row_follows_the_work_until_it_is_done_and_then_rests(
    page: Page, make_document: MakeDocument
) -> None:
    document = make_document("Policy", State.WORKING, stage="embedding", done=3, total=9)
    page.goto("/staff/documents/")
    row = page.locator(f"#document-{document.pk}")
    expect(row).to_contain_text("3 of 9")

    Version.objects.update(done=8)
    expect(row).to_contain_text("8 of 9", timeout=15_000)
    Version.objects.update(state=State.READY)
    expect(row).to_contain_text("Ready", timeout=15_000)

    assert page.locator("#poller[hx-get]").count() == 0


def test_a_sync_is_followed_until_it_is_over_and_its_pages_appear(page: Page, source: Source) -> None:
    page.goto(f"/staff/sources/{source.pk}/")
    expect(page.locator("#facts")).to_contain_text("3 of 9 pages")

    source.pages.create(address="https://help.example.com/later", state=PageState.NEW)
    SyncRun.objects.update(done=9, state=State.READY)

    expect(page.locator("#facts")).to_contain_text("Ready", timeout=15_000)
    expect(page.locator("#page-list")).to_contain_text("help.example.com/later")
    assert "every 2s" not in (page.locator("#facts").get_attribute("hx-trigger") or "")


def test_a_button_of_a_source_refreshes_its_row_and_says_what_happened(page: Page, source: Source) -> None:
    page.goto("/staff/sources/")

    page.get_by_role("button", name="Pause: A-very").click()

    expect(page.locator("#messages")).to_contain_text("is paused")
    expect(page.locator(f"#source-{source.pk}")).to_contain_text("Paused")
    assert Source.objects.get().is_paused


def test_files_are_uploaded_one_by_one_and_appear_in_the_list(
    page: Page, collection: object, tmp_path: Path
) -> None:
    good, empty = tmp_path / "faq.txt", tmp_path / "empty.txt"
    good.write_text("The filter is cleaned every three months.\n")
    empty.touch()
    page.goto("/staff/documents/")

    page.get_by_label("Add documents").set_input_files([good, empty])
    page.get_by_role("button", name="Upload").click()

    expect(page.locator(".file-accepted")).to_have_count(1)
    expect(page.locator(".file-refused")).to_have_count(1)
    expect(page.locator("#documents")).to_contain_text("faq.txt")
    assert Document.objects.count() == 1


def test_an_act_refreshes_the_list_and_says_what_happened(page: Page, make_document: MakeDocument) -> None:
    document = make_document("Manual")
    page.goto("/staff/documents/")

    page.get_by_role("button", name="Unpublish: Manual").click()

    expect(page.locator("#messages")).to_contain_text("“Manual” is unpublished")
    expect(page.locator(f"#document-{document.pk}")).to_contain_text("Unpublished")
    expect(page.get_by_role("button", name="Publish: Manual")).to_be_visible()


def test_a_review_is_saved_in_place_with_a_confirmation(
    page: Page, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation(outcome=Outcome.DECLINED, evidence=[PASSAGE])
    page.goto(f"/staff/conversations/{conversation.pk}/")

    page.get_by_label("Incomplete").check()
    page.get_by_role("button", name="Save review").click()

    expect(page.locator(".saved")).to_have_text("Saved.")
    assert Review.objects.get().verdict == "incomplete"


def test_the_pages_follow_the_systems_colour_scheme(page: Page, collection: object) -> None:
    page.goto("/staff/documents/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.emulate_media(color_scheme="dark")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light == "rgb(255, 255, 255)"
    assert dark != light
