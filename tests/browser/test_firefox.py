"""The widget in another engine: a customer's way through it in Firefox."""

from collections.abc import Iterator

import pytest

from tests.browser import samples
from tests.browser.firefox import FIREFOX, Firefox
from tests.browser.scripted_server import ScriptedServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed; install it or name it in FIREFOX"),
]


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    with Firefox() as firefox:
        yield firefox


def test_a_customer_opens_asks_reads_and_finds_it_all_after_a_reload(
    firefox: Firefox, server: ScriptedServer
) -> None:
    tag = f'<script async src="{server.url}/widget/v1/loader.js" data-assistant="demo"></script>'
    server.host_page = f'<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>{tag}'
    firefox.visit(f"{server.url}/host")
    firefox.until("typeof Supportbot", "object")

    firefox.says("Supportbot.open()")
    frame = firefox.frame()
    firefox.until("document.activeElement?.id", "question", frame)
    firefox.says(f"Supportbot.ask({samples.QUESTION!r})")
    firefox.until("document.querySelectorAll('.sources').length", 1, frame)
    answer = firefox.says("document.querySelector('[role=log]').innerText", frame)
    firefox.visit(f"{server.url}/host")
    firefox.until("typeof Supportbot", "object")
    firefox.says("Supportbot.open()")
    again = firefox.frame()
    firefox.until("document.querySelectorAll('.sources').length", 1, again)

    assert samples.QUESTION in answer
    assert firefox.says("document.querySelector('[role=log]').innerText", again) == answer
    assert [frame["text"] for frame in server.heard if frame["type"] == "ask"] == [samples.QUESTION]
