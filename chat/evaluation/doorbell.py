"""The doorbell of evaluation: tell the queue that a run waits."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
TASK = "chat.evaluation.tasks.work_on_run"
SUGGESTIONS = "chat.evaluation.tasks.check_suggestions_of"


def ring(run_id: int) -> None:
    """Tell the queue by the task's name; when Redis is away the clock tells it later."""
    _send(TASK, run_id)


def ring_for_suggestions(assistant_id: int) -> None:
    """Have the suggested questions of an assistant looked at soon; the clock has it done anyway."""
    _send(SUGGESTIONS, assistant_id)


def _send(task: str, number: int) -> None:
    try:
        current_app.send_task(task, args=[number], queue="maintenance")
    except OperationalError:
        log.warning("the queue is away; %s of %s waits for the clock", task, number)
