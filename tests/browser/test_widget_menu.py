"""What the chat offers besides questions: follow-ups, forms, the menu, and honest words about limits."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask, choose, open_chat

pytestmark = pytest.mark.browser


def test_follow_ups_ask_on_and_make_room_for_the_next(page: Page, server: ScriptedServer) -> None:
    server.answer["follow_ups"] = ["What does error E18 mean?"]
    open_chat(page, server)
    ask(page, samples.QUESTION)

    page.locator(".next").get_by_role("button", name="What does error E18 mean?").click()

    expect(page.locator(".next .suggestion")).to_have_count(0)
    expect(page.locator(".message.customer").last).to_contain_text("What does error E18 mean?")
    expect(page.locator(".next .suggestion")).to_have_count(1)
    expect(page.locator("#question")).to_be_focused()


def test_the_readings_of_a_question_back_are_buttons(page: Page, server: ScriptedServer) -> None:
    text = "Which one do you mean?\n\n- WM 700 manual\n- Cove manual"
    server.answer = {"text": text, "outcome": "clarified", "answerer": "none", "citations": []}
    open_chat(page, server)
    ask(page, "The filter?")

    buttons = page.locator(".next").get_by_role("button")

    expect(buttons).to_have_text(["WM 700 manual", "Cove manual"])
    buttons.last.click()
    expect(page.locator(".message.customer").last).to_contain_text("Cove manual")


def test_too_much_at_once_is_said_and_sent_again_by_itself(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    server.refusals = [{"code": "rate_limited", "detail": "Too many questions.", "retry_after": 1}]

    ask(page, samples.QUESTION)

    expect(page.get_by_role("alert")).to_have_text(
        "That was a lot at once. It will be sent by itself in a second."
    )
    expect(page.locator(".pending-note")).to_have_text("Not sent – retrying")
    expect(page.locator(".sources")).to_be_visible()
    expect(page.locator("#composer-alert")).to_be_empty()
    asked = server.frames("ask")
    assert len(asked) == 2
    assert asked[0] == asked[1]
    assert page.locator(".message.customer").count() == 1


def test_the_conversation_is_saved_as_text_with_its_sources(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    choose(page, "Talk to a person")
    server.do(server.join("Ben"))
    server.do(server.say("Ben", "Hello."))
    expect(page.locator(".message.staff")).to_be_visible()

    with page.expect_download() as saving:
        choose(page, "Save as a text file")

    assert saving.value.suggested_filename == "Lindmoor Help.txt"
    text = Path(saving.value.path()).read_text()
    assert re.search(rf"^You, .*2026.*\n{re.escape(samples.QUESTION)}$", text, re.MULTILINE)
    assert "Lindmoor Help (AI assistant)" in text
    assert (
        "[2] WM 700 washing machine – user manual, Care › Maintenance intervals · Page 8: “Clean the" in text
    )
    assert f"{server.url}/read?from=100&to=190#passage" in text
    assert "— Ben has joined. The assistant is silent now." in text
    assert text.rstrip().endswith("Hello.")


def test_deleting_asks_first_and_leaves_nothing_behind(page: Page, server: ScriptedServer) -> None:
    server.staff = {"open": True, "online": False}
    open_chat(page, server)
    choose(page, "Talk to a person")
    page.get_by_label("Your e-mail address").fill("cleo@example.com")
    page.keyboard.press("Enter")
    expect(page.locator(".panel")).to_contain_text("cleo@example.com")
    secret = server.token

    choose(page, "Delete my data")
    page.get_by_role("button", name="Keep it").click()
    assert server.frames("forget") == []
    choose(page, "Delete my data")
    page.get_by_role("button", name="Delete", exact=True).click()

    expect(page.get_by_text("Your data has been deleted.")).to_be_visible()
    expect(page.locator(".suggestion").first).to_be_visible()
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "cleo" not in kept
    assert secret not in kept
    assert server.token != secret


@pytest.mark.parametrize("required", [True, False])
def test_what_the_assistant_asks_first_is_asked_once(
    page: Page, server: ScriptedServer, required: bool
) -> None:
    server.assistant.pre_chat = {"name": True, "email": True, "required": required}
    page.goto(server.url)
    name, email = page.get_by_label("Your name"), page.get_by_label("Your e-mail address")
    expect(name).to_be_visible()
    expect(name).to_have_attribute("autocomplete", "name")
    expect(page.locator("#question")).to_be_visible(visible=not required)
    expect(page.locator(".suggestion")).to_have_count(0 if required else 3)

    if required:
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".panel").get_by_role("alert")).to_have_text("Please fill in this field.")
        expect(name).to_be_focused()
    name.fill("Cleo")
    email.fill("cleo@example.com")
    page.get_by_role("button", name="Save").click()
    expect(name).to_have_count(0)
    expect(page.locator("#question")).to_be_focused()
    assert server.frames("contact") == []
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()

    assert server.frames("contact") == [{"type": "contact", "name": "Cleo", "email": "cleo@example.com"}]
    page.evaluate("sessionStorage.clear()")
    page.reload()
    choose(page, "New conversation")
    page.get_by_role("button", name="Start new").click()
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(name).to_have_count(0)


def test_an_address_the_server_refuses_is_asked_again(page: Page, server: ScriptedServer) -> None:
    server.staff = {"open": True, "online": False}
    open_chat(page, server)
    choose(page, "Talk to a person")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()
    server.refusals = [{"code": "bad_email", "detail": "That is not an e-mail address."}]
    server.hesitation = 0.3  # what was typed is shown as taken by then

    page.get_by_label("Your e-mail address").fill("cleo@nowhere.invalid")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").filter(has_text="That is not an e-mail address.")).to_be_visible()
    expect(page.get_by_label("Your e-mail address")).to_be_visible()


THEME = {
    "color": "#7c3aed",
    "scheme": "dark",
    "radius": 2,
    "font": "mono",
    "logo": "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
}


def test_the_assistants_theme_dresses_the_chat(page: Page, server: ScriptedServer) -> None:
    server.assistant.theme = THEME
    open_chat(page, server)

    expect(page.get_by_role("button", name="Send question")).to_have_css(
        "background-color", "rgb(124, 58, 237)"
    )
    expect(page.locator(".suggestion").first).to_have_css("border-radius", "2px")
    expect(page.locator(".sign img")).to_have_attribute("src", str(THEME["logo"]))
    assert "monospace" in page.evaluate("getComputedStyle(document.body).fontFamily")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


HOSTILE = [
    {"color": "red;background:url(//evil.example)"},
    {"radius": "1px;position:fixed"},
    {"font": "x;} * { display: none"},
    {"logo": "https://evil.example/x.png"},
    {"logo": "data:image/svg+xml;base64,PHN2Zz4="},
    {"scheme": 'dark" onload="alert(1)'},
]


@pytest.mark.parametrize("theme", HOSTILE, ids=str)
def test_a_theme_that_is_none_changes_nothing(
    page: Page, server: ScriptedServer, theme: dict[str, str]
) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    server.assistant.theme = theme
    open_chat(page, server)

    expect(page.get_by_role("button", name="Send question")).to_have_css(
        "background-color", "rgb(31, 84, 192)"
    )
    expect(page.locator(".suggestion").first).to_have_css("border-radius", "12px")
    assert page.locator(".sign img").count() == 0
    assert [url for url in requests if not url.startswith((server.url, "ws://127.0.0.1"))] == []


def test_our_own_page_previews_a_theme_at_once(page: Page, server: ScriptedServer) -> None:
    server.host_page = "<!doctype html><title>Staff</title>"
    page.goto(f"{server.url}/host")
    page.evaluate(
        """() => {
          const frame = document.createElement("iframe");
          frame.src = "/widget/v1/demo/?preview=1";
          document.body.append(frame);
        }"""
    )
    chat = page.frame_locator("iframe")
    expect(chat.locator(".suggestion").first).to_be_visible()

    page.evaluate(
        f"frames[0].postMessage({{ supportbot: 'theme', theme: {json.dumps(THEME)} }}, location.origin)"
    )
    send = chat.get_by_role("button", name="Send question")
    expect(send).to_have_css("background-color", "rgb(124, 58, 237)")
    page.evaluate("frames[0].postMessage({ supportbot: 'theme', theme: {} }, location.origin)")

    expect(send).to_have_css("background-color", "rgb(31, 84, 192)")
    assert page.evaluate("Object.keys(localStorage)") == ["supportbot:demo:preview"]
