"""Office hours: open or not, in the time zone of the team."""

from datetime import UTC, datetime

import pytest

from chat.conversations.hours import is_open
from chat.models import Assistant

HOURS = {"time_zone": "Europe/Berlin", "days": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]]}}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), True),  # Monday, 9:00 in Berlin
        (datetime(2026, 11, 30, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 11, 0, tzinfo=UTC), False),  # 12:00, the end does not count
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 9, 0, tzinfo=UTC), False),  # Tuesday
        (datetime(2026, 6, 1, 7, 0, tzinfo=UTC), True),  # summer time
    ],
)
def test_hours_are_those_of_the_team(at: datetime, expected: bool) -> None:
    assert is_open(Assistant(office_hours=HOURS), at) is expected


def test_without_hours_somebody_is_always_expected() -> None:
    assert is_open(Assistant())
