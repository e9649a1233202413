"""Bans: words and visitors that an assistant does not answer.

A banned visitor is told one neutral sentence; who asks with a banned word is asked to
put it in other words, unless staff have the conversation: they may read anything.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat.errors import BadQuestion
from chat.limits.addresses import HOUSEHOLD, is_within, keyed_hash, networks
from chat.models import Assistant, Ban, Care, Conversation
from chat.texts import storable
from knowledge.lexemes import fold

HASH = re.compile(r"[0-9a-f]{64}")
LONGEST = 200
# Scripts that put no space between words: there a banned word is found inside others.
UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
STAFF_READ = (Care.OPEN, Care.SNOOZED)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a frame: from which address, and in which conversation, if there is one."""

    assistant: Assistant
    address: str = ""
    conversation_id: uuid.UUID | None = None


def living(assistant: Assistant | None = None) -> QuerySet[Ban]:
    """Return the bans in force, of one assistant or of all."""
    bans = Ban.objects.filter(Q(until=None) | Q(until__gt=Now()))
    return bans.filter(Q(assistant=None) | Q(assistant=assistant)) if assistant else bans


def refuse_banned(visitor: Visitor, question: object = None) -> None:
    """Let a visitor pass, and the question, if there is one.

    Raises:
        BadQuestion: The visitor is banned, or a word of the question.
    """
    found = Conversation.objects.select_related("customer")
    known = found.filter(id=visitor.conversation_id).first() if visitor.conversation_id else None
    named = Q(kind__in=[Ban.Kind.WORD, Ban.Kind.ADDRESS])
    if known is not None:
        named |= Q(kind=Ban.Kind.CONVERSATION, value=str(known.id))
        if known.customer is not None:
            named |= Q(kind=Ban.Kind.CUSTOMER, value=known.customer.external_id)
    bans = list(living(visitor.assistant).filter(named).values_list("kind", "value"))
    if any(_is_visitor(kind, value, visitor.address) for kind, value in bans):
        raise BadQuestion("not_available", "This chat is not available at the moment.")
    words = [value for kind, value in bans if kind == Ban.Kind.WORD]
    if words and isinstance(question, str) and not (known and known.care in STAFF_READ):
        _refuse_words(words, question)


def _is_visitor(kind: str, value: str, address: str) -> bool:
    """Say whether a ban that was looked up is of this visitor."""
    if kind != Ban.Kind.ADDRESS:
        return kind != Ban.Kind.WORD
    if HASH.fullmatch(value):
        return bool(address) and value == keyed_hash(address)
    return is_within(address, networks((value,)))


def _refuse_words(words: list[str], question: str) -> None:
    text = fold(question)
    if any(re.search(_pattern(fold(word)), text) for word in words):
        raise BadQuestion("rephrase", "Please put your question in other words.")


def _pattern(word: str) -> str:
    """Return what finds a word by itself; inside others only in scripts without spaces."""
    before = "" if re.match(f"[{UNSPACED}\\W]", word) else r"(?<!\w)"
    after = "" if re.search(f"[{UNSPACED}\\W]$", word) else r"(?!\w)"
    return before + re.escape(word) + after


def ban_conversation(
    conversation: Conversation, staff: User, reason: str = "", until: datetime | None = None
) -> Ban:
    """Answer a conversation no more, until a moment or for good; banning it again changes the ban."""
    ban, _made = Ban.objects.update_or_create(
        kind=Ban.Kind.CONVERSATION,
        value=str(conversation.id),
        assistant=conversation.assistant,
        defaults={"reason": storable(reason)[:LONGEST], "until": until, "created_by": staff},
    )
    return ban


def lift(ban_id: int) -> Ban | None:
    """End a ban; return it, or None when somebody did so before."""
    ban = Ban.objects.filter(pk=ban_id).first()
    if ban is not None:
        Ban.objects.filter(pk=ban_id).delete()
    return ban


def clean_value(kind: str, value: str) -> str:
    """Return what is banned as it is stored.

    Raises:
        ValidationError: It is nothing of its kind; says what to write.
    """
    value = " ".join(storable(value).split())
    match kind:
        case Ban.Kind.ADDRESS:
            return _clean_address(value.lower())
        case Ban.Kind.CONVERSATION:
            return _clean_conversation(value)
        case Ban.Kind.WORD if len(re.sub(r"\W", "", fold(value))) == 0:
            raise ValidationError(_("Write a word with at least one letter or digit."))
    return value


def _clean_address(value: str) -> str:
    if HASH.fullmatch(value):
        return value
    try:
        network = networks((value,))[0]
    except ValueError as error:
        sentence = _(
            "Write an address like 203.0.113.7, a network like 203.0.113.0/24, or its code from the log."
        )
        raise ValidationError(sentence) from error
    # Of IPv6 a customer has a whole network, and counts as it.
    is_household = network.version == 6 and network.prefixlen > HOUSEHOLD
    return str(network.supernet(new_prefix=HOUSEHOLD) if is_household else network)


def _clean_conversation(value: str) -> str:
    """Take a conversation's number, or the address of its page in the staff area."""
    found = re.search(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", value.lower())
    number = uuid.UUID(found[0]) if found else None
    if number is None or not Conversation.objects.filter(id=number).exists():
        raise ValidationError(_("There is no such conversation. Copy its address out of the browser."))
    return str(number)
