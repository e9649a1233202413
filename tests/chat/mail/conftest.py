"""Fixtures of mail: a post office, settings that lead to it, and Cleo who waits while nobody is here."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from chat.models import Conversation
from tests.chat.mail.post_office import PostOffice
from tests.chat.mail.waiting import waiting


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
