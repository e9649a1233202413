"""The inbox in every state: nothing in anybody's way, on a desk and a phone, light and dark."""

from collections.abc import Iterator
from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chat.conversations import feedback, handoffs, presence, staffing
from chat.models import CannedReply, Conversation, Customer, Role
from tests.chat.realtime.conftest import demo
from tests.factories import assistant, staff
from tests.staff.inbox_live import Live, opened
from tests.staff.looking import AXE
from tests.staff.test_browser import chromium, pytestmark
from tests.staff.test_inbox import answered, waiting
from tests.staff.test_inbox_browser import PATIENCE, ben, live, manual, now, path

__all__ = ["ben", "chromium", "demo", "live", "manual", "pytestmark"]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def filled_inbox(ben: User) -> Conversation:
    """Return a conversation with one of everything, among others."""
    ada = staff("ada")
    long = waiting("A-very-long-word-without-any-space-" * 12)
    handoffs.join(long.pk, ada)
    conversation = answered("How do I reset the machine?", "Ask a person. [1]")
    customer = Customer.objects.create(assistant=assistant(), external_id="c-1042", name="Cleo")
    before = answered("How long is the warranty?")
    for one in (conversation, before):
        Conversation.objects.filter(pk=one.pk).update(
            customer=customer,
            language="en",
            page_url="https://shop.example.com/orders?number=1042",
            page_title="Your order",
            origin="https://shop.example.com",
        )
    handoffs.request_handoff(conversation.pk)
    handoffs.join(conversation.pk, ben)
    reply = conversation.messages.get(role=Role.ASSISTANT)
    feedback.give_feedback(conversation.pk, reply.pk, False, "Not what I asked")
    staffing.add_note(conversation.pk, ada, "A regular customer.")
    staffing.say(now(conversation), ben, "Ben here.")
    staffing.tag(conversation.pk, ["vip", "parcel"])
    presence.renew(ada)
    CannedReply.objects.create(shortcut="hello", text="Hello {name}!")
    return now(conversation)


def obstacles(page: Page, width: int) -> list[object]:
    """Return what axe-core finds, and whether something reaches past the page."""
    page.evaluate(AXE.read_text())
    found: list[object] = page.evaluate(
        "axe.run().then(run => run.violations.map(v => [v.id, v.nodes[0].html]))"
    )
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*found, *([f"{wide} wide"] if wide > width else [])]


@pytest.fixture(params=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Return the width and height of a screen."""
    return SIZES[request.param]


@pytest.fixture
def context(
    live: Live, chromium: Browser, ben: User, scheme: Literal["light", "dark"], size: tuple[int, int]
) -> Iterator[BrowserContext]:
    """Return Ben's browser on a screen, in a scheme."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    viewport = {"width": size[0], "height": size[1]}
    context = live.desk(chromium, ben, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    yield context
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_list_has_an_obstacle_that_axe_can_find(
    context: BrowserContext, ben: User, size: tuple[int, int]
) -> None:
    filled_inbox(ben)
    page = context.new_page()
    found: dict[str, list[object]] = {}

    for area in ("?queue=team", "?queue=closed", "?q=nothing-like-it", "canned/", "canned/new/"):
        page.goto(f"/staff/inbox/{area}")
        found[area] = obstacles(page, size[0])

    assert {state: problems for state, problems in found.items() if problems} == {}


@pytest.mark.usefixtures("manual")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_a_conversation_has_an_obstacle_that_axe_can_find(
    context: BrowserContext, ben: User, size: tuple[int, int]
) -> None:
    page = opened(context, path(filled_inbox(ben)))
    expect(page.locator("#transcript .is-note")).to_be_visible()
    found = {"talk": obstacles(page, size[0])}

    for key, shown in (
        ("n", "#note-text"),
        ("/", ".canned-choice"),
        ("?", "#keys"),
        ("z", "#menu-snooze .talk-menu-box"),
    ):
        page.keyboard.press(key)
        expect(page.locator(shown).first).to_be_visible()
        found[key] = obstacles(page, size[0])
        page.keyboard.press("Escape")
    page.locator("label[for=mode-reply]").click()
    for button, shown in (
        ("#send", "#composer-trouble"),
        ("#draft-answer", ".composer-sources"),
        ("#send", "#under-way .is-pending"),
    ):
        page.locator(button).click()
        expect(page.locator(shown)).to_be_visible(timeout=PATIENCE)
        found[shown] = obstacles(page, size[0])

    assert {state: problems for state, problems in found.items() if problems} == {}
