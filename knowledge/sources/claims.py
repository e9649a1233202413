"""Claims of runs: who may sync a source right now.

As for versions, a conditional update claims, a thread renews the lease, and every write
passes the fence. A run is worked on in slices; between two of them it is queued again and
anybody may take it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from knowledge.ingestion.claims import Cancelled, ClaimLost, Renewal, lease, new_owner
from knowledge.models import State, SyncRun


def claim_run(run_id: int) -> "RunClaim | None":
    """Take a run that is due, or one whose worker fell silent; None if it is somebody else's."""
    owner = new_owner()
    due = Q(state=State.QUEUED, due_at__lte=Now())
    silent = Q(state=State.WORKING, lease_until__lt=Now())
    taken = SyncRun.objects.filter(due | silent, id=run_id).update(
        setbacks=Case(When(state=State.WORKING, then=F("setbacks") + 1), default=Value(0)),
        state=State.WORKING,
        owner=owner,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease(),
    )
    if not taken:
        return None
    attempt = SyncRun.objects.filter(id=run_id, owner=owner).values_list("attempt", flat=True).first()
    return None if attempt is None else RunClaim(run_id, attempt)


@dataclass
class RunClaim(Renewal):
    """A lease on one run for one attempt."""

    run_id: int
    attempt: int
    _unwanted: threading.Event = field(default_factory=threading.Event, init=False)

    def __str__(self) -> str:
        return f"run {self.run_id}"

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

    def end(self, state: State, **values: object) -> None:
        """Put the run down: queued for the next slice, or at its end."""
        if state != State.QUEUED:
            values |= {"finished_at": Now(), "stage": ""}
        SyncRun.objects.filter(self._mine()).update(state=state, lease_until=None, **values)

    def _mine(self) -> Q:
        return Q(id=self.run_id, attempt=self.attempt, state=State.WORKING)

    def _renew(self) -> None:
        wanted = SyncRun.objects.filter(self._mine(), cancel_requested=False)
        if not wanted.update(lease_until=Now() + lease()):
            self._unwanted.set()
