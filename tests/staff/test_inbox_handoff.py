"""Hand-off between two browsers: Cleo in the chat, Ben in the inbox, a note between colleagues."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from chat.conversations import staffing
from chat.models import Care, Conversation, Message, Role
from tests.chat.realtime.conftest import demo
from tests.factories import staff
from tests.stack.customer import Customer
from tests.staff.inbox_live import SAID, Live, opened, served, until, watched
from tests.staff.test_browser import chromium, pytestmark

__all__ = ["chromium", "demo", "pytestmark"]
PATIENCE = 15_000  # ms


@pytest.fixture
def live(demo: object) -> Iterator[Live]:
    """Return the running product."""
    with served() as live:
        yield live


class Frames:
    """What went over the sockets of a page."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.received: list[str] = []
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda raw: self.sent.append(str(raw)))
        socket.on("framereceived", lambda raw: self.received.append(str(raw)))

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the frames of a type that came in."""
        return [frame for raw in self.received if (frame := json.loads(raw))["type"] == kind]

    @property
    def token(self) -> str:
        """The customer's secret, from the hello."""
        hello = next(frame for raw in self.sent if (frame := json.loads(raw))["type"] == "hello")
        return str(hello["token"])


def say(page: Page, text: str) -> None:
    """Let Cleo say something."""
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")


def takes_over(ben: Page, cleo: Page) -> None:
    """Let Cleo ask for a person and Ben, who has loaded nothing anew, join; the assistant is silent."""
    say(cleo, "Can I talk to a person, please?")
    row = ben.locator("#rows .row-link")
    expect(row).to_contain_text("Visitor", timeout=PATIENCE)
    row.click()
    expect(ben.locator("#transcript")).to_contain_text("Can I talk to a person, please?")
    ben.get_by_role("button", name="Join").click()
    expect(ben.locator("#talk-head")).to_contain_text("You have it")
    say(cleo, "Are you there?")
    expect(ben.locator("#transcript")).to_contain_text("Are you there?", timeout=PATIENCE)


def both_type(ben: Page, cleo: Page, frames: Frames, url: str) -> None:
    """Let both type, and see each other's typing."""
    ben.locator("#reply-text").press_sequentially("Hello Cleo")
    until(cleo, lambda: frames.of_type("typing") != [])
    with Customer(url, frames.token) as other_tab:
        other_tab.send(type="typing", active=True)
        expect(ben.locator("#customer-typing")).to_contain_text("is typing …", timeout=PATIENCE)


def notes(ben: Page, text: str) -> None:
    """Let Ben write a note."""
    ben.keyboard.press("Escape")
    ben.keyboard.press("n")
    ben.locator("#note-text").fill(text)
    ben.get_by_role("button", name="Save the note").click()
    expect(ben.locator("#transcript .is-note")).to_contain_text(text)


def test_a_conversation_goes_from_the_assistant_to_ben_and_back(live: Live, chromium: Browser) -> None:
    desk, shop = live.desk(chromium, staff("ben")), chromium.new_context(base_url=live.url, locale="en-GB")
    complaints = watched(desk)
    ben, cleo = opened(desk, "/staff/inbox/?queue=unassigned"), shop.new_page()
    frames = Frames(cleo)
    cleo.goto("/")

    takes_over(ben, cleo)
    assert Message.objects.filter(role=Role.ASSISTANT).count() == 1
    both_type(ben, cleo, frames, live.url)
    assert frames.of_type("typing")[0] == {"type": "typing", "who": {"name": "Ben"}, "active": True}

    # Ben replies, and Cleo sees it with his name.
    ben.locator("#reply-text").fill("Hello Cleo, this is Ben.")
    ben.keyboard.press("Control+Enter")
    expect(ben.locator("#under-way")).to_contain_text("Sends in")
    expect(cleo.get_by_text("Hello Cleo, this is Ben.")).to_be_visible(timeout=PATIENCE)
    replies = [frame["data"] for frame in frames.of_type("event") if frame["event"] == "message.created"]
    assert replies[-1]["message"]["author"] == {"name": "Ben"}
    expect(ben.locator("#transcript .is-staff")).to_contain_text("Hello Cleo, this is Ben.")
    notes(ben, "A difficult customer.")

    # Ben releases, and the assistant answers again.
    ben.get_by_role("button", name="Release").click()
    expect(ben.locator("#talk-head")).to_contain_text("Mia answers")
    say(cleo, "How do I reset the machine?")
    expect(cleo.locator("body")).to_contain_text(f"{SAID.split(' [')[0]}.", timeout=PATIENCE)
    answer = ben.locator("#transcript .is-assistant").last
    expect(answer).to_contain_text(SAID.split(" [")[0], timeout=PATIENCE)

    told = " ".join([*frames.received, cleo.content()])
    assert ("difficult" in told, Conversation.objects.get().care) == (False, Care.ASSISTANT)
    assert complaints == []
    shop.close()
    desk.close()


def test_two_colleagues_see_each_other_and_only_the_first_answers(live: Live, chromium: Browser) -> None:
    shop = chromium.new_context(base_url=live.url, locale="en-GB")
    cleo = shop.new_page()
    cleo.goto("/")
    say(cleo, "Can I talk to a person, please?")
    expect(cleo.locator("article.message.assistant")).to_be_visible(timeout=PATIENCE)
    conversation = Conversation.objects.get()
    desks = [live.desk(chromium, staff(name)) for name in ("ben", "ada")]
    ben, ada = (opened(desk, f"/staff/inbox/{conversation.pk}/") for desk in desks)

    # They see each other look and write.
    expect(ben.locator("#company")).to_have_text("Ada is looking at this too.", timeout=PATIENCE)
    expect(ada.locator("#company")).to_have_text("Ben is looking at this too.", timeout=PATIENCE)
    ada.locator("#reply-text").press_sequentially("Ada here")
    expect(ben.locator("#company")).to_have_text("Ada is answering …", timeout=PATIENCE)

    # Ada was quicker: Ben's words stay in his box, and he reads hers.
    with ben.expect_response("**/news/**"):
        staffing.send_reply(conversation.pk, staff("ada"), "Ada here.", conversation.head_seq + 9)
        ben.locator("#reply-text").fill("Ben here.")
        ben.locator("#send").click()
    expect(ben.locator("#composer-trouble")).to_contain_text("Ada answered while you were writing.")
    expect(ben.locator("#reply-text")).to_have_value("Ben here.")
    expect(ben.locator("#transcript .is-staff")).to_contain_text("Ada here.", timeout=PATIENCE)

    # He has read it now, and sends again.
    ben.locator("#send").click()
    expect(cleo.get_by_text("Ben here.")).to_be_visible(timeout=PATIENCE)
    for context in (*desks, shop):
        context.close()
