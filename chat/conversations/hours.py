"""Office hours: when people are there to take a conversation over.

``Assistant.office_hours`` is ``{"time_zone": "Europe/Berlin", "days": {"mon": [["09:00", "17:00"]], …}}``;
without ``days`` somebody is always expected.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from chat.models import Assistant

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(assistant: Assistant, at: datetime | None = None) -> bool:
    """Say whether a moment (now, if none is given) lies within the office hours of an assistant."""
    days = assistant.office_hours.get("days")
    if not days:
        return True
    local = (at or timezone.now()).astimezone(ZoneInfo(assistant.office_hours.get("time_zone", "UTC")))
    clock = local.strftime("%H:%M")
    return any(begin <= clock < end for begin, end in days.get(DAYS[local.weekday()], []))
