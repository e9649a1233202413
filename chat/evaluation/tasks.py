"""Tasks of evaluation: one slice of a run, and the look whether somebody should do one."""

from celery import shared_task

from chat.evaluation.doorbell import ring
from chat.evaluation.runs import due, work
from chat.models import Assistant
from chat.realtime.suggesting import check_suggestions


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


@shared_task(queue="maintenance")
def check_suggestions_of(assistant_id: int) -> None:
    """Look which suggested questions of an assistant our documents do not answer."""
    for assistant in Assistant.objects.filter(pk=assistant_id):
        check_suggestions(assistant)


@shared_task(queue="maintenance")
def check_all_suggestions() -> None:
    """Look at the suggested questions of every active assistant: documents change under them."""
    for assistant in Assistant.objects.filter(is_active=True):
        check_suggestions(assistant)
