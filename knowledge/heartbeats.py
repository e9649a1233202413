"""Heartbeats: signs of life of workers and answer runners, kept in PostgreSQL.

A process that is listed by the operating system may still do no work; a row it wrote
a moment ago proves that it does. ``doctor``, the staff pages and health checks read it.
"""

import os
import socket
from datetime import timedelta

from django.db.models import F, Max
from django.db.models.functions import Least, Now

from knowledge.models import Heartbeat

GONE = timedelta(minutes=1)  # a process that was not seen for so long counts as missing everywhere


def beat(kind: str) -> None:
    """Record that this process of a kind ("worker", "answers", "beat") is at work now."""
    Heartbeat.objects.update_or_create(process=_name(kind), defaults={"kind": kind, "seen_at": Now()})
    Heartbeat.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


def withdraw(kind: str) -> None:
    """Let this process count as missing at once, because it ends; others of its kind are not touched.

    The row stays and grows old rather than goes, so that nobody reads that there never was such a process.
    """
    Heartbeat.objects.filter(process=_name(kind)).update(seen_at=Least(F("seen_at"), Now() - GONE))


def last_seen(kind: str) -> timedelta | None:
    """Return how long ago a process of a kind was last at work, or None if never."""
    row = Heartbeat.objects.filter(kind=kind).aggregate(age=Now() - Max("seen_at"))
    age: timedelta | None = row["age"]
    return age


def _name(kind: str) -> str:
    return f"{kind}@{socket.gethostname()}:{os.getpid()}"
