"""Fixtures of what programs ask: documents of both audiences, and connections that end with their work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from knowledge.models import Audience
from tests.factories import shelf, taken_in
from tests.fakes import AxisEmbedder

SALARY = "# Salary\n\nThe salary of the workshop is paid on the last day of the month.\n"


@pytest.fixture
def brief(knowledge: type[AxisEmbedder]) -> Iterator[None]:
    """Let connections of threads end with their work, as no later test could end them."""
    known = connection.settings_dict
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    yield
    known["CONN_MAX_AGE"] = age


@pytest.fixture
def manuals(brief: None, tmp_path: Path) -> None:
    """Put the manual where customers read and what is paid where they must not."""
    taken_in(tmp_path)
    taken_in(tmp_path, SALARY, "salary.md", shelf("notes", Audience.INTERNAL))


@pytest.fixture
def ada(knowledge: type[AxisEmbedder]) -> User:
    """Return Ada, for whom programs act."""
    return User.objects.create(username="ada", is_staff=True)
