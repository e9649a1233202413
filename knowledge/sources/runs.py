"""Runs: when a source is synced, and which runs nobody works on.

PostgreSQL is the truth and the queue a doorbell, as for versions: a run that was not rung,
or whose worker fell silent, is found here within seconds.
"""

import calendar
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from knowledge.models import Schedule, Source, State, SyncRun

OPEN = (State.QUEUED, State.WORKING)
RING_AGAIN = timedelta(seconds=60)  # a bell that may simply still be in the queue
MOST = 100  # sources or runs per round

_EVERY = {
    Schedule.HOURLY: timedelta(hours=1),
    Schedule.DAILY: timedelta(days=1),
    Schedule.WEEKLY: timedelta(weeks=1),
}


def next_time(schedule: str, after: datetime) -> datetime | None:
    """Return when a schedule comes round after a moment; never, if it is by hand.

    A month later is the same day, or the last one of a shorter month.
    """
    if schedule == Schedule.MANUAL:
        return None
    if schedule != Schedule.MONTHLY:
        return after + _EVERY[Schedule(schedule)]
    year, month = after.year + after.month // 12, after.month % 12 + 1
    return after.replace(year=year, month=month, day=min(after.day, calendar.monthrange(year, month)[1]))


def open_run(source: Source, by: User | None = None) -> SyncRun:
    """Queue a run of a source, or return the one that is under way."""
    try:
        with transaction.atomic():
            return SyncRun.objects.create(source=source, started_by=by, rung_at=Now())
    except IntegrityError:
        return SyncRun.objects.get(source=source, state__in=OPEN)


def begin_due() -> list[int]:
    """Queue a run for each source whose time has come; several clocks begin each of them once."""
    begun = []
    with transaction.atomic():
        due = Source.objects.select_for_update(skip_locked=True).filter(
            is_paused=False, next_run_at__lte=Now()
        )
        for source in due.exclude(runs__state__in=OPEN).order_by("next_run_at")[:MOST]:
            begun.append(SyncRun.objects.create(source=source, rung_at=Now()).pk)
            source.next_run_at = next_time(source.schedule, timezone.now())
            source.save(update_fields=["next_run_at"])
    return begun


def overdue_runs() -> list[int]:
    """Return runs that are due but unrung, or whose worker fell silent; marks them rung."""
    unheard = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN)
    waiting = Q(state=State.QUEUED, due_at__lte=Now()) & unheard
    silent = Q(state=State.WORKING, lease_until__lt=Now())
    found = list(
        SyncRun.objects.filter(waiting | silent).order_by("created_at").values_list("id", flat=True)[:MOST]
    )
    SyncRun.objects.filter(id__in=found).update(rung_at=Now())
    return found
