"""The doorbell of evaluation: tell the queue that a run waits."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
TASK = "chat.evaluation.tasks.work_on_run"


def ring(run_id: int) -> None:
    """Tell the queue by the task's name; when Redis is away the clock tells it later."""
    try:
        current_app.send_task(TASK, args=[run_id], queue="maintenance")
    except OperationalError:
        log.warning("the queue is away; run %s waits for the clock", run_id)
