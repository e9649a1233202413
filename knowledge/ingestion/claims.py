"""Claims: who may work on a version right now.

A worker claims a version by a conditional update, renews its lease while it works and
writes only through ``Claim.fenced``, which refuses once another attempt has begun. All
times are the database's own, so that clocks of machines need not agree.
"""

import logging
import os
import socket
import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from knowledge import heartbeats
from knowledge.models import State, Version

log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """Another worker took the version over, or staff removed it."""


class Cancelled(Exception):
    """Staff cancelled the work."""


def lease() -> timedelta:
    """Return how long a claim lasts without a renewal."""
    return timedelta(seconds=settings.INGEST_LEASE_SECONDS)


def new_owner() -> str:
    """Return a name that nobody else claims by: machine, process, and a mark of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(version_id: uuid.UUID) -> "Claim | None":
    """Take a queued version, or one whose worker fell silent; None if it is somebody else's."""
    owner = new_owner()
    open_work = Q(state=State.QUEUED) | Q(state=State.WORKING, lease_until__lt=Now())
    taken = Version.objects.filter(open_work, id=version_id).update(
        state=State.WORKING,
        owner=owner,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease(),
        stage="reading",
        done=0,
        total=0,
    )
    if not taken:
        return None
    attempt = Version.objects.filter(id=version_id, owner=owner).values_list("attempt", flat=True).first()
    return None if attempt is None else Claim(version_id, attempt)


@dataclass
class Renewal(ABC):
    """A lease that a thread renews while the block runs; how, and what a lost one means, is the claim's."""

    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Start renewing."""
        self._thread = threading.Thread(target=self._renew_until_over, name="lease", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop renewing."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    @abstractmethod
    def _renew(self) -> None:
        """Renew the lease, or note that the work is not wanted any more."""

    def _renew_until_over(self) -> None:
        try:
            while not self._over.wait(settings.INGEST_LEASE_SECONDS / 4):
                self._beat_and_renew()
        finally:
            connection.close()

    def _beat_and_renew(self) -> None:
        try:
            heartbeats.beat("worker")
            self._renew()
        except DatabaseError:
            # PostgreSQL may be restarting; the fence decides in the end.
            log.warning("could not renew the lease of %s", self)
            connection.close()


@dataclass
class Claim(Renewal):
    """A lease on one version for one attempt."""

    version_id: uuid.UUID
    attempt: int
    _lost: threading.Event = field(default_factory=threading.Event, init=False)
    _cancelled: threading.Event = field(default_factory=threading.Event, init=False)

    def __str__(self) -> str:
        return f"version {self.version_id}"

    def check(self) -> None:
        """Raise when the work is no longer wanted.

        Raises:
            ClaimLost: Another attempt has begun.
            Cancelled: Staff asked to stop.
        """
        if self._lost.is_set():
            raise ClaimLost
        if self._cancelled.is_set():
            raise Cancelled

    @contextmanager
    def fenced(self) -> Iterator[Version]:
        """Give the locked row in a transaction in which this attempt may write.

        Raises:
            ClaimLost: Another attempt has begun.
            Cancelled: Staff asked to stop.
        """
        with transaction.atomic():
            version = (
                Version.objects.select_for_update()
                .filter(id=self.version_id, attempt=self.attempt, state=State.WORKING)
                .first()
            )
            if version is None:
                raise ClaimLost
            if version.cancel_requested:
                raise Cancelled
            yield version

    def report(self, stage: str, done: int, total: int) -> None:
        """Show progress; this also renews the lease.

        Raises:
            ClaimLost: Another attempt has begun.
        """
        if not self._update(stage=stage, done=done, total=total):
            raise ClaimLost

    def _update(self, **values: object) -> bool:
        mine = Version.objects.filter(id=self.version_id, attempt=self.attempt, state=State.WORKING)
        return bool(mine.update(lease_until=Now() + lease(), **values))

    def _renew(self) -> None:
        if not self._update():
            self._lost.set()
        elif Version.objects.filter(id=self.version_id, cancel_requested=True).exists():
            self._cancelled.set()
