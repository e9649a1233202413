"""Sending: from a queued row to a mail at the SMTP server.

Between the server's 250 and our commit lies a moment that no order of steps removes: who is
killed there sends again when the lease has run out. So a mail goes out at least once, and its
Message-ID is always the same, by which mail servers and readers know a copy.
"""

import logging
import time

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from chat.mail import jobs, servers
from chat.mail.addresses import domain, sender
from chat.models import IncomingMail, MailKind, OutgoingMail

log = logging.getLogger(__name__)
ROUND_SECONDS = 20.0
MOST_REFERENCES = 10
PERMANENT = range(500, 600)


def send_due(seconds: float = ROUND_SECONDS) -> int:
    """Send the mails that are due, for some seconds; return how many the server took."""
    if not servers.is_sending():
        return 0
    end, by, sent = time.monotonic() + seconds, jobs.owner(), 0
    while time.monotonic() < end and (mail := jobs.claim(by)) is not None:
        sent += _send(mail)
    return sent


def _send(mail: OutgoingMail) -> bool:
    if mail.attempt > jobs.ATTEMPTS:
        jobs.failed(mail, "Its sender died several times.", for_good=True)
        return False
    if has_been_seen(mail):
        jobs.withdrawn(mail, "The customer has read it in the chat meanwhile.")
        return False
    try:
        message_of(mail, servers.smtp()).send()
    except (
        OSError,
        ValueError,
    ) as error:  # all of SMTP's errors are OSErrors; a bad header or URL is the other
        sentence, for_good = reason_of(error)
        log.warning("mail %s: %s", mail.pk, sentence)
        jobs.failed(mail, sentence, for_good)
        return False
    return jobs.sent(mail)


def has_been_seen(mail: OutgoingMail) -> bool:
    """Say whether the customer has looked at all that a mail to them brings; only before the first try."""
    if mail.kind != MailKind.STAFF_REPLIED or mail.attempt > 1:
        return False
    return mail.conversation.seen_seq >= int(mail.key.rpartition(":")[2])


def message_of(mail: OutgoingMail, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """Return a queued mail as it goes over the wire."""
    earlier = _earlier_ids(mail)
    headers = {
        "Message-ID": mail.message_id,
        "In-Reply-To": earlier[-1],
        "References": " ".join(earlier),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return EmailMessage(
        subject=mail.subject,
        body=mail.text,
        from_email=sender(mail.conversation.assistant.name),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=headers,
        connection=connection,
    )


def _earlier_ids(mail: OutgoingMail) -> list[str]:
    """Return the ids that tie a mail to those before it with the same reader, the oldest first."""
    side = "customer" if mail.kind == MailKind.STAFF_REPLIED else "staff"
    root = f"<{side}.{mail.conversation_id.hex}@{domain()}>"
    ours = OutgoingMail.objects.filter(conversation=mail.conversation_id, to=mail.to, pk__lt=mail.pk)
    theirs = IncomingMail.objects.filter(
        conversation=mail.conversation_id, sender__iexact=mail.to, created_at__lt=mail.created_at
    )
    rows = [*ours.values_list("created_at", "message_id"), *theirs.values_list("created_at", "message_id")]
    return [root, *(message_id for _, message_id in sorted(rows)[-MOST_REFERENCES:])]


def reason_of(error: Exception) -> tuple[str, bool]:
    """Return why a mail did not go, in words for staff, and whether trying again is of no use."""
    if isinstance(error, servers.BadServer):
        return f"MAIL_URL cannot be used. {error}", False
    if isinstance(error, ValueError):
        return f"The mail cannot be written: {error}", True
    refused = getattr(error, "recipients", None)  # of smtplib.SMTPRecipientsRefused
    if refused:
        code, text = next(iter(refused.values()))
        return f"The mail server refused the address: {code} {_words(text)}", code in PERMANENT
    code, text = getattr(error, "smtp_code", 0), getattr(error, "smtp_error", b"")
    if code:
        return f"The mail server said: {code} {_words(text)}", False
    return f"The mail server cannot be reached: {_words(str(error)) or type(error).__name__}.", False


def _words(text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return jobs.one_line(said, 200)
