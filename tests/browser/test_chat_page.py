"""The chat as a customer meets it: Cleo asks, reads, checks the source, loses her network."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.embedded.waiting import eventually

pytestmark = pytest.mark.browser


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")


def open_chat(page: Page, server: ScriptedServer) -> None:
    page.goto(server.url)
    expect(page.locator(".suggestion").first).to_be_visible()


def choose(page: Page, item: str) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name=item).click()


def test_a_suggestion_asks_its_question_and_the_answer_shows_every_source(
    page: Page, server: ScriptedServer
) -> None:
    open_chat(page, server)

    page.get_by_role("button", name=samples.QUESTION).click()

    log = page.get_by_role("log")
    expect(log.get_by_text("every three months")).to_be_visible()
    assert page.locator("[role=log] .chip").all_inner_texts() == ["1", "1", "2", "2"]
    assert page.locator(".source-number").all_inner_texts() == ["1", "2"]
    expect(page.locator(".greeting")).to_be_hidden()


def test_a_chip_opens_the_quote_and_leads_to_the_passage(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)

    page.locator("[role=log] .chip").last.click()

    card = page.get_by_role("dialog", name="Source 2")
    expect(card).to_contain_text("Screw the filter in until it clicks.")
    expect(card).to_contain_text("Care › Maintenance intervals · Page 8")
    link = card.get_by_role("link", name="Open in document")
    expect(link).to_have_attribute("href", "/read?from=100&to=190#passage")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator("[role=log] .chip").last).to_be_focused()


def test_the_finished_text_is_the_same_streamed_and_reloaded(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    streamed = page.locator("[role=log] .prose").inner_html()

    page.reload()

    expect(page.locator(".sources")).to_be_visible()
    reloaded = page.locator("[role=log] .prose").inner_html()
    assert reloaded == streamed


def test_an_answer_is_announced_once_and_history_not_at_all(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    page.evaluate(
        """() => {
          window.announced = [];
          const log = document.querySelector("[role=log]");
          new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) =>
            log.getAttribute("aria-live") === "polite" && window.announced.push(node.className))))
            .observe(log, { childList: true });
        }"""
    )

    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()

    assert page.evaluate("announced.filter((name) => name.includes('assistant')).length") == 1
    expect(page.locator(".running")).to_have_attribute("aria-live", "off")
    page.reload()
    expect(page.locator(".sources")).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_history_is_shown_while_the_log_is_silent(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    page.add_init_script(
        """window.voices = [];
        new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) =>
          node.classList?.contains("message") &&
            window.voices.push(node.parentNode.getAttribute("aria-live")))))
          .observe(document, { childList: true, subtree: true });"""
    )

    page.reload()
    expect(page.locator(".sources")).to_be_visible()

    assert page.evaluate("voices") == ["off", "off"]


def test_a_lost_network_loses_and_doubles_nothing(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    server.pace = 0.05
    ask(page, samples.QUESTION)
    expect(page.locator(".growing")).to_contain_text("switch the machine")

    server.cut()
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.locator(".sources")).to_be_visible(timeout=20_000)
    assert page.locator(".message.customer").count() == 1
    assert page.locator("[role=log] .message.assistant").count() == 1
    expect(page.locator("[role=log] .prose")).to_contain_text("Open the flap at the lower right")


def test_a_question_asked_without_network_is_kept_and_sent_later(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    server.accepting = False
    server.cut()
    page.wait_for_timeout(100)

    ask(page, samples.QUESTION)

    expect(page.get_by_text("Not sent – retrying")).to_be_visible()
    server.accepting = True
    page.reload()
    expect(page.locator(".sources")).to_be_visible()
    assert page.locator(".message.customer").all_inner_texts()[0].count(samples.QUESTION) == 1
    assert page.locator(".message.customer").count() == 1


def test_stopping_keeps_what_was_written(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    server.pace = 0.1
    ask(page, samples.QUESTION)
    expect(page.locator(".growing")).to_contain_text("drain pump")

    page.get_by_role("button", name="Stop answering").click()

    expect(page.get_by_text("You stopped this answer")).to_be_visible()
    expect(page.get_by_role("button", name="Stop answering")).to_be_hidden()
    expect(page.locator("[role=log] .prose")).to_contain_text("drain pump")


def test_declined_is_calm_and_can_be_rated_with_a_reason(page: Page, server: ScriptedServer) -> None:
    server.answer = dict(samples.DECLINED)
    open_chat(page, server)
    ask(page, "Who won the football?")

    page.get_by_role("button", name="This did not help").click()
    page.get_by_label("What was missing? (optional)").fill("I need the score")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Not found in our documents")).to_be_visible()
    expect(page.get_by_role("button", name="This did not help")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Thank you for your feedback.")).to_be_visible()
    # The page thanks before the server has heard, so the frames may still be under way.
    assert eventually(lambda: len(server.frames("feedback")) == 2)
    assert [frame["reason"] for frame in server.frames("feedback")] == ["", "I need the score"]


def test_what_cannot_be_sent_is_said_in_one_sentence(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)

    ask(page, "   ")
    expect(page.get_by_role("alert")).to_have_text("Type a question first, then send it.")
    ask(page, "ä" * 4001)

    expect(page.get_by_role("alert")).to_have_text(re.compile("4,001 characters. Please shorten it to 4,000"))
    expect(page.get_by_text("4,001 of 4,000 characters")).to_be_visible()
    assert not [frame for frame in server.heard if frame["type"] == "ask"]


def test_an_input_methods_enter_does_not_send(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    page.get_by_label("Your question").fill("すみません")

    page.get_by_label("Your question").evaluate(
        """(field) => field.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))"""
    )
    page.keyboard.press("Shift+Enter")

    expect(page.get_by_label("Your question")).to_have_value("すみません\n")
    assert not [frame for frame in server.heard if frame["type"] == "ask"]


def test_html_in_questions_and_answers_stays_text(page: Page, server: ScriptedServer) -> None:
    attack = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](https://evil.example/x.png) <b>c</b>"
    server.answer = {**samples.DECLINED, "outcome": "answered", "text": attack}
    open_chat(page, server)

    ask(page, attack)

    expect(page.locator("[role=log] .assistant .text")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".message.customer .text")).to_have_text(attack)
    assert page.locator("[role=log] img, [role=log] b").count() == 0
    links = page.locator("[role=log] a").evaluate_all("(all) => all.map((one) => [one.href, one.rel])")
    assert links == [["https://evil.example/x.png", "noopener noreferrer nofollow"]]


def test_a_new_conversation_leaves_the_old_one_behind(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()

    choose(page, "New conversation")
    page.get_by_role("button", name="Start new").click()

    expect(page.locator(".suggestion").first).to_be_visible()
    assert page.locator(".message").count() == 0
    assert len({frame["token"] for frame in server.heard if frame["type"] == "hello"}) == 2
    page.reload()
    expect(page.locator(".suggestion").first).to_be_visible()
    assert page.locator(".message").count() == 0


@pytest.mark.parametrize(
    ("locale", "words"), [("de", "Ihre Frage"), ("es", "Su pregunta"), ("xx", "Your question")]
)
def test_the_language_follows_the_wish_of_the_site(
    page: Page, server: ScriptedServer, locale: str, words: str
) -> None:
    page.goto(f"{server.url}/?locale={locale}")

    expect(page.get_by_label(words)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == (locale if locale != "xx" else "en")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window_and_targets_are_large_enough(
    page: Page, server: ScriptedServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    open_chat(page, server)

    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = page.locator("button:visible").evaluate_all(
        """(all) => all.map((one) => one.getBoundingClientRect())
          .map(({ width, height }) => Math.min(width, height))"""
    )
    assert min(sizes) >= 24


def test_a_reload_in_the_middle_of_an_answer_ends_in_the_same_words(
    page: Page, server: ScriptedServer
) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    whole = page.locator("[role=log] .prose").inner_text()
    server.pace = 0.05
    ask(page, samples.QUESTION)
    expect(page.locator(".growing")).to_contain_text("Turn the filter")

    page.reload()

    expect(page.locator(".growing")).to_contain_text("Turn the filter")
    expect(page.locator(".sources")).to_have_count(2, timeout=30_000)
    assert page.locator("[role=log] .prose").last.inner_text() == whole
    assert page.locator(".message.customer").count() == 2


def test_targets_are_large_enough_for_fingers(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    server.answer["follow_ups"] = ["What does error E18 mean?"]
    page.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".next .suggestion")).to_be_visible()
    page.get_by_role("button", name="Menu").click()

    sizes = page.locator("button:visible:not(.chip)").evaluate_all(
        "(all) => all.map((one) => [one.className, one.offsetWidth, one.offsetHeight])"
    )

    assert [size for size in sizes if min(size[1:]) < 44] == []
    context.close()
