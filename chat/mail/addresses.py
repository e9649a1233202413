"""Addresses: from a conversation and a role to a signed reply address, and back.

``reply+c.HEX.SIGNATURE@DOMAIN`` lets a customer speak in one conversation, ``reply+s.…`` staff.
The signature covers the role, so the address in a customer's mail never makes anybody staff.
Letters are small, because mail servers may lower them; 57 characters of the 64 a local part may have.
"""

import base64
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

CUSTOMER, STAFF = "c", "s"
SALT = "chat.mail.addresses"
SIGNED = re.compile(r"reply\+([cs])\.([0-9a-f]{32})\.([a-z2-7]{16})")


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """Where a mail leads: into which conversation, and in which role."""

    role: str
    conversation_id: uuid.UUID


def signature(role: str, conversation_id: uuid.UUID) -> str:
    """Return 80 bits of HMAC-SHA256 under a key derived from SECRET_KEY, in small letters."""
    digest = salted_hmac(SALT, f"{role}.{conversation_id.hex}", algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()


def reply_address(role: str, conversation_id: uuid.UUID) -> str:
    """Return the address at which a reply comes back into a conversation; empty without MAIL_DOMAIN."""
    if not settings.MAIL_DOMAIN:
        return ""
    return f"reply+{role}.{conversation_id.hex}.{signature(role, conversation_id)}@{settings.MAIL_DOMAIN}"


def is_reply_address(address: str) -> bool:
    """Say whether an address has the form of ours, signed rightly or not."""
    local, _, domain = address.strip().lower().rpartition("@")
    return domain == settings.MAIL_DOMAIN.lower() and local.startswith("reply+")


def place_of(address: str) -> ReplyPlace | None:
    """Return where an address leads; None when its signature is not ours."""
    if not settings.MAIL_DOMAIN or not is_reply_address(address):
        return None
    found = SIGNED.fullmatch(address.strip().lower().rpartition("@")[0])
    if found is None:
        return None
    role, conversation_id = found[1], uuid.UUID(found[2])
    if not constant_time_compare(found[3], signature(role, conversation_id)):
        return None
    return ReplyPlace(role, conversation_id)


def first_of_ours(addresses: Iterable[str]) -> str:
    """Return the first address that has the form of ours, or the first of all; empty when there is none."""
    given = [address for address in addresses if address]
    return next((address for address in given if is_reply_address(address)), given[0] if given else "")


def sender(name: str) -> str:
    """Return MAIL_FROM under the name of an assistant."""
    own_name, address = parseaddr(settings.MAIL_FROM)
    return formataddr((" ".join(name.split()) or own_name, address))


def domain() -> str:
    """Return the domain of our message ids."""
    own: str = settings.MAIL_DOMAIN or parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    return own or "localhost"
