"""Talking to a person: asked for, waited for, joined, and back to the assistant."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import samples
from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import ask, choose, open_chat
from tests.embedded.waiting import eventually

pytestmark = pytest.mark.browser


def with_an_answer(page: Page, server: ScriptedServer) -> None:
    open_chat(page, server)
    ask(page, samples.QUESTION)
    expect(page.locator(".sources")).to_be_visible()


def test_a_person_is_two_actions_away_even_before_the_first_question(
    page: Page, server: ScriptedServer
) -> None:
    open_chat(page, server)

    choose(page, "Talk to a person")

    expect(page.get_by_role("log")).to_contain_text("This conversation was passed to our support team.")
    expect(page.get_by_text("We have called a person, who will answer here.")).to_be_visible()
    assert server.frames("handoff") == [{"type": "handoff", "wanted": True}]


def test_ben_joins_writes_and_leaves_and_every_step_is_said(page: Page, server: ScriptedServer) -> None:
    with_an_answer(page, server)
    choose(page, "Talk to a person")
    expect(page.locator(".panel")).to_be_visible()

    server.do(server.join("Ben"))
    server.do(server.type("Ben"))
    expect(page.get_by_role("status").filter(has_text="Ben is writing…")).to_be_visible()
    server.do(server.say("Ben", "Hello, **Ben** here."))

    expect(page.locator(".note").last).to_have_text("Ben has joined. The assistant is silent now.")
    staff = page.locator(".message.staff")
    expect(staff).to_contain_text("Hello, Ben here.")
    expect(staff.locator(".byline")).to_contain_text("Support team")
    expect(page.get_by_text("Ben is writing…")).to_have_count(0)
    expect(page.locator(".bar")).to_contain_text("Ben · Support team")
    expect(page.locator(".panel")).to_have_count(0)
    server.do(server.release())
    expect(page.locator(".note").last).to_have_text("The assistant answers again.")
    expect(page.locator(".bar")).to_contain_text("AI assistant")


def test_the_customer_goes_back_to_the_assistant(page: Page, server: ScriptedServer) -> None:
    with_an_answer(page, server)
    choose(page, "Talk to a person")

    page.locator(".panel").get_by_role("button", name="Back to the assistant").click()

    expect(page.locator(".note").last).to_have_text("The assistant answers again.")
    choose(page, "Talk to a person")
    expect(page.locator(".panel")).to_be_visible()
    choose(page, "Back to the assistant")
    expect(page.locator(".panel")).to_have_count(0)
    assert [frame["wanted"] for frame in server.frames("handoff")] == [True, False, True, False]


@pytest.mark.parametrize(
    ("is_open", "sentence"), [(True, "Nobody is here at the moment."), (False, "outside our office hours")]
)
def test_when_nobody_is_there_it_says_so_and_asks_once_for_an_address(
    page: Page, server: ScriptedServer, is_open: bool, sentence: str
) -> None:
    server.staff = {"open": is_open, "online": False}
    open_chat(page, server)
    choose(page, "Talk to a person")
    expect(page.locator(".panel")).to_contain_text(sentence)
    field = page.get_by_label("Your e-mail address")
    expect(field).to_have_attribute("autocomplete", "email")

    field.fill("cleo")
    field.press("Enter")
    expect(page.locator(".panel").get_by_role("alert")).to_contain_text("That is not an e-mail address.")
    field.fill("cleo@example.com")
    field.press("Enter")

    expect(page.locator(".panel")).to_contain_text("We will also reply to cleo@example.com.")
    choose(page, "New conversation")
    page.get_by_role("button", name="Start new").click()
    choose(page, "Talk to a person")
    expect(page.locator(".panel")).to_contain_text("We will also reply to cleo@example.com.")
    expect(page.get_by_label("Your e-mail address")).to_have_count(0)
    contacts = [{"type": "contact", "name": "", "email": "cleo@example.com"}] * 2
    assert server.frames("contact") == contacts


def test_a_person_is_offered_where_answers_did_not_help(page: Page, server: ScriptedServer) -> None:
    server.answer = dict(samples.DECLINED)
    server.offers_handoff = True
    open_chat(page, server)

    ask(page, "Who won the football?")

    offer = page.get_by_role("region", name="Talk to a person")
    expect(offer).to_contain_text("Would you rather talk to a person?")
    offer.get_by_role("button", name="No, thanks").click()
    expect(offer).to_have_count(0)
    ask(page, "And who lost?")
    offer.get_by_role("button", name="Talk to a person").click()
    expect(page.locator(".note").last).to_contain_text("passed to our support team")


def test_staff_learn_that_she_writes_and_how_far_she_has_looked(page: Page, server: ScriptedServer) -> None:
    with_an_answer(page, server)
    page.locator("#question").press_sequentially("not yet")
    choose(page, "Talk to a person")
    server.do(server.join("Ben"))
    expect(page.locator(".note")).to_have_count(2)

    page.locator("#question").press_sequentially("It still drips", delay=20)
    page.keyboard.press("Enter")

    expect(page.locator(".message.customer").last).to_contain_text("It still drips")
    expect(page.locator(".pending")).to_have_count(0)
    assert eventually(lambda: server.frames("seen")[-1]["seq"] == len(server.events[server.token]))
    assert [frame["active"] for frame in server.frames("typing")] == [True, False]


def test_hand_off_survives_a_reload(page: Page, server: ScriptedServer) -> None:
    with_an_answer(page, server)
    choose(page, "Talk to a person")
    server.do(server.join("Ben"))
    server.do(server.say("Ben", "I am looking into it."))
    expect(page.locator(".message.staff")).to_be_visible()
    before = page.get_by_role("log").inner_html()

    page.reload()

    expect(page.locator(".bar")).to_contain_text("Ben · Support team")
    expect(page.locator(".message.staff")).to_be_visible()
    assert page.get_by_role("log").inner_html() == before


def test_a_file_goes_to_staff_and_comes_back_as_a_message(page: Page, server: ScriptedServer) -> None:
    uploads: list[tuple[str | None, bytes | None]] = []

    def receive(route: Route) -> None:
        uploads.append((route.request.headers.get("authorization"), route.request.post_data_buffer))
        route.fulfill(status=201, json={"message": {}})

    page.route("**/widget/v1/attachments/", receive)
    open_chat(page, server)
    expect(page.get_by_role("button", name="Attach a file")).to_have_count(0)
    choose(page, "Talk to a person")
    expect(page.get_by_role("button", name="Attach a file")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "leak.png", "mimeType": "image/png", "buffer": b"\x89PNG tiny"}
    )
    file = {
        "id": "00000000-0000-4000-8000-000000000001",
        "name": "leak.png",
        "media_type": "image/png",
        "size": 9,
    }
    server.do(server.say("Ben", "Got it.", attachments=[file]))

    expect(page.locator(".attachment")).to_contain_text("leak.png")
    expect(page.locator("#composer-alert")).to_be_empty()
    assert len(uploads) == 1
    assert uploads[0][0] == f"Bearer {server.token}"
    body = uploads[0][1] or b""
    assert b'name="client_id"' in body
    assert b"\x89PNG tiny" in body


@pytest.mark.parametrize(
    ("size", "reply", "sentence"),
    [
        (11 * 2**20, {}, "larger than 10 MB"),
        (5, {"error": {"code": "bad_type", "message": "We take no such files."}}, "We take no such files."),
        (5, None, "The file could not be sent."),
    ],
)
def test_a_file_that_does_not_arrive_is_said_in_a_sentence(
    page: Page, server: ScriptedServer, size: int, reply: dict[str, object] | None, sentence: str
) -> None:
    def refuse(route: Route) -> None:
        if reply is None:
            route.abort()
        else:
            route.fulfill(status=400, body=json.dumps(reply), content_type="application/json")

    page.route("**/widget/v1/attachments/", refuse)
    open_chat(page, server)
    choose(page, "Talk to a person")
    expect(page.get_by_role("button", name="Attach a file")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x" * size}
    )

    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.locator(".upload")).to_be_hidden()
