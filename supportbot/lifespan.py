"""Lifespan: what lives and ends with a web process beside its requests.

That is an answer runner, unless processes of their own make the answers. A server that
speaks no lifespan, like that of the tests, serves without one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.db import database_sync_to_async

from chat.realtime.runner import AnswerRunner
from chat.realtime.serving import new_runner, warm_up

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
warm = database_sync_to_async(warm_up, thread_sensitive=False)


class WithAnswers:
    """An application with an answer runner beside it, from its start to its end."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._runner: AnswerRunner | None = None
        self._is_over = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve a request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start a runner without keeping the first requests waiting; stop it when its answers are done."""
        running: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                running = asyncio.create_task(self._make_answers())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._is_over = True
                if self._runner is not None:
                    self._runner.stop()
                elif running is not None:
                    running.cancel()
                if running is not None:
                    await asyncio.gather(running, return_exceptions=True)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _make_answers(self) -> None:
        """Run a runner; one that fails is replaced, while the pages are served on."""
        while not self._is_over:
            running = asyncio.create_task(self._run_once())
            try:
                await asyncio.wait([running])
            finally:
                running.cancel()
            if running.exception() is not None:
                log.error("the answer runner failed", exc_info=running.exception())
                await asyncio.sleep(AGAIN_SECONDS)

    async def _run_once(self) -> None:
        await warm()
        self._runner = new_runner()
        await self._runner.run()
