"""Jobs: outgoing mails as leased rows, from being asked for to sent, failed or cancelled.

The rules are those of ingestion: a lease by the database's clock, the attempt as the fence.
``key`` says what a mail is about, so that asking for the same one twice makes one.
"""

import hashlib
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from chat.errors import Refused
from chat.mail.addresses import domain
from chat.models import Conversation, MailKind, MailState, OutgoingMail
from chat.texts import storable

LEASE = timedelta(seconds=120)  # longer than all words with a mail server together
ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
WAITING = (MailState.QUEUED, MailState.SENDING)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is queued."""

    kind: MailKind
    key: str
    to: str
    subject: str
    text: str
    reply_to: str


def one_line(text: str, most: int) -> str:
    """Return a text fit for a header: one line, no control characters, not endless."""
    line = " ".join("".join(c if c.isprintable() else " " for c in storable(text)).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def queue(conversation: Conversation, draft: Draft) -> bool:
    """Queue a mail of a locked conversation once, if its address is one; say whether it is new."""
    try:
        validate_email(draft.to)
    except ValidationError:
        return False
    _, is_new = OutgoingMail.objects.get_or_create(
        key=draft.key,
        defaults={
            "conversation": conversation,
            "kind": draft.kind,
            "to": draft.to,
            "subject": one_line(draft.subject, 200),
            "text": storable(draft.text),
            "message_id": message_id(draft.key),
            "reply_to": draft.reply_to,
            "due_at": timezone.now(),
        },
    )
    return is_new


def message_id(key: str) -> str:
    """Return the Message-ID of a mail: always the same, so that a mail sent twice is shown once."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain()}>"


def owner() -> str:
    """Return a name for one sender."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(by: str) -> OutgoingMail | None:
    """Take the mail that is due longest, or whose sender fell silent; None when there is none."""
    due = Q(state=MailState.QUEUED, due_at__lte=Now()) | Q(state=MailState.SENDING, lease_until__lt=Now())
    with transaction.atomic():
        mail = (
            OutgoingMail.objects.select_for_update(skip_locked=True)
            .filter(due)
            .order_by("due_at", "id")
            .first()
        )
        if mail is None:
            return None
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=MailState.SENDING, owner=by, attempt=F("attempt") + 1, lease_until=Now() + LEASE
        )
    return OutgoingMail.objects.select_related("conversation__assistant").filter(pk=mail.pk, owner=by).first()


def sent(mail: OutgoingMail) -> bool:
    """Note that a claimed mail is with the mail server; say whether it was still ours."""
    return _end(mail, state=MailState.SENT, reason="", sent_at=Now())


def failed(mail: OutgoingMail, sentence: str, for_good: bool = False) -> bool:
    """Note why a claimed mail did not go; it is tried again later, unless that was the last time."""
    if for_good or mail.attempt >= ATTEMPTS:
        return _end(mail, state=MailState.FAILED, reason=sentence)
    pause = min(FIRST_PAUSE * 2 ** (mail.attempt - 1), LONGEST_PAUSE)
    return _end(mail, state=MailState.QUEUED, reason=sentence, due_at=Now() + pause)


def withdrawn(mail: OutgoingMail, sentence: str) -> bool:
    """Note that a claimed mail is not needed any more."""
    return _end(mail, state=MailState.CANCELLED, reason=sentence)


def _end(mail: OutgoingMail, **columns: object) -> bool:
    mine = OutgoingMail.objects.filter(
        pk=mail.pk, attempt=mail.attempt, owner=mail.owner, state=MailState.SENDING
    )
    return bool(mine.update(owner="", lease_until=None, **columns))


def retry(mail_id: int) -> None:
    """Queue a mail again that failed or was cancelled.

    Raises:
        Refused: It is neither.
    """
    ended = OutgoingMail.objects.filter(pk=mail_id, state__in=[MailState.FAILED, MailState.CANCELLED])
    if not ended.update(state=MailState.QUEUED, attempt=0, reason="", due_at=Now()):
        raise Refused("Only a mail that failed or was cancelled can be sent again.")


def cancel(mail_id: int) -> None:
    """Keep a mail that waits from being sent.

    Raises:
        Refused: It is on its way, or does not wait any more.
    """
    waiting = OutgoingMail.objects.filter(pk=mail_id, state=MailState.QUEUED)
    if not waiting.update(state=MailState.CANCELLED, reason="Cancelled by staff."):
        raise Refused("Only a mail that waits can be cancelled; this one does not.")
