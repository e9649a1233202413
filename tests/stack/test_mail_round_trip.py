"""Mail of a running product: out by a real SMTP server, back by the webhook and from a mailbox."""

import uuid
from collections.abc import Iterator
from email.message import EmailMessage

import httpx
import pytest

from tests.chat.attachments.test_attachment_kinds import PNG
from tests.chat.mail.mailbox import Mailbox
from tests.chat.mail.post_office import PostOffice, reply_to, text_of
from tests.stack.customer import Customer, Frame, new_token
from tests.stack.product import Product, eventually, running

pytestmark = pytest.mark.stack
PATIENCE = 60.0  # seconds for an answer of a busy machine
SECRET = "a secret of the post office"
CLEO, BEN = "cleo@example.com", "ben@lindmoor.example"
ADD_BEN = (
    "from django.contrib.auth.models import User; from chat.models import Assistant;"
    f"User.objects.create(username='ben', first_name='Ben', email='{BEN}', is_staff=True);"
    "Assistant.objects.update(notify_email='team@lindmoor.example')"
)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    """The SMTP server that mail goes out by."""
    with PostOffice() as office:
        yield office


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """The mailbox that replies may come to."""
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def posting(office: PostOffice, box: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with mail set up, and Ben among its staff."""
    mail = {
        "MAIL_URL": office.url,
        "MAIL_FROM": "support@lindmoor.example",
        "MAIL_DOMAIN": "reply.lindmoor.example",
        "MAIL_WEBHOOK_SECRET": SECRET,
        "MAIL_IMAP_URL": box.url(),
    }
    with running(tmp_path_factory.mktemp("posting"), **mail) as product:
        done = product.manage("shell", "-v0", "-c", ADD_BEN)
        assert done.returncode == 0, done.stderr
        yield product


def mail_to(office: PostOffice, address: str) -> EmailMessage:
    """Wait for a mail to somebody; take it off the shelf and return it."""
    eventually(lambda: [mail for mail in office.mails if mail["To"] == address], seconds=120)
    return office.mails.pop([mail["To"] for mail in office.mails].index(address))


def said(frame: Frame, text: str) -> bool:
    """Say whether a frame is the fact that somebody said this."""
    return frame.get("event") == "message.created" and frame["data"]["message"]["text"] == text


def test_a_conversation_goes_on_by_mail_in_both_directions_each_word_once(
    posting: Product, office: PostOffice, box: Mailbox
) -> None:
    token = new_token()
    with Customer(posting.url, token) as cleo:
        cleo.send(type="contact", name="Cleo", email=CLEO)
        cleo.until_event("contact.given")
        cleo.send(type="handoff", wanted=True)
        cleo.until_event("handoff.requested")
        cleo.ask("My lamp blinks.")
        cleo.until_event("message.created")

        to_staff = mail_to(office, "team@lindmoor.example")
        raw = office.send(reply_to(to_staff, BEN, "Hello Cleo, which lamp?"))
        for _ in range(2):
            bearer = {"Authorization": f"Bearer {SECRET}"}
            answer = httpx.post(f"{posting.url}/mail/inbound/", content=raw, headers=bearer, timeout=PATIENCE)
            assert answer.status_code == 200
        frame = cleo.until(lambda frame: said(frame, "Hello Cleo, which lamp?"))
        assert frame["data"]["message"]["author"] == {"name": "Ben"}

    to_cleo = mail_to(office, CLEO)
    assert "Hello Cleo, which lamp?" in text_of(to_cleo)
    box.mails[1] = office.send(reply_to(to_cleo, CLEO, "The red one."))
    with Customer(posting.url, token) as cleo:
        cleo.until(lambda frame: said(frame, "The red one."), seconds=90)
    told = [frame["data"]["message"]["text"] for frame in cleo.events if frame["event"] == "message.created"]
    assert told == ["My lamp blinks.", "Hello Cleo, which lamp?", "The red one."]
    assert [frame["seq"] for frame in cleo.events] == list(range(1, len(cleo.events) + 1))
    eventually(lambda: box.seen == {1}, seconds=30)


def test_a_file_is_given_and_everything_deleted_over_real_servers(posting: Product) -> None:
    token = new_token()
    bearer = {"Authorization": f"Bearer {token}"}
    form = {"assistant": "demo", "client_id": str(uuid.uuid4())}
    with Customer(posting.url, token) as cleo:
        cleo.send(type="handoff", wanted=True)
        cleo.until_event("handoff.requested")
        files = {"file": ("lamp.png", PNG, "image/png")}
        address = f"{posting.url}/widget/v1/attachments/"

        given = httpx.post(address, data=form, files=files, headers=bearer, timeout=PATIENCE)
        huge = {"file": ("lamp.png", PNG + bytes(12_000_000), "image/png")}
        refused = httpx.post(
            address, data=form | {"client_id": str(uuid.uuid4())}, files=huge, headers=bearer
        )

        assert (given.status_code, refused.status_code) == (201, 413)
        frame = cleo.until_event("message.created")
        (attached,) = frame["data"]["message"]["attachments"]
        back = httpx.get(f"{address}{attached['id']}/", headers=bearer, timeout=PATIENCE)
        assert (back.content, back.headers["x-content-type-options"]) == (PNG, "nosniff")
        with Customer(posting.url, token) as other_tab:
            cleo.send(type="forget")
            for tab in (cleo, other_tab):
                tab.until(lambda frame: frame["type"] == "forgotten")
    assert httpx.get(f"{address}{attached['id']}/", headers=bearer).status_code == 404
