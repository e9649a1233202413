"""Delivering: every way by which mail comes in ends here, and what it made is announced."""

import imaplib
import logging

from django.conf import settings

from chat.mail import servers
from chat.mail.receiving import Received, receive
from chat.realtime.broadcast import announce_now

log = logging.getLogger(__name__)
MOST_BYTES = 25_000_000
MOST_AT_ONCE = 50  # mails per look into the mailbox


def deliver(raw: bytes) -> Received:
    """Receive a mail and tell everybody who follows its conversation."""
    received = receive(raw)
    if received.conversation_id is not None and received.events:
        announce_now(received.conversation_id, received.events)
    return received


def fetch() -> int:
    """Deliver the unseen mails of the mailbox; return how many. Each is marked as seen once it is stored.

    Raises:
        servers.BadServer: MAIL_IMAP_URL cannot be read.
        OSError, imaplib.IMAP4.error: The server is away, or refuses us; what was not stored stays unseen.
    """
    if not settings.MAIL_IMAP_URL:
        return 0
    connection = servers.imap()
    try:
        _, found = connection.uid("SEARCH", "UNSEEN")
        numbers = (found[0] or b"").split()[:MOST_AT_ONCE] if found else []
        return sum(_fetch(connection, number.decode("ascii")) for number in numbers)
    finally:
        try:
            connection.logout()
        except (OSError, imaplib.IMAP4.error) as error:
            log.info("the mailbox was left without a word: %s", error)


def _fetch(connection: imaplib.IMAP4, number: str) -> bool:
    """Deliver one mail; of one that is too large the beginning, in which its words are."""
    _, parts = connection.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if raw is None:
        return False  # somebody deleted it meanwhile
    deliver(raw)
    connection.uid("STORE", number, "+FLAGS.SILENT", "(\\Seen)")
    return True
