"""Working: watch versions being made, with a worker of our own where none runs.

Used by the commands that give documents to the worker and wait for it.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db.models import F, FloatField, Sum, Value
from django.db.models.functions import Cast, Greatest, Least, Now
from tqdm import tqdm

from knowledge import heartbeats
from knowledge.ingestion.ingest import ingest
from knowledge.models import State, Version
from supportbot.embedded.programs import beat, worker
from supportbot.embedded.supervisor import Supervisor

ALIVE = timedelta(seconds=30)
LOOK_SECONDS = 0.5
# Longer than a lost bell takes to be rung again (60 s, and the next round): whoever is idle for so long with
# work at hand will not do it.
PATIENCE_SECONDS = 90.0
OPEN = (State.QUEUED, State.WORKING)
BAR = "{l_bar}{bar}| {n:.1f}/{total} documents [{elapsed} so far, {remaining} to go]"


@contextmanager
def own_worker() -> Iterator[None]:
    """Run a worker, and the clock that rings for it, for as long as the block takes."""
    data = Path(settings.DATA)
    (data / "run").mkdir(parents=True, exist_ok=True)
    with Supervisor([worker(), beat(data)], data / "logs", quiet=True):
        yield


class StandIn:
    """A worker of our own, started as soon as it turns out that nobody else does the work.

    One look at the start would not do: a worker that was killed a moment ago still counts as alive then, and
    one that lives may end while we wait for it.
    """

    def __init__(
        self,
        announce: Callable[[], object],
        start: Callable[[], AbstractContextManager[object]] = own_worker,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._announce = announce
        self._start = start
        self._patience = patience
        self._started = ExitStack()
        self._has_started = False
        self._work_seen_at = time.monotonic()

    def __enter__(self) -> Self:
        self.look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.close()

    def look(self) -> bool:
        """Start the worker once it is needed; say whether even that is in vain, so that we must work."""
        now = time.monotonic()
        if _anybody_works():
            self._work_seen_at = now
        is_idle = now - self._work_seen_at > self._patience
        if self._has_started or not (is_idle or _no_worker_lives()):
            return is_idle and self._has_started
        self._has_started, self._work_seen_at = True, now
        self._started.enter_context(self._start())
        self._announce()
        return False


def wait_for(version_ids: Sequence[uuid.UUID], stand_in: StandIn, quiet: bool = False) -> None:
    """Show progress until every version is ready, failed or cancelled, whoever else lives or dies."""
    wanted = Version.objects.filter(id__in=version_ids)
    still_open = wanted.filter(state__in=OPEN)
    share = Least(Cast(F("done"), FloatField()) / Greatest(F("total"), Value(1)), Value(0.99))
    with tqdm(total=len(version_ids), unit="doc", disable=quiet, bar_format=BAR) as bar:
        while True:
            left = still_open.aggregate(count=Sum(Value(1)), begun=Sum(share))
            count = left["count"] or 0
            bar.n = round(len(version_ids) - count + (left["begun"] or 0.0), 2)
            bar.refresh()
            if not count:
                return
            if stand_in.look():
                for version_id in still_open.order_by("created_at").values_list("id", flat=True)[:1]:
                    ingest(version_id)
            else:
                time.sleep(LOOK_SECONDS)


def _anybody_works() -> bool:
    return Version.objects.filter(state=State.WORKING, lease_until__gt=Now()).exists()


def _no_worker_lives() -> bool:
    # Under the supervisor a worker is on its way even if it has not been seen yet.
    if "SUPPORTBOT_SUPERVISED" in os.environ:
        return False
    seen = heartbeats.last_seen("worker")
    return seen is None or seen >= ALIVE
