"""Fixtures of the realtime tests: an assistant, and a runner that hears the test database's bell."""

from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from chat.models import Assistant
from tests.factories import assistant


@pytest.fixture
def demo(transactional_db: None, settings: Settings) -> Iterator[Assistant]:
    """Return the assistant that customers ask; connections of threads end with their work."""
    known = connection.settings_dict
    settings.DATABASE_URL = make_conninfo(
        dbname=known["NAME"],
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        host=known["HOST"] or None,
        port=known["PORT"] or None,
    )
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    yield assistant(greeting="Hello!", suggestions=["How do I reset it?"])
    known["CONN_MAX_AGE"] = age
