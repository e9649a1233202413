"""The mail pages in a real browser: nothing in anybody's way, on a phone and a desk, by day and night."""

from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from chat.models import IncomingMail, MailKind, MailState
from tests.staff.conftest import MakeConversation
from tests.staff.looking import troubles
from tests.staff.test_browser import chromium, page, pytestmark
from tests.staff.test_mail_pages import outgoing

__all__ = ["chromium", "page", "pytestmark"]
AREAS = ["mail/", "mail/?state=cancelled", "mail/?state=sending", "mail/incoming/", "mail/incoming/?kept=on"]


@pytest.fixture
def mails(make_conversation: MakeConversation) -> None:
    """Let there be mails in every state, with long subjects and reasons."""
    conversation = make_conversation()
    reason = "The mail server refused the address: 550 5.1.1 " + "unknown-without-a-space-" * 6
    outgoing(conversation, MailState.FAILED, reason=reason, attempt=8, kind=MailKind.STAFF_REPLIED)
    outgoing(conversation, MailState.QUEUED, reason="The mail server said: 451 Later", attempt=2)
    outgoing(conversation, MailState.SENT, sent_at=timezone.now(), subject="Cleo: How do I reset it?")
    outgoing(conversation, MailState.CANCELLED, to=f"{'x' * 60}@{'y' * 60}.example")
    IncomingMail.objects.create(
        message_id="<1@x>", sender="cleo@example.com", subject="Re: Mia: Reset", conversation=conversation
    )
    IncomingMail.objects.create(
        message_id="<2@x>", sender=f"{'x' * 60}@{'y' * 60}.example", subject="Z" * 200, reason=reason
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_mail_pages_are_free_of_obstacles_and_fit(
    page: Page, mails: None, scheme: Literal["light", "dark"], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)

    found = troubles(page, AREAS, width, "body")

    assert found == {}
