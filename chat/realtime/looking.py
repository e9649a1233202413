"""Looking: one look into PostgreSQL, every few seconds, for all sockets of a process.

It finds announcements that got lost, and answers that were paused although somebody
watches. Two queries for a thousand sockets: an idle one costs none of its own.
"""

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError

from chat.conversations import answers, transcript
from chat.realtime.threads import database_sync_to_async

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0  # how soon a lost announcement is noticed
MOST_AT_ONCE = 1000  # conversations in one query


class Follower(Protocol):
    """A socket that wants to know how far its conversation is."""

    def notice(self, head: int) -> None:
        """Take note of the number of the conversation's last event."""
        ...


class Lookout:
    """Looks on behalf of the followers of one event loop, as long as there are any."""

    def __init__(self) -> None:
        self._followers: defaultdict[uuid.UUID, set[Follower]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def add(self, conversation_id: uuid.UUID, follower: Follower) -> None:
        """Look for a follower from now on."""
        self._followers[conversation_id].add(follower)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look_on())

    def remove(self, conversation_id: uuid.UUID, follower: Follower) -> None:
        """Look for it no more."""
        followers = self._followers.get(conversation_id, set())
        followers.discard(follower)
        if not followers:
            self._followers.pop(conversation_id, None)
        if not self._followers and self._task is not None:
            self._task.cancel()

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            everything = list(self._followers)
            for start in range(0, len(everything), MOST_AT_ONCE):
                try:
                    await self._look(everything[start : start + MOST_AT_ONCE])
                except (OperationalError, InterfaceError) as error:
                    log.warning("PostgreSQL is away: %s", error)

    async def _look(self, conversations: Iterable[uuid.UUID]) -> None:
        for conversation_id, head in (await database_sync_to_async(_heads)(conversations)).items():
            for follower in list(self._followers.get(conversation_id, ())):
                follower.notice(head)


def _heads(conversations: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how far conversations are; who follows one wants its paused answers made."""
    for conversation_id in answers.paused_in(conversations):
        answers.go_on(conversation_id)
    return transcript.heads(conversations)


_lookouts: WeakKeyDictionary[asyncio.AbstractEventLoop, Lookout] = WeakKeyDictionary()


def lookout() -> Lookout:
    """Return the lookout of the running event loop."""
    return _lookouts.setdefault(asyncio.get_running_loop(), Lookout())
