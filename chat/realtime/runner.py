"""The answer runner: takes waiting answers and makes them, apart from any socket.

Runs in ``manage.py answers`` processes, as many as wanted: rows are claimed with
SKIP LOCKED, a dead runner's answers are taken over when their lease ends. PostgreSQL's
NOTIFY is the bell; without it a look every second finds the work.
"""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable
from contextlib import aclosing, suppress

import psycopg
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError

from chat.answering.answerer import Answerer
from chat.conversations import answers, handoffs, staffing
from chat.conversations.answers import Work
from chat.conversations.transcript import BELL
from chat.realtime.broadcast import announce_events, ring_staff
from chat.realtime.making import Making
from knowledge import heartbeats

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
BEAT_SECONDS = 10.0

claim_next = database_sync_to_async(answers.claim_next, thread_sensitive=False)
publish_due = database_sync_to_async(staffing.publish_due, thread_sensitive=False)
wake_due = database_sync_to_async(handoffs.wake_due, thread_sensitive=False)
beat = database_sync_to_async(heartbeats.beat, thread_sensitive=False)
EngineFor = Callable[[Work], Answerer]


class AnswerRunner:
    """Makes up to ``slots`` answers at once until it is told to stop."""

    def __init__(self, engine_for: EngineFor, slots: int = settings.ANSWERS_AT_ONCE) -> None:
        self._engine_for = engine_for
        self._slots = slots
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._bell = asyncio.Event()
        self._over = asyncio.Event()
        self._making: dict[asyncio.Task[None], Making] = {}

    def stop(self) -> None:
        """Take no more answers; ``run`` returns when those at hand are done."""
        self._over.set()
        self._bell.set()

    async def run(self) -> None:
        """Take and make answers until stopped."""
        helpers = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]
        try:
            while not self._over.is_set():
                self._bell.clear()
                await self._take()
                await self._publish()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)
            if self._making:
                await asyncio.wait(self._making, timeout=settings.ANSWER_LEASE_SECONDS)
        finally:
            for task in (*helpers, *self._making):
                task.cancel()
            await asyncio.gather(*helpers, *self._making, return_exceptions=True)

    async def _take(self) -> None:
        free = self._slots - len(self._making)
        if free <= 0:
            return
        try:
            works = await claim_next(self._owner, free)
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)
            return
        for work in works:
            # In a thread: an engine is made as the installation is set up at that moment, which it reads.
            making = Making(
                work, await database_sync_to_async(self._engine_for, thread_sensitive=False)(work)
            )
            task = asyncio.create_task(making.run())
            self._making[task] = making
            task.add_done_callback(self._done)

    async def _publish(self) -> None:
        """Publish the replies of staff that cannot be taken back any more; wake what rested until now."""
        try:
            for published in await publish_due():
                await announce_events(published.conversation_id, published.events)
            for conversation_id in await wake_due():
                await ring_staff(conversation_id, "queues")
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._making.pop(task, None)
        self._bell.set()

    async def _listen(self) -> None:
        """Ring the bell at every notification; reconnect for ever."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {BELL}")
                    async with aclosing(connection.notifies()) as bells:
                        async for _ in bells:
                            self._ring()
            except psycopg.OperationalError as error:
                log.warning("not listening: %s", error)
                await asyncio.sleep(LOOK_SECONDS)

    def _ring(self) -> None:
        self._bell.set()
        for making in self._making.values():
            making.look()

    async def _beat(self) -> None:
        while True:
            with suppress(OperationalError, InterfaceError):
                await beat("answers")
            await asyncio.sleep(BEAT_SECONDS)
