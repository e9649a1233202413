"""Fixtures of the guard tests: sockets walked from synchronous tests."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests.guards.test_matrix import is_let_in


@pytest.fixture
def walk(transactional_db: None) -> Iterator[Callable[[str, str], bool]]:
    """Return what says whether a socket stays open to the session in a cookie."""
    known = connection.settings_dict
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    yield lambda path, cookie: asyncio.run(is_let_in(path, cookie))
    known["CONN_MAX_AGE"] = age
