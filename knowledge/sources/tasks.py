"""Tasks: what the queue can ring for. Arguments are ids only; the rows hold the rest."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from knowledge.models import SyncRun
from knowledge.sources.runs import begin_due, overdue_runs
from knowledge.sources.sync import sync

log = logging.getLogger(__name__)


@shared_task(queue="maintenance")
def sync_source(run_id: int) -> None:
    """Work on a run for a slice, and ring for the next one."""
    if sync(run_id):
        ring(run_id)


@shared_task(queue="maintenance")
def start_syncs() -> None:
    """Begin the syncs whose time has come, and ring again for those that nobody works on."""
    for run_id in (*begin_due(), *overdue_runs()):
        ring(run_id)


def ring(run_id: int) -> None:
    """Tell the queue; when Redis is away the next round of the clock tells it."""
    try:
        sync_source.delay(run_id)
    except OperationalError:
        log.warning("the queue is away; run %s waits for the clock", run_id)
        SyncRun.objects.filter(id=run_id).update(rung_at=None)
