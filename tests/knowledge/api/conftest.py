"""Fixtures of the API: Ada, who curates the documents, and a program that acts for her."""

import pytest
from django.contrib.auth.models import User

from tests.fakes import AxisEmbedder
from tests.knowledge.api.programs import Program, program_of


@pytest.fixture
def ada(axes: type[AxisEmbedder], db: None) -> User:
    """Return Ada, who curates the documents."""
    return User.objects.create(username="ada", is_staff=True)


@pytest.fixture
def program(ada: User) -> Program:
    """Return a program that may do what Ada may."""
    return program_of(ada)
