"""Browser fixtures: Chromium, and a scripted server behind the real pages."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer

# Browsers share their machine with builds; a test says what must happen, not how fast.
expect.set_options(timeout=20_000)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # For one module only: while Playwright runs, its event loop is in the way of every asynchronous test.
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(samples.assistant(), reader=samples.document()) as server:
        server.answer = dict(samples.CITED)
        yield server


@pytest.fixture
def page(browser: Browser, server: ScriptedServer) -> Iterator[Page]:
    """A page that fails its test when anything is refused by the policy or thrown.

    It closes before the server does: what a page still loads at the end of its test is no complaint.
    """
    context = browser.new_context(
        viewport={"width": 1000, "height": 760}, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert complaints == []
