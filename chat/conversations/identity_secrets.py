"""Identity secrets: by which a website signs who its visitor is; made, shown once, followed and retired.

A secret is base64url(HMAC-SHA256(SECRET_KEY, "identity:" + salt)) without padding; only the
salt is stored. Two may be alive, so that a website changes from one to the next without a gap.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import Refused
from chat.models import Assistant, IdentitySecret

MOST_ALIVE = 2


def alive(assistant: Assistant) -> QuerySet[IdentitySecret]:
    """Return the secrets that an assistant believes, newest first."""
    return IdentitySecret.objects.filter(assistant=assistant, retired_at=None)


def create(assistant: Assistant) -> tuple[IdentitySecret, str]:
    """Make a secret; return its row, and the secret itself to be shown this once.

    Raises:
        Refused: Two are alive.
    """
    with transaction.atomic():
        Assistant.objects.select_for_update().get(pk=assistant.pk)  # two at once would both see room
        if alive(assistant).count() >= MOST_ALIVE:
            raise Refused(_("Two secrets are alive. Retire the one that your website uses no more."))
        row = IdentitySecret.objects.create(
            assistant=assistant, number=f"k{secrets.token_hex(6)}", salt=secrets.token_urlsafe(32)
        )
    return row, derived(row)[0]


def retire(assistant: Assistant, number: str) -> bool:
    """Believe a secret no more; say whether it was alive."""
    return bool(alive(assistant).filter(number=number).update(retired_at=timezone.now()))


def derived(secret: IdentitySecret) -> list[str]:
    """Return the secret of a row by today's SECRET_KEY, and by each earlier one that is still honoured."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_derived(key, secret.salt) for key in keys]


def _derived(key: str, salt: str) -> str:
    digest = hmac.new(key.encode(), f"identity:{salt}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
