"""Fixtures of every test: files of its own, and a quiet queue at the end."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis
from django.conf import settings as django_settings
from pytest_django import Settings

from knowledge.embedding import get_embedder
from tests.fakes import AxisEmbedder

# Speed is no matter of tests: the first example may load a model, and other work may be going on.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture(scope="session", autouse=True)
def _quiet_queue() -> Iterator[None]:
    """Empty the queues afterwards: tests ring bells that no worker hears."""
    yield
    with redis.Redis.from_url(django_settings.REDIS_URL, socket_timeout=3) as client:
        client.delete("ingest", "maintenance")


@pytest.fixture
def axes(settings: Settings) -> Iterator[type[AxisEmbedder]]:
    """Embed by the axes of known words for the length of a test."""
    settings.EMBEDDER = "tests.fakes.AxisEmbedder"
    AxisEmbedder.forget()
    get_embedder.cache_clear()
    yield AxisEmbedder
    get_embedder.cache_clear()
    AxisEmbedder.forget()


@pytest.fixture
def knowledge(axes: type[AxisEmbedder], transactional_db: None) -> type[AxisEmbedder]:
    """Let knowledge be empty and really committed, as threads and leases need it."""
    return axes
