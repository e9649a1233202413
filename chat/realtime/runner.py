"""The answer runner: takes waiting answers and makes them, apart from any socket.

Runs in web processes, or in ``manage.py answers`` processes, as many as wanted: rows are
claimed with SKIP LOCKED, a dead runner's answers are taken over when their lease ends.
PostgreSQL's NOTIFY is the bell; without it a look every second finds the work.
"""

import asyncio
import logging
import os
import socket
import uuid
from collections import Counter
from contextlib import aclosing, suppress

import psycopg
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError

from chat.conversations import answers, handoffs, staffing
from chat.conversations.transcript import BELL, STOP
from chat.realtime.awaiting import happens
from chat.realtime.broadcast import announce_events, ring_staff
from chat.realtime.hearing import heed_cancellation
from chat.realtime.making import EngineFor, Making, keep_all
from chat.realtime.together import Together
from chat.realtime.watching import Watchers
from knowledge import heartbeats

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
BEAT_SECONDS = 10.0
STOP_SECONDS = 6.0  # in which answers at hand may end before they are handed over
# Four looks without a socket, and an answer is put aside: less than 2 s after the last one left, and not
# before 1.3 s, so that a page may be loaded again meanwhile.
WATCH_SECONDS, UNWATCHED_LOOKS = 0.45, 4

claim_next = database_sync_to_async(answers.claim_next, thread_sensitive=False)
hand_over = database_sync_to_async(answers.hand_over, thread_sensitive=False)
publish_due = database_sync_to_async(staffing.publish_due, thread_sensitive=False)
wake_due = database_sync_to_async(handoffs.wake_due, thread_sensitive=False)
beat = database_sync_to_async(heartbeats.beat, thread_sensitive=False)


class AnswerRunner:
    """Makes up to ``slots`` answers at once until it is told to stop.

    ``is_costly`` says that what nobody watches is not worth making.
    """

    def __init__(
        self, engine_for: EngineFor, slots: int = settings.ANSWERS_AT_ONCE, *, is_costly: bool = False
    ) -> None:
        self._engine_for = engine_for
        self._slots = slots
        self._is_costly = is_costly
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._bell = asyncio.Event()
        self._over = asyncio.Event()
        self._making: dict[asyncio.Task[None], Making] = {}
        self._keeper = Together(keep_all)  # a hundred leases in one statement

    def stop(self) -> None:
        """Take no more answers; ``run`` returns when those at hand are done or handed over."""
        self._over.set()
        self._bell.set()

    async def run(self) -> None:
        """Take and make answers until stopped."""
        works = [self._listen(), self._beat(), self._publish_on()]
        helpers = [asyncio.create_task(work) for work in works]
        if self._is_costly:
            helpers.append(asyncio.create_task(self._watch()))
        try:
            while not self._over.is_set():
                self._bell.clear()
                await self._take()
                await happens(self._bell, LOOK_SECONDS)
                for helper in helpers:
                    if helper.done():
                        helper.result()  # one that fails must not be missed in silence
            await self._end()
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
            making = Making(work, self._engine_for, self._keeper)
            task = asyncio.create_task(making.run())
            self._making[task] = making
            task.add_done_callback(self._done)

    async def _end(self) -> None:
        """Let the answers at hand end; hand over those that take too long."""
        if self._making:
            await asyncio.wait(self._making, timeout=STOP_SECONDS)
        left = dict(self._making)
        if not left:
            return
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        try:
            await hand_over([making.work for making in left.values()])
        except (OperationalError, InterfaceError) as error:
            log.warning("%d answers stay until their leases end: %s", len(left), error)

    async def _publish_on(self) -> None:
        """Publish what staff wrote, apart from the answers: neither waits for the other."""
        while True:
            await self._publish()
            await asyncio.sleep(LOOK_SECONDS)

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
                        async for bell in bells:
                            self._ring(bell.payload)
            except psycopg.OperationalError as error:
                log.warning("not listening: %s", error)
                await asyncio.sleep(LOOK_SECONDS)

    def _ring(self, what: str) -> None:
        self._bell.set()
        if what == STOP:  # not for every question: a hundred answers would be looked up for each
            for making in self._making.values():
                making.look()

    async def _watch(self) -> None:
        """Put answers aside that nobody watches."""
        async with aclosing(Watchers()) as watchers:
            looks: Counter[Making] = Counter()
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                makings = list(self._making.values())
                if not makings:
                    continue
                unwatched = await watchers.unwatched({one.work.conversation_id for one in makings})
                heed_cancellation()
                deserted = [one for one in makings if one.work.conversation_id in unwatched]
                looks = Counter({one: looks[one] + 1 for one in deserted})
                for one, count in looks.items():
                    if count == UNWATCHED_LOOKS:
                        one.desert()

    async def _beat(self) -> None:
        while True:
            with suppress(OperationalError, InterfaceError):
                await beat("answers")
            await asyncio.sleep(BEAT_SECONDS)
