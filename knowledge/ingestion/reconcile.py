"""Reconcile: find work that nobody is doing and ring for it again.

Redis may lose every message and workers may die at any instant; what is open in
PostgreSQL is found here within seconds and never forgotten.
"""

import uuid
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from knowledge.models import State, Version

RING_AGAIN = timedelta(seconds=60)  # a queued version whose bell may simply still be in the queue
MOST = 1000  # versions per round


def overdue() -> list[uuid.UUID]:
    """Return versions queued but unrung, or whose worker fell silent; marks them rung."""
    unrung = Q(state=State.QUEUED) & (Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN))
    silent = Q(state=State.WORKING, lease_until__lt=Now())
    found = list(
        Version.objects.filter(unrung | silent).order_by("created_at").values_list("id", flat=True)[:MOST]
    )
    Version.objects.filter(id__in=found).update(rung_at=Now())
    return found
