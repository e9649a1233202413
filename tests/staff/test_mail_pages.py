"""Mail pages: what went out and came in, why it did not, and what staff may do about it."""

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Conversation, IncomingMail, MailKind, MailState, OutgoingMail
from tests.staff.conftest import MakeConversation

pytestmark = pytest.mark.django_db
OUT, IN = "/staff/mail/", "/staff/mail/incoming/"


def outgoing(conversation: Conversation, state: MailState, **columns: object) -> OutgoingMail:
    """Store a mail."""
    number = OutgoingMail.objects.count()
    values = {"kind": MailKind.WAITING, "to": "team@example.com", "subject": f"<b>Cleo</b> {number}"}
    return OutgoingMail.objects.create(
        conversation=conversation,
        key=str(number),
        state=state,
        message_id=f"<{number}@x>",
        due_at=timezone.now(),
        **{**values, **columns},
    )


def page(client: Client, address: str) -> str:
    """Return a page's markup."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_empty_pages_say_what_to_do_next(ada_client: Client) -> None:
    out, came, kept = (page(ada_client, address) for address in (OUT, IN, f"{IN}?kept=on"))

    assert "No mail has gone out yet" in out
    assert "MAIL_URL or MAIL_FROM is not set" in out
    assert "No mail has come in yet" in came
    assert "Every mail became a message" in kept


def test_staff_see_where_a_mail_stands_and_why(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation()
    outgoing(conversation, MailState.FAILED, reason="The mail server said: 550 <script>", attempt=8)
    outgoing(conversation, MailState.SENT, sent_at=timezone.now())

    everything, failed = page(ada_client, OUT), page(ada_client, f"{OUT}?state=failed")

    assert "&lt;b&gt;Cleo&lt;/b&gt; 1" in everything
    assert "550 &lt;script&gt;" in failed
    assert "attempt 8 of 8" in failed
    assert "Cleo&lt;/b&gt; 1" not in failed


def test_staff_send_again_what_failed_and_cancel_what_waits(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    failed = outgoing(make_conversation(), MailState.FAILED, attempt=8)

    ada_client.post(f"{OUT}{failed.pk}/retry/")
    queued = OutgoingMail.objects.get().state
    again = ada_client.post(f"{OUT}{failed.pk}/retry/", {"next": f"{OUT}?state=queued"}, follow=True)
    ada_client.post(f"{OUT}{failed.pk}/cancel/")

    assert (queued, OutgoingMail.objects.get().state) == (MailState.QUEUED, MailState.CANCELLED)
    assert "Only a mail that failed or was cancelled can be sent again." in again.content.decode()
    assert again.redirect_chain == [(f"{OUT}?state=queued", 302)]
    assert ada_client.post(f"{OUT}999/cancel/").status_code == 404


def test_staff_see_what_became_of_a_mail_that_came_in(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    IncomingMail.objects.create(
        message_id="<1@x>", sender="cleo@example.com", conversation=make_conversation()
    )
    IncomingMail.objects.create(
        message_id="<2@x>", sender="dan@example.com", reason="No address of it leads."
    )

    everything, kept = page(ada_client, IN), page(ada_client, f"{IN}?kept=on")

    assert "A message in its conversation" in everything
    assert "No address of it leads." in kept
    assert "cleo@example.com" not in kept
