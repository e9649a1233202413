"""Hostile words on the pages that show what others wrote: they stay words, and no foreign host is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, Page, Request
from pytest_django.live_server_helper import LiveServer

from chat.conversations import handoffs, staffing
from chat.models import Citation, Conversation, Feedback, Message, Role
from tests.factories import staff, taken_in
from tests.fakes import AxisEmbedder
from tests.staff.conftest import MakeConversation
from tests.staff.hostile import CARRIERS, SECRET, strings
from tests.staff.test_browser import CHROMIUM, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]
__all__ = ["chromium"]
AT_ONCE = 60  # strings in one message
MARK = "alert|prompt|confirm"


@pytest.fixture
def visited(
    chromium: Browser, live_server: LiveServer, ada_client: Client
) -> Iterator[Callable[[str], Page]]:
    """Return a way to open a page as Ada; afterwards nothing has run, and nobody else was asked."""
    context = chromium.new_context(base_url=live_server.url)
    morsel = ada_client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": morsel.value, "url": live_server.url}])
    foreign: list[str] = []
    ran: list[str] = []
    ours = urlsplit(live_server.url).netloc

    def note(request: Request) -> None:
        if urlsplit(request.url).netloc not in (ours, "") or SECRET in request.url:
            foreign.append(request.url)

    def answer(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    context.on("request", note)
    page = context.new_page()
    page.on("dialog", answer)
    page.add_init_script(f"for (const name of '{MARK}'.split('|')) window[name] = () => (window.ran = name);")

    def visit(address: str) -> Page:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran") is None
        assert page.locator("main img, main iframe, main object, main embed").count() == 0
        return page

    yield visit
    context.close()
    assert foreign == []
    assert ran == []


@pytest.fixture
def hostile(make_conversation: MakeConversation) -> Conversation:
    """Return a conversation in which everybody says hostile things and is called by hostile names."""
    ben = staff("ben", first_name=CARRIERS[3][:100])
    lists = strings()
    pieces = ["\n".join(lists[at : at + AT_ONCE]) for at in range(0, len(lists), AT_ONCE)]
    conversation = make_conversation([(piece, piece) for piece in pieces])
    reply = Message.objects.filter(conversation=conversation, role=Role.ASSISTANT).earliest("created_at")
    Feedback.objects.create(message=reply, helpful=False, reason=CARRIERS[3])
    Citation.objects.create(
        message=reply,
        number=1,
        quote=CARRIERS[3],
        title=CARRIERS[0],
        heading_path=[CARRIERS[11]],
        start=0,
        end=4,
    )
    handoffs.join(conversation.id, ben)
    staffing.add_note(conversation.id, ben, pieces[0])
    staffing.tag(conversation.id, [CARRIERS[3][:40]])
    Conversation.objects.filter(id=conversation.id).update(
        name=CARRIERS[3][:120],
        email="cleo@example.com",
        page_title=CARRIERS[12][:200],
        page_url="https://shop.example.com/?<script>alert(1)</script>",
        origin="https://shop.example.com",
    )
    return conversation


def test_staff_see_hostile_words_as_words(
    visited: Callable[[str], Page], hostile: Conversation, ada: User
) -> None:
    pages = [
        reverse("staff:conversations"),
        reverse("staff:conversation", args=[hostile.pk]),
        reverse("staff:inbox"),
        reverse("staff:inbox-conversation", args=[hostile.pk]),
    ]

    shown = [visited(address).locator("main").inner_text() for address in pages]

    assert all(words for words in shown)
    assert "<script>fetch(" in shown[1]
    assert "<script>fetch(" in shown[3]


def test_the_reader_shows_hostile_documents_as_words(
    visited: Callable[[str], Page], knowledge: type[AxisEmbedder], tmp_path: Path
) -> None:
    document = taken_in(tmp_path, "\n\n".join(["Hostile words", *CARRIERS]), "hostile.txt")

    page = visited(reverse("reader", args=[document.live_version_id]))

    assert "<script>fetch(" in page.locator("body").inner_text()
