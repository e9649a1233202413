"""Tasks: the vectors that curated questions lack, and the look at documents that became ready."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from knowledge.curated.reviewing import compare_new_versions
from knowledge.curated.vectors import make_vectors, missing_vectors
from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
from knowledge.embedding.sets import active_set

log = logging.getLogger(__name__)
MOST_AT_ONCE = 500  # questions per task: a quarter of a minute, then others have their turn


@shared_task(queue="maintenance")
def make_curated_vectors() -> None:
    """Make a slice of the vectors that the active set lacks, and ring for the next slice."""
    chosen = active_set()
    if chosen is None:
        return
    try:
        make_vectors(chosen.pk, most=MOST_AT_ONCE)
    except (EmbedderUnavailable, EmbedderMismatch) as error:
        log.warning("the vectors of curated questions wait: %s", error)
        return
    if missing_vectors(chosen.pk):
        ring()


@shared_task(queue="maintenance")
def compare_curated_answers() -> None:
    """Compare the curated answers with the versions that went live since the last look."""
    compare_new_versions()


def ring() -> None:
    """Tell the queue; when Redis is away the next round of the clock does."""
    try:
        make_curated_vectors.delay()
    except OperationalError:
        log.warning("the queue is away; the vectors of curated questions wait for the clock")
