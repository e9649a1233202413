"""Tasks of re-embedding: one slice of work, and the look whether somebody should do one."""

from celery import shared_task
from kombu.exceptions import OperationalError

from knowledge.reembedding.making import work
from knowledge.reembedding.steering import due


@shared_task(queue="ingest")
def make_embedding_set(set_id: int) -> None:
    """Do one slice of the making of a set, then queue behind the documents that wait."""
    if work(set_id):
        ring(set_id)


@shared_task(queue="maintenance")
def reconcile_embedding_sets() -> None:
    """Ring for the set that nobody works on."""
    waiting = due()
    if waiting is not None:
        ring(waiting.pk)


def ring(set_id: int) -> None:
    """Tell the queue; when Redis is away the next look tells it later."""
    try:
        make_embedding_set.delay(set_id)
    except OperationalError:
        return
