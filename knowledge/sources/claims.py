"""Claims of runs: who may sync a source right now.

The twin of ``knowledge.ingestion.claims`` for sync runs: a conditional update claims, a
thread renews the lease, and every write passes the fence. A run is worked on in slices;
between two of them it is queued again and anybody may take it.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from knowledge import heartbeats
from knowledge.ingestion.claims import Cancelled, ClaimLost, lease
from knowledge.models import RunState, SyncRun

log = logging.getLogger(__name__)


def claim_run(run_id: int) -> "RunClaim | None":
    """Take a run that is due, or one whose worker fell silent; None if it is somebody else's."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    due = Q(state=RunState.QUEUED, due_at__lte=Now())
    silent = Q(state=RunState.WORKING, lease_until__lt=Now())
    taken = SyncRun.objects.filter(due | silent, id=run_id).update(
        setbacks=Case(When(state=RunState.WORKING, then=F("setbacks") + 1), default=Value(0)),
        state=RunState.WORKING,
        owner=owner,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease(),
    )
    if not taken:
        return None
    attempt = SyncRun.objects.filter(id=run_id, owner=owner).values_list("attempt", flat=True).first()
    return None if attempt is None else RunClaim(run_id, attempt)


@dataclass
class RunClaim:
    """A lease on one run for one attempt, renewed by a thread while the block runs."""

    run_id: int
    attempt: int
    _over: threading.Event = field(default_factory=threading.Event)
    _unwanted: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "RunClaim":
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

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the work is wanted.

        Raises:
            ClaimLost: Another attempt has begun, or the source was removed.
            Cancelled: Staff asked to stop.
        """
        if self._unwanted.wait(seconds):
            with self.fenced():
                pass

    @contextmanager
    def fenced(self) -> Iterator[SyncRun]:
        """Give the locked row in a transaction in which this attempt may write.

        Raises:
            ClaimLost: Another attempt has begun, or the source was removed.
            Cancelled: Staff asked to stop.
        """
        with transaction.atomic():
            run = SyncRun.objects.select_for_update().filter(self._mine()).first()
            if run is None:
                raise ClaimLost
            if run.cancel_requested:
                raise Cancelled
            yield run

    def end(self, state: RunState, **values: object) -> None:
        """Put the run down: queued for the next slice, or at its end."""
        if state != RunState.QUEUED:
            values |= {"finished_at": Now(), "stage": ""}
        SyncRun.objects.filter(self._mine()).update(state=state, lease_until=None, **values)

    def _mine(self) -> Q:
        return Q(id=self.run_id, attempt=self.attempt, state=RunState.WORKING)

    def _renew_until_over(self) -> None:
        try:
            while not self._over.wait(settings.INGEST_LEASE_SECONDS / 4):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            heartbeats.beat("worker")
            wanted = SyncRun.objects.filter(self._mine(), cancel_requested=False)
            if not wanted.update(lease_until=Now() + lease()):
                self._unwanted.set()
        except DatabaseError:
            # PostgreSQL may be restarting; the fence decides in the end.
            log.warning("could not renew the lease of run %s", self.run_id)
            connection.close()
