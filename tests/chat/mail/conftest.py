"""Fixtures of mail: a post office, settings that lead to it, and Cleo who waits while nobody is here."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from chat.models import Conversation
from tests.chat.mail.post_office import PostOffice
from tests.chat.mail.waiting import here, later, round_of_mail, says, waiting
from tests.factories import staff


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    """Return the SMTP server that mail goes out by."""
    with PostOffice() as office:
        settings.MAIL_URL = office.url
        settings.MAIL_FROM = "support@lindmoor.example"
        settings.MAIL_DOMAIN = "lindmoor.example"
        settings.MAIL_WEBHOOK_SECRET = "a secret of the post office"
        settings.PUBLIC_URL = "https://help.lindmoor.example"
        yield office


@pytest.fixture
def cleo(db: None) -> Conversation:
    """Return Cleo's conversation: she has asked for a person, and nobody is here."""
    return waiting()


@pytest.fixture
def ben(db: None) -> None:
    """Let Ben have an account with an address."""
    staff("ben", email="Ben@lindmoor.example")


@pytest.fixture
def to_staff(office: PostOffice, cleo: Conversation, ben: None) -> EmailMessage:
    """Return the mail that staff got because Cleo waits."""
    round_of_mail()
    return office.mails[-1]


@pytest.fixture
def to_cleo(office: PostOffice, cleo: Conversation) -> EmailMessage:
    """Return the mail that Cleo got because Ben replied while she was away."""
    here()
    says(cleo, "Hello Cleo, which lamp blinks?")
    later(seconds=61)
    round_of_mail()
    return office.mails[-1]
