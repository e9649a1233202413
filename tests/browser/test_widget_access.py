"""The widget for everybody: under axe, announced once, by keyboard alone, in both directions."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask, choose, visit_shop
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

Step = Callable[[Page, ScriptedServer], None]


def answered(page: Page, server: ScriptedServer) -> None:
    page.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources").last).to_be_visible()


def streaming(page: Page, server: ScriptedServer) -> None:
    server.pace = 0.3
    page.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".growing")).to_be_visible()


def citation_open(page: Page, server: ScriptedServer) -> None:
    answered(page, server)
    page.locator("[role=log] .chip").last.click()
    expect(page.locator(".card:popover-open")).to_be_visible()


def failed(page: Page, server: ScriptedServer) -> None:
    server.answer = {"text": "", "outcome": "failed", "answerer": "none", "citations": []}
    page.goto(server.url)
    ask(page, samples.QUESTION)
    expect(page.locator(".failed")).to_be_visible()
    server.refusals = [{"code": "rate_limited", "detail": "Slowly.", "retry_after": 60}]
    ask(page, samples.QUESTION)
    expect(page.get_by_role("alert")).to_be_visible()


def offline(page: Page, server: ScriptedServer) -> None:
    answered(page, server)
    server.accepting = False
    server.cut()
    page.context.set_offline(True)
    ask(page, "And now?")
    expect(page.get_by_text("You are offline.")).to_be_visible()


def hand_off_form(page: Page, server: ScriptedServer) -> None:
    server.staff = {"open": False, "online": False}
    server.offers_handoff = True
    answered(page, server)
    page.locator(".panel").get_by_role("button", name="Talk to a person").click()
    page.get_by_label("Your e-mail address").fill("cleo")
    page.keyboard.press("Enter")
    expect(page.locator(".panel").get_by_role("alert")).to_be_visible()


def joined(page: Page, server: ScriptedServer) -> None:
    answered(page, server)
    choose(page, "Talk to a person")
    expect(page.locator(".panel")).to_be_visible()
    server.do(server.join("Ben"))
    file = {"id": "f", "name": "plan.pdf", "media_type": "application/pdf", "size": 123_456}
    server.do(server.say("Ben", "Hello.", attachments=[file]))
    server.do(server.type("Ben"))
    expect(page.get_by_text("Ben is writing…")).to_be_visible()


def before_chat(page: Page, server: ScriptedServer) -> None:
    server.assistant.pre_chat = {"name": True, "email": True, "required": True}
    page.goto(server.url)
    expect(page.get_by_label("Your name")).to_be_visible()


def deleting(page: Page, server: ScriptedServer) -> None:
    answered(page, server)
    choose(page, "Delete my data")
    expect(page.get_by_role("dialog")).to_be_visible()


STATES: list[Step] = [
    streaming, citation_open, failed, offline, hand_off_form, joined, before_chat, deleting,
]  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    # 1280 pixels at 400 % are 320, and 1024 are 256 high.
    "zoomed": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "forced colours": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}


@pytest.fixture
def look(browser: Browser, server: ScriptedServer, request: pytest.FixtureRequest) -> BrowserContext:
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **LOOKS[request.param])
    request.addfinalizer(context.close)  # noqa: PT021 - the look is the fixture's own parameter
    return context


@pytest.mark.parametrize("look", LOOKS, indirect=True)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_state_breaks_a_rule_or_the_window(
    look: BrowserContext, server: ScriptedServer, state: Step
) -> None:
    page = look.new_page()

    state(page, server)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.getAnimations().length") == 0


SPOKEN = """() => {
  window.spoken = [];
  const live = (node) => {
    const region = node.closest("[aria-live], [role=log], [role=status], [role=alert]");
    const isLive = region && region.getAttribute("aria-live") !== "off";
    return isLive ? (region.getAttribute("role") ?? "live") : null;
  };
  new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
    const region = live(target.nodeType === 1 ? target : target.parentElement);
    if (!region) return;
    for (const node of addedNodes) spoken.push([region, node.textContent]);
  })).observe(document.body, { childList: true, subtree: true });
}"""


def test_each_answer_is_spoken_once_and_history_never(page: Page, server: ScriptedServer) -> None:
    page.goto(server.url)
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(page.locator("[role=log]")).to_have_attribute("aria-live", "polite")
    page.evaluate(SPOKEN)

    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    choose(page, "Talk to a person")
    expect(page.locator(".note")).to_be_visible()
    server.do(server.say("Ben", "Hello from Ben."))
    expect(page.locator(".message.staff")).to_be_visible()
    page.wait_for_timeout(200)

    spoken = page.evaluate("spoken")
    said = [words for region, words in spoken if region == "log"]
    assert sum("every three months" in words for words in said) == 1
    assert sum("Hello from Ben." in words for words in said) == 1
    assert len(said) == 4  # question, answer, note, staff
    assert [words for region, words in spoken if region == "alert" and words] == []
    assert "Searching the documents…" in [words for region, words in spoken if region == "status"]

    page.add_init_script(f"document.addEventListener('DOMContentLoaded', {SPOKEN})")
    page.reload()
    expect(page.locator(".message.staff")).to_be_visible()
    page.wait_for_timeout(300)
    assert [words for region, words in page.evaluate("spoken") if region == "log"] == []


def tab_back_to(page: Page, control: Locator) -> None:
    """Go back by keyboard until a control has the focus."""
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if control.evaluate("(node) => node === document.activeElement"):
            return


def test_a_whole_visit_needs_no_mouse(page: Page, server: ScriptedServer) -> None:
    page.add_init_script(
        """window.mice = 0;
        for (const name of ["mousedown", "pointerdown", "touchstart"])
          addEventListener(name, () => (mice += 1), true);"""
    )
    server.answer["follow_ups"] = ["What does error E18 mean?"]
    visit_shop(page, server)
    chat = page.frame_locator("iframe")
    keys = page.keyboard

    keys.press("Tab")
    expect(page.locator("#launcher")).to_be_focused()
    keys.press("Enter")
    expect(chat.locator("#question")).to_be_focused()
    keys.type(samples.QUESTION)
    keys.press("Enter")
    expect(chat.locator(".next .suggestion")).to_be_visible()
    chip = chat.locator("[role=log] .chip").first
    tab_back_to(page, chip)
    keys.press("Enter")
    expect(chat.locator(".card:popover-open")).to_be_visible()
    keys.press("Escape")
    expect(chip).to_be_focused()
    menu = chat.get_by_role("button", name="Menu")
    tab_back_to(page, menu)
    keys.press("Enter")
    keys.press("Tab")
    expect(chat.locator("#menu").get_by_role("button", name="Talk to a person")).to_be_focused()
    keys.press("Enter")
    expect(chat.locator(".note")).to_be_visible()
    expect(chat.locator("#question")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("#launcher")).to_be_focused()
    expect(page.locator("iframe")).to_be_hidden()

    assert page.evaluate("mice") == 0
    assert page.frames[1].evaluate("mice") == 0


@pytest.mark.parametrize("locale", ["ar", "he", "fa"])
def test_right_to_left_mirrors_everything_but_foreign_words(
    browser: Browser, server: ScriptedServer, locale: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    server.offers_handoff = True

    page.goto(f"{server.url}/?locale={locale}")
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    expect(page.locator(".panel")).to_be_visible()

    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", locale]
    assert page.locator(".customer .text").evaluate("(node) => getComputedStyle(node).direction") == "ltr"
    sides = page.evaluate(
        """() => [".sign", ".icon-button", ".customer .text", ".send"].map((one) => {
          const box = document.querySelector(one).getBoundingClientRect();
          return (box.left + box.right) / 2 > innerWidth / 2;
        })"""
    )
    assert sides == [True, False, False, False]
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
