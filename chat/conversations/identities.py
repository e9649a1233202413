"""Identities: a website vouches for its visitor, and their conversation follows them.

Nobody reaches a history by an identity alone that others could use: a token counts once,
for the secret that brought it first, and a secret that belongs to one customer never
becomes another's. Who is not vouched for has what their own secret opens, and no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.conversations.identity_tokens import Vouched, read_identity
from chat.conversations.transcript import lock, record
from chat.conversations.turns import find, hashed
from chat.errors import BadQuestion
from chat.models import (
    Assistant,
    Care,
    Conversation,
    ConversationSecret,
    Customer,
    Event,
    SpentIdentity,
)

RECENT = timedelta(days=30)  # for how long a conversation is taken up on another device
REMEMBERED = timedelta(days=1)  # for how long a spent token stands for a secret that has not asked yet


@dataclass(frozen=True, slots=True)
class Identified:
    """A customer who was vouched for, their conversation if there is one, and the events to announce.

    ``is_taken_up``: the conversation began with another secret, and this one opens it from now on.
    """

    customer: Customer
    conversation: Conversation | None
    events: Sequence[Event] = ()
    is_taken_up: bool = False


def identify(assistant: Assistant, secret: str, token: str) -> Identified:
    """Let a signed token say who holds a customer's secret.

    Raises:
        BadQuestion: It is ``bad_identity``, ``expired_identity`` or ``spent_identity``, or the secret
            belongs to an ``other_customer``.
    """
    vouched = read_identity(assistant, token)
    with transaction.atomic():
        customer = _customer(assistant, vouched)
        conversation = find(assistant, secret)
        _refuse_other(assistant, secret, customer, conversation)
        _spend(assistant, secret, customer, vouched)
        if conversation is not None:
            return Identified(customer, conversation, _vouched_in(conversation, customer))
        earlier = _earlier(assistant, customer)
        if earlier is None:
            return Identified(customer, None)
        _open_with(secret, earlier)
        return Identified(customer, earlier, _vouched_in(earlier, customer), is_taken_up=True)


def customer_of(assistant: Assistant, secret: str) -> Customer | None:
    """Return who a secret was vouched for, whether it has asked already or not."""
    conversation = find(assistant, secret)
    if conversation is not None:
        return conversation.customer
    latest = _spent_by(assistant, secret).first()
    return latest.customer if latest else None


def vouch(conversation: Conversation, secret: str) -> list[Event]:
    """Give a conversation that was just founded the customer its secret was vouched for."""
    latest = _spent_by(conversation.assistant, secret).first()
    if latest is None:
        return []
    with transaction.atomic():
        return _vouched_in(conversation, latest.customer)


def told(customer: Customer | None) -> dict[str, Any]:
    """Return what a customer's own page learns of who they are taken for."""
    return {"verified": customer is not None, "name": customer.name if customer else ""}


def _customer(assistant: Assistant, vouched: Vouched) -> Customer:
    given = {name: value for name, value in (("name", vouched.name), ("email", vouched.email)) if value}
    customer, _made = Customer.objects.update_or_create(
        assistant=assistant, external_id=vouched.external_id, defaults=given
    )
    return customer


def _refuse_other(
    assistant: Assistant, secret: str, customer: Customer, conversation: Conversation | None
) -> None:
    """Refuse a secret that belongs to somebody else, before anything is spent: a new secret may try again."""
    owner = conversation.customer_id if conversation else None
    others = _spent_by(assistant, secret).exclude(customer=customer)
    if (owner is not None and owner != customer.pk) or (owner is None and others.exists()):
        sentence = "This conversation belongs to somebody else who was signed in before. Begin a new one."
        raise BadQuestion("other_customer", sentence)


def _spend(assistant: Assistant, secret: str, customer: Customer, vouched: Vouched) -> None:
    over = timezone.now() - REMEMBERED
    SpentIdentity.objects.filter(assistant=assistant, expires_at__lt=over).delete()
    spent, _made = SpentIdentity.objects.get_or_create(
        assistant=assistant,
        jti=vouched.jti,
        defaults={
            "token_sha256": hashed(secret),
            "customer": customer,
            "expires_at": datetime.fromtimestamp(vouched.expires, UTC),
        },
    )
    if (spent.token_sha256, spent.customer_id) != (hashed(secret), customer.pk):
        sentence = "This identity was used before. The website must sign a new one for each page."
        raise BadQuestion("spent_identity", sentence)


def _spent_by(assistant: Assistant, secret: str) -> QuerySet[SpentIdentity]:
    """Return the tokens that a secret has spent lately, latest first."""
    lately = SpentIdentity.objects.filter(expires_at__gte=timezone.now() - REMEMBERED)
    return lately.filter(assistant=assistant, token_sha256=hashed(secret)).select_related("customer")


def _open_with(secret: str, conversation: Conversation) -> None:
    """Make a secret a second key to a conversation."""
    key, _made = ConversationSecret.objects.get_or_create(
        token_sha256=hashed(secret), defaults={"conversation": conversation}
    )
    if key.conversation_id != conversation.id:
        raise BadQuestion("unknown_conversation", "This conversation belongs to another assistant.")


def _earlier(assistant: Assistant, customer: Customer) -> Conversation | None:
    """Return the conversation that a customer had last, if it is still going on."""
    since = timezone.now() - RECENT
    mine = Conversation.objects.filter(assistant=assistant, customer=customer, last_message_at__gt=since)
    return mine.exclude(care=Care.CLOSED).order_by("-last_message_at", "id").first()


def _vouched_in(conversation: Conversation, customer: Customer) -> list[Event]:
    """Note in a conversation whose it is; an event where name or address are new to it."""
    locked = lock(conversation.id)
    known = locked.name, locked.email
    locked.customer = conversation.customer = customer
    locked.name, locked.email = customer.name or locked.name, customer.email or locked.email
    locked.save(update_fields=["customer", "name", "email"])
    if (locked.name, locked.email) == known:
        return []
    return [record(locked, "contact.given", {"name": locked.name, "email": locked.email})]
