"""The product in this process for browsers: pages, sockets and a runner, on the database of the test."""

import asyncio
import socket
import threading
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from channels.db import database_sync_to_async
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from chat.answering.answerer import Answerer
from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Turn
from chat.realtime.runner import AnswerRunner
from supportbot.asgi import application
from tests.factories import passage
from tests.fakes import ScriptedModel, ScriptedSearch

RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
SAID = "Hold the power button for ten seconds [1]. "
PATIENCE = 20.0


class SameAnswer:
    """An answerer that says the same to every question; the wish for a person it understands."""

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield what the real engine makes of a model that always says one sentence."""
        model = ScriptedModel()
        model.enqueue(SAID)
        engine = AnswerEngine(ScriptedSearch([passage(RESET)]), model)
        async for event in engine.answer(question, history, language):
            yield event


class Live:
    """A running server and how browsers sign in to it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def desk(self, browser: Browser, staff: User, **options: object) -> BrowserContext:
        """Return a browser profile in which somebody of staff is signed in."""
        client = Client()
        client.force_login(staff)
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        context = browser.new_context(base_url=self.url, **settings)  # type: ignore[arg-type]  # of options
        name = configured.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])
        return context


@contextmanager
def served(engine: Answerer | None = None) -> Iterator[Live]:
    """Serve the product from a thread, with a runner beside it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        runner = AnswerRunner(lambda _work: engine or SameAnswer(), slots=2)

        async def run() -> None:
            making = asyncio.create_task(runner.run())
            await server.serve(sockets=[listening])
            runner.stop()
            await asyncio.wait_for(making, PATIENCE)
            await database_sync_to_async(connections.close_all)()

        thread = threading.Thread(target=lambda: asyncio.run(run()))
        thread.start()
        try:
            with (
                warnings.catch_warnings()
            ):  # which tests take for errors: static files are read synchronously
                warnings.filterwarnings("ignore", "StreamingHttpResponse must consume")
                yield Live(f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def watched(context: BrowserContext) -> list[str]:
    """Return a list that fills with whatever a browser complains about."""
    complaints: list[str] = []
    context.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return complaints


def opened(context: BrowserContext, path: str) -> Page:
    """Open a page and wait until its socket rings."""
    page = context.new_page()
    with page.expect_websocket():
        page.goto(path)
    return page


def until(page: Page, look: Callable[[], bool]) -> None:
    """Let a page go on until something is so."""
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, "It does not come."
        page.wait_for_timeout(50)
