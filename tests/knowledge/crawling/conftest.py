"""Fixtures of crawling: a website of our own and a client that may reach it."""

from collections.abc import Iterator

import pytest

from knowledge.crawling import Fetcher
from tests.knowledge.crawling.website import Website, serving


@pytest.fixture
def site() -> Iterator[Website]:
    """Serve a website for the length of a test."""
    with serving() as website:
        yield website


@pytest.fixture
def fetcher(site: Website) -> Fetcher:
    """Return a client whose operator allows the website."""
    return Fetcher("supportbot/test", private={site.host})
