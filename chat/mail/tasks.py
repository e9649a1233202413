"""Tasks of mail: what the clock rings for; each round finds its work in PostgreSQL or the mailbox.

One of a kind at a time over all workers: a mail server that hangs, or a look that takes long, holds
up one thread, and the documents of staff are read by the others meanwhile.
"""

import imaplib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import connection

from chat.mail.delivering import fetch
from chat.mail.noticing import notice
from chat.mail.sending import send_due

log = logging.getLogger(__name__)
LOCK = 0x6D61696C  # key of PostgreSQL's advisory lock: "mail"
LOOK = 0x6C6F6F6B  # the one of looking what is due, which waits for no server: "look"


@shared_task(queue="maintenance")
def notice_and_send() -> None:
    """Queue the mails that somebody should get, and send those that are due."""
    with _alone(LOOK) as is_alone:
        if is_alone:
            notice()
    with _alone(LOCK) as is_alone:
        if is_alone:
            send_due()


@shared_task(queue="maintenance")
def fetch_mail() -> None:
    """Look into the mailbox for replies."""
    with _alone(LOCK) as is_alone:
        try:
            if is_alone:
                fetch()
        except (OSError, ValueError, imaplib.IMAP4.error) as error:
            log.warning("the mailbox cannot be read: %s", error)


@contextmanager
def _alone(lock: int) -> Iterator[bool]:
    """Say whether nobody else is at this work; nobody else will be as long as the block runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
