"""The pages of bans and of identity secrets in a real browser: nothing in anybody's way."""

from datetime import timedelta
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat.conversations import identity_secrets
from chat.models import Ban
from tests.factories import asked, assistant
from tests.staff.looking import troubles
from tests.staff.test_browser import chromium, page, pytestmark

__all__ = ["chromium", "page", "pytestmark"]


@pytest.fixture
def areas(page: Page) -> list[str]:
    """Return the addresses of the pages, with something to see on each."""
    conversation = asked().conversation
    Ban.objects.create(kind=Ban.Kind.WORD, value="scam", reason="spam " * 20, until=timezone.now())
    Ban.objects.create(kind=Ban.Kind.ADDRESS, value="f" * 64, until=timezone.now() + timedelta(days=1))
    Ban.objects.create(
        kind=Ban.Kind.CONVERSATION, value=str(conversation.id), assistant=conversation.assistant
    )
    row, _secret = identity_secrets.create(assistant())
    identity_secrets.create(assistant())
    identity_secrets.retire(assistant(), row.number)
    return ["bans/", "bans/new/", "bans/?q=nothing", "assistants/demo/identity/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_every_page_is_free_of_obstacles_and_fits(
    page: Page, areas: list[str], scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    found = troubles(page, areas, width, "main")

    assert found == {}


def test_a_secret_is_made_and_gone_after_a_reload(page: Page, areas: list[str]) -> None:
    page.goto("/staff/assistants/demo/identity/")

    page.get_by_role("button", name="Rotate: make the next secret").click()
    shown = page.locator("#secret").inner_text()
    page.goto("/staff/assistants/demo/identity/")

    assert len(shown) == 43
    expect(page.locator("body")).not_to_contain_text(shown)
    expect(page.locator("#python")).to_contain_text("sign_identity")
