"""Presence: whether somebody of staff is here to take a conversation over."""

from datetime import timedelta

from django.db.models.functions import Now

from chat.models import StaffPresence

AWAY_AFTER = timedelta(seconds=60)


def is_somebody_here() -> bool:
    """Say whether somebody of staff has an inbox open and takes conversations."""
    return StaffPresence.objects.filter(
        is_available=True, staff__is_active=True, seen_at__gt=Now() - AWAY_AFTER
    ).exists()
