"""Working: watch versions being made, with a worker of our own where none runs.

Used by the commands that give documents to the worker and wait for it.
"""

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, FloatField, Sum, Value
from django.db.models.functions import Cast, Greatest, Least
from tqdm import tqdm

from knowledge import heartbeats
from knowledge.models import State, Version
from supportbot.embedded.programs import beat, worker
from supportbot.embedded.supervisor import Supervisor

ALIVE = timedelta(seconds=30)
LOOK_SECONDS = 0.5
READY_SECONDS = 60.0
OPEN = (State.QUEUED, State.WORKING)


@contextmanager
def a_worker() -> Iterator[bool]:
    """Make sure that a worker runs meanwhile; gives whether it is one of our own."""
    seen = heartbeats.last_seen("worker")
    # Under the supervisor a worker is on its way even if it has not been seen yet.
    if "SUPPORTBOT_SUPERVISED" in os.environ or (seen is not None and seen < ALIVE):
        yield False
        return
    data = Path(settings.DATA)
    (data / "run").mkdir(parents=True, exist_ok=True)
    with Supervisor([worker(), beat(data)], data / "logs", quiet=True):
        yield True


def wait_for(version_ids: Sequence[uuid.UUID], quiet: bool = False) -> None:
    """Show progress until every version is ready, failed or cancelled."""
    wanted = Version.objects.filter(id__in=version_ids)
    share = Least(Cast(F("done"), FloatField()) / Greatest(F("total"), Value(1)), Value(0.99))
    with tqdm(total=len(version_ids), unit="doc", disable=quiet, bar_format=BAR) as bar:
        while True:
            left = wanted.filter(state__in=OPEN).aggregate(count=Sum(Value(1)), begun=Sum(share))
            count = left["count"] or 0
            bar.n = round(len(version_ids) - count + (left["begun"] or 0.0), 2)
            bar.refresh()
            if not count:
                return
            time.sleep(LOOK_SECONDS)


BAR = "{l_bar}{bar}| {n:.1f}/{total} documents [{elapsed} so far, {remaining} to go]"
