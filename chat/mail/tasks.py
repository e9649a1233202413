"""Tasks of mail: what the clock rings for; each round finds its work in PostgreSQL or the mailbox."""

import imaplib
import logging

from celery import shared_task

from chat.mail.delivering import fetch
from chat.mail.noticing import notice
from chat.mail.sending import send_due

log = logging.getLogger(__name__)


@shared_task(queue="maintenance")
def notice_and_send() -> None:
    """Queue the mails that somebody should get, and send those that are due."""
    notice()
    send_due()


@shared_task(queue="maintenance")
def fetch_mail() -> None:
    """Look into the mailbox for replies."""
    try:
        fetch()
    except (OSError, ValueError, imaplib.IMAP4.error) as error:
        log.warning("the mailbox cannot be read: %s", error)
