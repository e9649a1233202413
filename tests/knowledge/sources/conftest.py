"""Fixtures of sources: a website of our own, which the operator allows, and knowledge to begin with."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from knowledge.models import Source
from tests.fakes import AxisEmbedder
from tests.knowledge.crawling.website import Website, serving
from tests.knowledge.sources.syncing import PUMP, RESET, page, source_of


@pytest.fixture
def site(knowledge: type[AxisEmbedder], settings: Settings) -> Iterator[Website]:
    """Serve a website for the length of a test."""
    with serving() as website:
        settings.CRAWL_PRIVATE_HOSTS = [website.host]
        settings.SOURCE_FOLDERS = []
        settings.PUBLIC_URL = ""
        yield website


@pytest.fixture
def source(site: Website) -> Source:
    """Return a site of three pages that link to each other."""
    site.pages["/"] = page("Welcome to the help for all our machines and their filters.", "/reset /pump")
    site.pages["/reset"] = page(RESET, "/")
    site.pages["/pump"] = page(PUMP, "/reset")
    return source_of(site.url("/"))
