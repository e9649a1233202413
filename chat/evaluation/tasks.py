"""Tasks of evaluation: one slice of a run, and the look whether somebody should do one."""

from celery import shared_task

from chat.evaluation.doorbell import ring
from chat.evaluation.runs import due, work


@shared_task(queue="maintenance")
def work_on_run(run_id: int) -> None:
    """Do one slice of a run, then queue behind whatever else waits."""
    if work(run_id):
        ring(run_id)


@shared_task(queue="maintenance")
def reconcile_runs() -> None:
    """Ring for the run that nobody works on."""
    waiting = due()
    if waiting is not None:
        ring(waiting.pk)
