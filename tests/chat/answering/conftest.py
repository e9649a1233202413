"""Fixtures of the answering tests: a model's endpoint on loopback."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.chat.answering.model_server import Serve, serving


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """Serve scripts as the model of the settings; give what sets the script."""
    with serving() as (url, follow):
        settings.MODEL_URL = url
        yield follow
