"""The main job in a browser: a manual goes in as staff, an answer with its page comes out as a customer."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.stack.conftest import PUBLIC
from tests.stack.product import PASSWORD, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
MANUAL = next(PUBLIC.glob("*rill*.pdf"), PUBLIC / "rill-washing-machine-manual.pdf")
QUESTION = "How do I clean the drain pump filter of my Rill washing machine?"
PATIENCE = 120_000  # ms; the worker shares two cores with the browser


def sign_in(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/staff/documents/")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/documents/")


def test_a_manual_is_uploaded_becomes_ready_and_is_cited_at_its_page(
    product: Product, context: BrowserContext
) -> None:
    staff = context.new_page()
    sign_in(staff, product)
    staff.set_input_files("#upload-files", str(MANUAL))
    staff.locator("#upload select").select_option(label="Help centre")
    staff.get_by_role("button", name="Upload").click()
    row = staff.locator("tr", has_text=MANUAL.name)
    expect(row.locator(".state-ready")).to_be_visible(timeout=PATIENCE)

    customer = context.new_page()
    customer.goto(product.url)
    customer.locator("#question").fill(QUESTION)
    customer.keyboard.press("Enter")
    answer = customer.locator("article.message.assistant.answered")
    expect(answer).to_be_visible(timeout=60_000)
    source = answer.locator("a.source", has_text="7").first
    with context.expect_page() as opened:
        source.click()
    reader = opened.value

    expect(reader.locator("mark").first).to_be_visible()
    assert "filter" in " ".join(reader.locator("mark").all_inner_texts()).casefold()
    expect(reader.get_by_text("Page 7 of").first).to_be_visible()


def test_the_widget_answers_on_another_origin(product: Product, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(product.website)

    page.get_by_role("button", name="chat").click()
    frame = page.frame_locator("iframe")
    frame.locator("#question").fill("How long is the warranty?")
    frame.locator("#question").press("Enter")

    answer = frame.locator("article.message.assistant.answered")
    expect(answer).to_be_visible(timeout=60_000)
    expect(answer.locator("a.source").first).to_be_visible()


def test_a_question_about_something_else_is_declined(product: Product, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(product.url)

    page.locator("#question").fill("Who won the football world cup in 1974?")
    page.keyboard.press("Enter")

    expect(page.locator("article.message.assistant.declined")).to_be_visible(timeout=60_000)
