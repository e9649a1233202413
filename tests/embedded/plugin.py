"""A pytest plugin: gives the whole test run its services, before pytest-django reads the settings.

Loaded by ``-p tests.embedded.plugin``. The data folder is ``.data-test``, so that tests run beside a demo.
With several workers (pytest-xdist) each has a database and a Redis database of its own on these services.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from supportbot.embedded.environment import prepare_environment
from supportbot.embedded.folder import PROJECT


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start or join the services; they stop when the last test run has ended."""
    os.environ.setdefault("SUPPORTBOT_DATA", str(PROJECT / ".data-test"))
    # Browsers of tests come in crowds from one address; tests of limits set their own.
    os.environ.setdefault("UNLIMITED_ADDRESSES", "127.0.0.0/8")
    prepare_environment()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        address = urlsplit(os.environ["REDIS_URL"])
        os.environ["REDIS_URL"] = address._replace(path=f"/{int(worker.removeprefix('gw')) + 1}").geturl()
    return (yield)
