"""Tasks of re-embedding: one slice of work, and the look whether somebody should do one."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from knowledge.reembedding.leasing import SETTLING, due
from knowledge.reembedding.making import work
from knowledge.reembedding.settling import settle

log = logging.getLogger(__name__)


@shared_task(queue="ingest")
def make_embedding_set(set_id: int) -> None:
    """Do one slice of the making of a set, then queue behind the documents that wait."""
    if work(set_id):
        ring(set_id)


@shared_task(queue="maintenance")
def settle_embedding_set(set_id: int) -> None:
    """Do one slice of activating or discarding a set; it does not wait behind documents."""
    if settle(set_id):
        ring_to_settle(set_id)


@shared_task(queue="maintenance")
def reconcile_embedding_sets() -> None:
    """Ring for the set that nobody works on."""
    waiting = due()
    if waiting is not None:
        (ring_to_settle if waiting.stage in SETTLING else ring)(waiting.pk)


def ring(set_id: int) -> None:
    """Tell the queue that a set is to be made; when Redis is away the next look tells it later."""
    try:
        make_embedding_set.delay(set_id)
    except OperationalError:
        log.warning("the queue is away; set %s waits for the clock", set_id)


def ring_to_settle(set_id: int) -> None:
    """Tell the queue that a set is to be activated or discarded; as ``ring`` does."""
    try:
        settle_embedding_set.delay(set_id)
    except OperationalError:
        log.warning("the queue is away; set %s waits for the clock", set_id)
