"""Tasks: what the queue can ring for. Arguments are ids only; the rows hold the rest."""

import uuid

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown
from django.db import connection

from knowledge import heartbeats
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.reconcile import overdue
from knowledge.ingestion.versions import clear_old


@shared_task(queue="ingest")
def ingest_version(version_id: str) -> None:
    """Ingest one version."""
    ingest(uuid.UUID(version_id))


@shared_task(queue="maintenance")
def reconcile_ingestion() -> None:
    """Ring again for versions that nobody works on, and clear away what was left of others."""
    heartbeats.beat("beat")
    for version_id in overdue():
        ingest_version.delay(str(version_id))
    clear_old()


@shared_task(queue="maintenance")
def record_heartbeat() -> None:
    """Prove that a worker takes tasks and reaches the database."""
    heartbeats.beat("worker")


@worker_ready.connect
def look_around(**_: object) -> None:
    """Find open work as soon as a worker is up, rather than at the next round."""
    heartbeats.beat("worker")
    for version_id in overdue():
        ingest_version.delay(str(version_id))
    connection.close()  # the children of the pool must not inherit it


@worker_shutdown.connect
def say_farewell(**_: object) -> None:
    """Leave no sign of life behind: whoever starts next would wait for a worker that has ended."""
    heartbeats.withdraw("worker")
    connection.close()
