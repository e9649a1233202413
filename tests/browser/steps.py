"""Steps: what Cleo does on the chat's page, over and over."""

from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.scripted_server import ScriptedServer


def open_chat(page: Page, server: ScriptedServer, query: str = "") -> None:
    """Open the chat as a page of its own and wait until it is ready."""
    page.goto(f"{server.url}/{query}")
    expect(page.locator(".suggestion").first).to_be_visible()


def ask(page: Page | FrameLocator, text: str) -> None:
    """Ask a question."""
    field = page.locator("#question")
    field.fill(text)
    field.press("Enter")


def choose(page: Page | FrameLocator, item: str) -> None:
    """Choose an item of the menu."""
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("button", name=item).click()


def visit_shop(
    page: Page, server: ScriptedServer, tags: int = 1, attributes: str = "", script: str = ""
) -> None:
    """Open a website that embeds the widget."""
    tag = f'<script async src="{server.url}/widget/v1/loader.js" data-assistant="demo" {attributes}></script>'
    head = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>'
    server.host_page = f'<!doctype html><html lang="en">{head}{script}<h1>Shop</h1>{tag * tags}'
    page.goto(f"{server.url}/host")
    expect(page.locator("#launcher")).to_be_visible()
