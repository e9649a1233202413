"""Whatever happens in whatever order: many conversations."""

from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from tests.chat.realtime.machine import play
from tests.factories import assistant

RUNS = 200


@pytest.fixture
def demo(transactional_db: None, settings: Settings) -> Iterator[None]:
    """Have the assistant that is asked, and a bell that rings for the test database."""
    known = connection.settings_dict
    settings.DATABASE_URL = make_conninfo(
        dbname=known["NAME"],
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        host=known["HOST"] or None,
        port=known["PORT"] or None,
    )
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    assistant()
    yield
    known["CONN_MAX_AGE"] = age


@pytest.mark.faults
@pytest.mark.usefixtures("demo")
def test_no_conversation_of_many_loses_or_doubles_anything() -> None:
    play(RUNS)
