"""Pace: how long the rest of a job takes, said only when it can be said."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.staff.pace import LONGEST, Mark, in_words, remaining

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "seconds", "expected"),
    [
        (50, 60, timedelta(seconds=120)),
        (10, 60, None),  # nothing gained
        (5, 60, None),  # begun anew
        (50, 2, None),  # too early to tell
        (130, 60, None),  # over
    ],
)
def test_the_rest_takes_as_long_as_the_pace_since_the_mark_says(
    done: int, seconds: int, expected: timedelta | None
) -> None:
    left = remaining(Mark(START, 10), Mark(START + timedelta(seconds=seconds), done), 130)

    assert left == expected


def test_a_mark_of_long_ago_does_not_overflow() -> None:
    left = remaining(Mark(datetime(1, 1, 1, tzinfo=UTC)), Mark(START, 1), 2**31)

    assert left == LONGEST


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(minutes=90), "about 1\xa0hour left"),
    ],
)
def test_it_is_said_as_people_say_it(left: timedelta | None, words: str) -> None:
    said = in_words(left)

    assert said == words
