"""Fixtures of the stack tests: one running product for all of them, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.stack.product import Product, eventually, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PUBLIC = Path(__file__).parents[2] / "evals" / "demo" / "documents" / "public"


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, with the FAQ of the demo taken in."""
    with running(tmp_path_factory.mktemp("stack")) as product:
        done = product.manage("ingest", str(PUBLIC / "faq.csv"), "--collection", "help-centre")
        assert done.returncode == 0, done.stderr
        eventually(
            lambda: product.rows("SELECT 1 FROM knowledge_heartbeat WHERE kind = 'answers'"), seconds=60
        )
        yield product


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # For one module only: while Playwright runs, its event loop is in the way of every asynchronous test.
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile; a test fails when a page breaks its own content policy."""
    context = chromium.new_context(viewport={"width": 1100, "height": 800}, locale="en-GB")
    complaints: list[str] = []
    context.on(
        "console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []
