"""The inbox in a real browser: by keyboard alone, in every state, with and without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from chat.conversations import contacts, staffing
from chat.models import CannedReply, Care, Conversation, Message, PendingReply, Role
from chat.realtime.broadcast import announce_now
from tests.chat.realtime.conftest import demo
from tests.factories import in_parallel, staff, taken_in
from tests.staff.inbox_live import Live, opened, served, until, watched
from tests.staff.test_browser import chromium, pytestmark
from tests.staff.test_inbox import waiting

__all__ = ["chromium", "demo", "pytestmark"]
PATIENCE = 15_000  # ms


@pytest.fixture
def ben(demo: object) -> User:
    """Return Ben, who answers customers."""
    return staff("ben")


@pytest.fixture
def manual(knowledge: object, tmp_path: Path) -> None:
    """Put a manual where the assistant reads."""
    taken_in(tmp_path)


@pytest.fixture
def live(ben: User) -> Iterator[Live]:
    """Return the running product."""
    with served() as live:
        yield live


@pytest.fixture
def desk(live: Live, chromium: Browser, ben: User) -> Iterator[BrowserContext]:
    """Return Ben's browser; whatever it complains about fails the test."""
    context = live.desk(chromium, ben)
    complaints = watched(context)
    yield context
    context.close()
    assert complaints == []


def path(conversation: Conversation, queue: str = "team") -> str:
    """Return the page of a conversation."""
    return f"/staff/inbox/{conversation.pk}/?queue={queue}"


def now(conversation: Conversation) -> Conversation:
    """Return a conversation as it is now."""
    return Conversation.objects.get(pk=conversation.pk)


def opens(page: Page, text: str) -> None:
    """Open the focused row, and wait for its words."""
    page.keyboard.press("Enter")
    expect(page.locator("#transcript")).to_contain_text(text)


def test_three_conversations_are_worked_through_by_keyboard_alone(desk: BrowserContext, ben: User) -> None:
    third, second, first = (waiting(f"Question {name}?") for name in ("three", "two", "one"))
    page = opened(desk, "/staff/inbox/?queue=team")
    keys = page.keyboard

    # The first is taken and answered, with the box left by Escape.
    keys.press("j")
    opens(page, "Question one?")
    keys.press("a")
    expect(page.locator("#talk-head")).to_contain_text("You have it")
    keys.press("r")
    keys.type("Just say please.")
    keys.press("Control+Enter")
    expect(page.locator("#under-way")).to_contain_text("Just say please.")
    keys.press("Escape")

    # The second gets a note and rests; the third is closed.
    keys.press("j")
    opens(page, "Question two?")
    keys.press("n")
    keys.type("Ask Ada, e-mail her.")
    keys.press("Control+Enter")
    expect(page.locator("#transcript .is-note")).to_contain_text("Ask Ada, e-mail her.")
    for key in ("Escape", "z", "Enter"):
        keys.press(key)
    expect(page.locator("#said")).to_contain_text("It rests until")
    expect(page.locator("#rows .row-link")).to_have_count(2, timeout=PATIENCE)
    page.locator(f"#row-{third.pk}").focus()
    opens(page, "Question three?")
    keys.press("e")
    expect(page.locator("#talk-head")).to_contain_text("Closed")

    assert [now(one).care for one in (first, second, third)] == [Care.OPEN, Care.SNOOZED, Care.CLOSED]
    assert now(first).assignee == ben


def test_a_reply_is_taken_back_into_the_box_within_the_seconds(desk: BrowserContext) -> None:
    conversation = waiting()
    page = opened(desk, path(conversation))
    page.locator("#reply-text").fill("A little too quick.")
    page.locator("#send").click()
    expect(page.locator("#under-way .countdown")).to_contain_text("Sends in")

    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#reply-text")).to_have_value("A little too quick.")
    expect(page.locator("#reply-text")).to_be_focused()
    expect(page.locator("#under-way article")).to_have_count(0)
    assert not PendingReply.objects.exists()
    assert not Message.objects.filter(role=Role.STAFF).exists()


def test_what_is_new_appears_and_what_is_being_written_stays(desk: BrowserContext) -> None:
    conversation = waiting()
    page = opened(desk, path(conversation))
    page.locator("#reply-text").fill("I am thinking about")
    page.locator("#tags").fill("half a tag")

    def other() -> None:
        told = staffing.say(now(conversation), staff("ada"), "Ada was here.")
        announce_now(conversation.pk, [told])

    in_parallel(other)

    expect(page.locator("#transcript")).to_contain_text("Ada was here.", timeout=PATIENCE)
    expect(page.locator("#reply-text")).to_have_value("I am thinking about")
    expect(page.locator("#tags")).to_have_value("half a tag")


def test_canned_words_come_while_the_list_is_still_on_its_way(desk: BrowserContext) -> None:
    conversation = waiting()
    CannedReply.objects.create(shortcut="late", text="Your parcel is late.")
    page = opened(desk, path(conversation))
    page.wait_for_load_state("networkidle")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/staff/inbox/rows/**", hold)
    in_parallel(
        lambda: announce_now(conversation.pk, [staffing.say(now(conversation), staff("ada"), "Hello.")])
    )
    until(page, lambda: bool(held))

    page.locator("#reply-text").press_sequentially("/")

    expect(page.locator(".canned-choice")).to_have_count(1)
    for route in held:
        route.continue_()


def test_canned_words_are_found_by_slash_and_stand_in_the_box(desk: BrowserContext) -> None:
    conversation = waiting()
    contacts.give_contact(conversation.pk, "Cleo", "")
    CannedReply.objects.create(shortcut="hello", text="Hello {name}!")
    CannedReply.objects.create(shortcut="late", text="Your parcel is late.")
    page = opened(desk, path(conversation))
    page.locator("#reply-text").press_sequentially("/")
    expect(page.locator(".canned-choice")).to_have_count(2)

    page.keyboard.type("hel")
    expect(page.locator(".canned-choice:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator("#reply-text")).to_have_value("Hello Cleo!")
    expect(page.locator("#reply-text")).to_be_focused()


@pytest.mark.usefixtures("manual")
def test_a_draft_is_edited_and_sent_with_the_source_it_still_names(desk: BrowserContext) -> None:
    conversation = waiting("How do I reset the machine?")
    page = opened(desk, path(conversation))

    page.locator("#draft-answer").click()
    box = page.locator("#reply-text")
    expect(box).to_be_focused(timeout=PATIENCE)
    drafted = box.input_value()
    box.fill(f"Hello! {drafted}")
    page.locator("#send").click()
    until(page, Message.objects.filter(role=Role.STAFF).exists)

    assert "[1]" in drafted
    message = Message.objects.get(role=Role.STAFF)
    assert message.text.startswith("Hello! ")
    assert [citation.number for citation in message.citations.all()] == [1]
    expect(page.locator("#transcript .is-staff .citations")).to_contain_text("Aroma 3000", timeout=PATIENCE)


def test_reading_and_replying_work_without_a_script(live: Live, chromium: Browser, ben: User) -> None:
    conversation = waiting("Where is my parcel?")
    context = live.desk(chromium, ben, java_script_enabled=False)
    page = context.new_page()
    page.goto("/staff/inbox/")
    page.locator("#rows .row-link").click()
    expect(page.locator("#transcript")).to_contain_text("Where is my parcel?")

    page.get_by_role("button", name="Join").click()
    page.locator("#reply-text").fill("On its way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("You can still take it back.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#reply-text")).to_have_value("On its way.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("label[for=mode-note]").click()
    page.locator("#note-text").fill("Parcel 7.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#transcript")).to_contain_text("Parcel 7.")
    until(page, Message.objects.filter(conversation=conversation, role=Role.STAFF).exists)
    page.reload()

    expect(page.locator("#transcript .is-staff")).to_contain_text("On its way.")
    context.close()


def test_the_title_counts_and_a_hidden_page_calls_only_when_it_was_asked_to(desk: BrowserContext) -> None:
    desk.add_init_script(
        """window.called = [];
        window.Notification = class { static permission = "granted";
          static requestPermission() { window.asked = true; return Promise.resolve("granted"); }
          constructor(title) { window.called.push(title); } };"""
    )
    page = opened(desk, "/staff/inbox/")
    page.wait_for_function("document.getElementById('queues') && !document.getElementById('alerts').hidden")

    def somebody_waits() -> None:
        announce_now(waiting().pk, ())

    in_parallel(somebody_waits)
    expect(page).to_have_title("(1) Inbox · supportbot", timeout=PATIENCE)
    quiet = page.evaluate("[window.called.length, Boolean(window.asked)]")
    page.locator("#alerts").click()
    expect(page.locator("#alerts")).to_have_attribute("aria-pressed", "true")
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    in_parallel(somebody_waits)
    expect(page).to_have_title("(2) Inbox · supportbot", timeout=PATIENCE)

    assert quiet == [0, False]
    assert page.evaluate("window.called") == ["A customer is waiting"]


def test_whoever_is_suspended_is_told_so_and_rings_no_more(live: Live, chromium: Browser, ben: User) -> None:
    context = live.desk(chromium, ben)
    page = opened(context, "/staff/inbox/")
    page.wait_for_timeout(500)

    User.objects.filter(pk=ben.pk).update(is_active=False)

    until(page, lambda: "/login/" in page.url or "signed out" in page.locator("main").inner_text())
    context.close()
