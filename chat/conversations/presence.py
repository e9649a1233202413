"""Presence: who of staff is here, as their open inboxes say from time to time."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models.functions import Now

from chat.models import StaffPresence

AWAY_AFTER = timedelta(seconds=60)  # three signs of an inbox that did not come
RENEW_SECONDS = 20.0


def renew(staff: User) -> bool:
    """Note that somebody has an inbox open; say whether they were away before."""
    here = StaffPresence.objects.filter(staff=staff)
    came = not here.filter(seen_at__gt=Now() - AWAY_AFTER).exists()
    if not here.update(seen_at=Now()):
        StaffPresence.objects.bulk_create([StaffPresence(staff=staff, seen_at=Now())], ignore_conflicts=True)
    return came


def set_available(staff: User, is_available: bool) -> None:
    """Note whether somebody who is here takes conversations."""
    StaffPresence.objects.update_or_create(
        staff=staff, defaults={"is_available": is_available, "seen_at": Now()}
    )


def here() -> Sequence[StaffPresence]:
    """Return who is here, by name."""
    present = StaffPresence.objects.filter(seen_at__gt=Now() - AWAY_AFTER, staff__is_active=True)
    return list(present.select_related("staff").order_by("staff__first_name", "staff__username"))


def is_somebody_here() -> bool:
    """Say whether somebody of staff has an inbox open and takes conversations."""
    return StaffPresence.objects.filter(
        is_available=True, staff__is_active=True, seen_at__gt=Now() - AWAY_AFTER
    ).exists()
