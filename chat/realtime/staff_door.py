"""The staff door: whether whoever opened a socket is still somebody of staff, asked again and again.

A page asks at every request; a socket lives for hours, so it must ask by itself.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare


def staff_of(scope: Mapping[str, Any]) -> User | None:
    """Return the active member of staff to whom the session of a socket belongs now, read anew."""
    key = getattr(scope.get("session"), "session_key", None)
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    staff = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True, is_staff=True).first()
    if staff is None:
        return None
    # A changed password ends the sessions that were begun with the old one.
    is_same = constant_time_compare(session.get(HASH_SESSION_KEY, ""), staff.get_session_auth_hash())
    return staff if is_same else None
