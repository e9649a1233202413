"""Leases on sets: who works on which, how far it is, and when it is over.

A set's row is the job: to be made, to be activated, or to be discarded. The last two are
told from the first by ``stage``, so that a page can say what goes on.
"""

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from knowledge.ingestion.claims import lease, new_owner
from knowledge.models import EmbeddingSet, State

OPEN = (State.QUEUED, State.WORKING)
ACTIVATING, DISCARDING = "activating", "discarding"
SETTLING = (ACTIVATING, DISCARDING)
SLICE_SECONDS = 20.0


def due() -> EmbeddingSet | None:
    """Return the set that somebody should work on, if nobody does; the short work comes first."""
    waiting = EmbeddingSet.objects.filter(state__in=OPEN).exclude(lease_until__gt=Now())
    settling = waiting.filter(stage__in=SETTLING).order_by("created_at").first()
    return settling or waiting.order_by("created_at").first()


def take(set_id: int, is_settling: bool) -> tuple[EmbeddingSet, str] | None:
    """Take a set that waits for a making or for a settling; return it with our name, None if it does not."""
    owner = new_owner()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    kind = Q(stage__in=SETTLING) if is_settling else ~Q(stage__in=SETTLING)
    taken = EmbeddingSet.objects.filter(free, kind, pk=set_id, state__in=OPEN).update(
        state=State.WORKING, owner=owner, lease_until=Now() + lease()
    )
    return (EmbeddingSet.objects.get(pk=set_id), owner) if taken else None


def report(embedding_set: EmbeddingSet, owner: str, patience: int = 1) -> bool:
    """Show stage and progress and renew the lease; False when nobody wants the work any more, or not from us.

    Args:
        embedding_set: The set as it is now.
        owner: Our name.
        patience: For how many leases nobody may take over: an index is built in one long statement.
    """
    return bool(
        _ours(embedding_set, owner).update(
            stage=embedding_set.stage,
            done=embedding_set.done,
            total=embedding_set.total,
            reason="",
            lease_until=Now() + lease() * patience,
        )
    )


def release(embedding_set: EmbeddingSet, owner: str, reason: str = "") -> bool:
    """Leave the rest to whoever comes next; return whether there is a rest that is wanted."""
    return bool(_ours(embedding_set, owner).update(lease_until=None, reason=reason))


def end(embedding_set: EmbeddingSet, owner: str, state: State, reason: str = "") -> bool:
    """End the work; return whether it was still ours to end."""
    return bool(
        _ours(embedding_set, owner).update(
            state=state, reason=reason, stage="", lease_until=None, figures=embedding_set.figures
        )
    )


def _ours(embedding_set: EmbeddingSet, owner: str) -> QuerySet[EmbeddingSet]:
    return EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=OPEN, owner=owner)
