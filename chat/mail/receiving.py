"""Receiving: a mail that came in becomes a message, once, or a row that says why it did not.

The signed address says into which conversation and in which role; the sender's address must be
the customer's, or that of an active account of staff. Neither alone is enough.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from chat.attachments import giving
from chat.attachments.giving import Candidate
from chat.conversations import handoffs, staffing, turns
from chat.conversations.transcript import lock
from chat.conversations.turns import Said
from chat.errors import BadQuestion
from chat.mail import letters
from chat.mail.addresses import STAFF, ReplyPlace, first_of_ours, is_reply_address, place_of
from chat.mail.letters import Enclosed, Letter
from chat.mail.stripping import reply_in
from chat.models import Attachment, Care, Channel, Conversation, Event, IncomingMail, Message, OutgoingMail

MOST_CHARACTERS = 8_000  # of a mail that goes to staff
CUT = "\n\n[…]"
DUPLICATE = "It came before."


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail: events to announce, or the reason why there are none."""

    reason: str = ""
    conversation_id: uuid.UUID | None = None
    events: tuple[Event, ...] = ()


class Unfit(Exception):
    """A mail that becomes no message; the text says why."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mail brings: words, files that are taken, and a word on each that is not."""

    text: str
    files: tuple[Candidate, ...]
    refused: tuple[str, ...]


def receive(raw: bytes) -> Received:
    """Store a mail once; make a message of it if it may be one."""
    letter = letters.read(raw)
    if IncomingMail.objects.filter(message_id=letter.message_id).exists():
        return Received(DUPLICATE)
    try:
        place = _place(letter)
        with _contents(letter) as contents, transaction.atomic():
            conversation = _locked(place)
            _keep(letter, "", conversation)
            events = _said(conversation, place, letter, contents)
        return Received("", conversation.pk, tuple(events))
    except (Unfit, BadQuestion) as error:
        return _unfit(letter, str(error))
    except IntegrityError:
        return Received(DUPLICATE)  # it came twice at the same time, and the other was first


def _unfit(letter: Letter, reason: str) -> Received:
    try:
        with transaction.atomic():
            _keep(letter, reason, None)
    except IntegrityError:
        return Received(DUPLICATE)
    return Received(reason)


def _keep(letter: Letter, reason: str, conversation: Conversation | None) -> None:
    IncomingMail.objects.create(
        message_id=letter.message_id,
        sender=letter.sender[:320],
        recipient=first_of_ours(letter.recipients)[:320],
        subject=letter.subject,
        conversation=conversation,
        reason=reason[:300],
    )


def _place(letter: Letter) -> ReplyPlace:
    """Return where a mail leads."""
    if letter.automatic:
        raise Unfit(letter.automatic)
    if OutgoingMail.objects.filter(message_id=letter.message_id).exists():
        raise Unfit("It is one of our own mails that came back.")
    places = [place for address in letter.recipients if (place := place_of(address))]
    if len(set(places)) == 1:
        return places[0]
    if places:
        raise Unfit("Its addresses lead into several conversations.")
    if any(is_reply_address(address) for address in letter.recipients):
        raise Unfit("Its reply address is not signed by us, or is damaged.")
    raise Unfit("No address of it leads into a conversation.")


def _locked(place: ReplyPlace) -> Conversation:
    try:
        return lock(place.conversation_id)
    except Conversation.DoesNotExist as error:
        raise Unfit("Its conversation is not there any more.") from error


def _said(
    conversation: Conversation, place: ReplyPlace, letter: Letter, contents: Contents
) -> Iterable[Event]:
    """Store what a mail says in a locked conversation, as whom its address and sender allow."""
    if place.role == STAFF:
        return _by_staff(conversation, _account(letter.sender), contents)
    known = conversation.customer
    addresses = {conversation.email.lower(), known.email.lower() if known else ""} - {""}
    if letter.sender not in addresses:
        raise Unfit("Its sender's address is not the one that the customer gave.")
    client_id = uuid.uuid5(uuid.NAMESPACE_URL, letter.message_id)
    return _by_customer(conversation, client_id, contents)


def _account(sender: str) -> User:
    accounts = (
        list(User.objects.filter(email__iexact=sender, is_staff=True, is_active=True)[:2]) if sender else []
    )
    if len(accounts) != 1:
        raise Unfit("Its sender's address is not that of one active account of staff.")
    return accounts[0]


def _by_staff(conversation: Conversation, staff: User, contents: Contents) -> Iterable[Event]:
    events = handoffs.taken_over_in(conversation, staff)
    text = _cut(contents, staffing.MOST_CHARACTERS)

    def attach(message: Message) -> list[Attachment]:
        return giving.attach(message, contents.files)

    return [*events, staffing.say(conversation, staff, text, staffing.Saying(Channel.EMAIL, attach=attach))]


def _by_customer(conversation: Conversation, client_id: uuid.UUID, contents: Contents) -> Iterable[Event]:
    room = max(0, giving.MOST_FILES - conversation.attachments.count())
    files = contents.files[:room]
    if conversation.care not in (Care.OPEN, Care.SNOOZED):
        files = ()  # nobody would look at them
    unseen = tuple(f"({file.name})" for file in contents.files[len(files) :])
    contents = Contents(contents.text, files, (*contents.refused, *unseen))
    is_question = conversation.care in (Care.ASSISTANT, Care.CLOSED)
    text = _cut(contents, settings.QUESTION_MAX_CHARACTERS if is_question else MOST_CHARACTERS)

    def attach(message: Message) -> list[Attachment]:
        return giving.attach(message, files)

    return turns.say_in(conversation, Said(text, client_id, Channel.EMAIL), attach).events


def _cut(contents: Contents, most: int) -> str:
    """Return the words of a mail, not longer than a message may be, and a word on what is left out."""
    notes = "\n".join(contents.refused)[: most // 4]
    room = most - len(notes) - len(CUT) - 2
    text = contents.text if len(contents.text) <= room else contents.text[:room].rstrip() + CUT
    return f"{text}\n\n{notes}".strip() if notes else text


@contextmanager
def _contents(letter: Letter) -> Iterator[Contents]:
    """Give what a mail brings; its files lie on disk as long as the block runs."""
    with TemporaryDirectory() as folder:
        files, refused = [], []
        for number, enclosed in enumerate(letter.files):
            try:
                files.append(_candidate(Path(folder, str(number)), enclosed))
            except BadQuestion as error:
                refused.append(f"({error})")
        text = reply_in(letter.text)
        if not text and not files:
            raise Unfit("It adds no words and no files that we take to what it answers.")
        yield Contents(text, tuple(files), tuple(refused))


def _candidate(path: Path, enclosed: Enclosed) -> Candidate:
    path.write_bytes(enclosed.content)
    return giving.candidate(path, enclosed.name)
