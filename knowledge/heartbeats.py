"""Heartbeats: signs of life of workers and answer runners, kept in PostgreSQL.

A process that is listed by the operating system may still do no work; a row it wrote
a moment ago proves that it does. ``doctor``, the staff pages and health checks read it.
"""

import os
import socket
from datetime import timedelta

from django.db.models import Max
from django.db.models.functions import Now

from knowledge.models import Heartbeat


def beat(kind: str) -> None:
    """Record that this process of a kind ("worker", "answers", "beat") is at work now."""
    process = f"{kind}@{socket.gethostname()}:{os.getpid()}"
    Heartbeat.objects.update_or_create(process=process, defaults={"kind": kind, "seen_at": Now()})
    Heartbeat.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


def last_seen(kind: str) -> timedelta | None:
    """Return how long ago a process of a kind was last at work, or None if never."""
    row = Heartbeat.objects.filter(kind=kind).aggregate(age=Now() - Max("seen_at"))
    age: timedelta | None = row["age"]
    return age
