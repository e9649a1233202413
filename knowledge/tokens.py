"""Tokens: what staff may do with API tokens (issue, revoke), and from a secret to whom it acts for.

A token acts as its owner and never longer than the owner may: an account that is switched
off or no longer staff has no living tokens, with nothing to be cleaned up.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from knowledge.acts import record_on
from knowledge.errors import PermanentError
from knowledge.models import ApiToken, Reach

PREFIX = "sb_"  # by which scanners of repositories and logs recognise one
SHOWN = len(PREFIX) + 8  # characters; 35 random ones (210 bits) stay secret
LONGEST_NAME = 100
MOST_DAYS = 3650
FRESH = timedelta(minutes=1)  # the last use is written no more often


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token and its secret, which is never to be had again."""

    token: ApiToken
    secret: str


def issue(owner: User, name: str, scope: str, days: int | None = None, by: User | None = None) -> Issued:
    """Make a token that acts as ``owner``, for some days or until it is revoked.

    Raises:
        PermanentError: It has no name, the owner is not active staff, or scope or days cannot be.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise PermanentError(
            f"A token needs a name of at most {LONGEST_NAME} characters: say which program uses it."
        )
    if not (owner.is_active and owner.is_staff):
        raise PermanentError(f"“{owner.get_username()}” is not active staff, so no token can act for them.")
    if scope not in Reach.values:
        raise PermanentError(f"“{scope}” is no scope: use one of {', '.join(Reach.values)}.")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise PermanentError(f"A token lives for 1 to {MOST_DAYS} days, or until it is revoked.")
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            owner=owner,
            name=name,
            digest=_digest(secret),
            shown=secret[:SHOWN],
            scope=scope,
            expires_at=None if days is None else timezone.now() + timedelta(days=days),
        )
        record_on(name, "token issued", by, token=token.shown, owner=owner.get_username(), scope=scope)
    return Issued(token, secret)


def revoke(token: ApiToken, by: User | None = None) -> None:
    """End a token at once and for good.

    Raises:
        PermanentError: It was revoked before.
    """
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
            raise PermanentError("This token was revoked before; nothing can use it.")
        record_on(token.name, "token revoked", by, token=token.shown, owner=token.owner.get_username())


def find(secret: str) -> ApiToken | None:
    """Return the living token of a secret with its owner, and note that it was used."""
    found = living().select_related("owner").filter(digest=_digest(secret)).first()
    if found is not None and _is_stale(found):
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - FRESH)
        ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=Now())
    return found


def living() -> QuerySet[ApiToken]:
    """Return the tokens that are good for something at this moment."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=Now())
    return ApiToken.objects.filter(unexpired, revoked_at=None, owner__is_active=True, owner__is_staff=True)


def tokens_seen_by(staff: User) -> QuerySet[ApiToken]:
    """Return the tokens that a member of staff sees and may revoke: their own, and for administrators all."""
    tokens = ApiToken.objects.select_related("owner").order_by("-id")
    return tokens if staff.is_superuser else tokens.filter(owner=staff)


def _digest(secret: str) -> str:
    # 256 random bits need no salt and no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _is_stale(token: ApiToken) -> bool:
    return token.last_used_at is None or token.last_used_at < timezone.now() - FRESH
