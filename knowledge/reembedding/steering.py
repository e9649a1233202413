"""Steering of re-embedding: begin, cancel, resume, activate (also the way back), discard.

Each decides in one short transaction and rings the workers; what takes long is theirs.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from knowledge.acts import record_on
from knowledge.embedding import get_embedder
from knowledge.embedding.sets import NAMES_ITS_MODEL, new_set
from knowledge.errors import PermanentError
from knowledge.models import EmbeddingSet, State
from knowledge.reembedding.leasing import ACTIVATING, DISCARDING, OPEN
from knowledge.reembedding.settling import ACTIVATION, DISCARDING_ASKED
from knowledge.reembedding.tasks import ring, ring_to_settle


def begin(embedder: str, url: str = "", model: str = "", by: User | None = None) -> EmbeddingSet:
    """Queue a set for another model; the worker makes it while customers go on asking.

    Raises:
        PermanentError: Another set is being made, or this model's set is there already.
        EmbedderUnavailable: The model did not answer.
    """
    chosen = get_embedder(embedder, url, model if embedder == NAMES_ITS_MODEL else "")
    if EmbeddingSet.objects.filter(state__in=OPEN).exists():
        raise PermanentError("Another set is being made: wait for it, or cancel it first.")
    if EmbeddingSet.objects.filter(name=chosen.name, state=State.READY).exists():
        raise PermanentError(f"There is a set of “{chosen.name}” already: activate it, or discard it first.")
    with transaction.atomic():
        made = new_set(chosen, embedder=embedder, url=url, state=State.QUEUED, made_by=by)
        record_on(str(made), "re-embedding begun", by)
        transaction.on_commit(lambda: ring(made.pk))
    return made


def cancel(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Stop the making of a set, or its activation; its vectors stay until it is discarded.

    Raises:
        PermanentError: Nothing is done with it, or its vectors are going already.
    """
    mine = EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=OPEN)
    with transaction.atomic():
        if mine.filter(stage=ACTIVATING).update(state=State.READY, stage="", lease_until=None, reason=""):
            record_on(str(embedding_set), "activation cancelled", by, set=embedding_set.pk)
            return
        reason = "Cancelled by staff."
        if mine.exclude(stage=DISCARDING).update(state=State.CANCELLED, reason=reason, lease_until=None):
            record_on(str(embedding_set), "re-embedding cancelled", by)
            return
    if mine.exists():
        raise PermanentError("This set is being discarded: some of its vectors are gone already.")
    raise PermanentError("This set is not being made, so there is nothing to cancel.")


def resume(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Queue a failed or cancelled set again; what it has is kept.

    Raises:
        PermanentError: It neither failed nor was cancelled.
    """
    ended = EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=[State.FAILED, State.CANCELLED])
    with transaction.atomic():
        if not ended.update(state=State.QUEUED, stage="", reason=""):
            raise PermanentError("Only a set that failed or was cancelled can be resumed.")
        record_on(str(embedding_set), "re-embedding resumed", by)
        transaction.on_commit(lambda: ring(embedding_set.pk))


def activate(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Queue a set to be searched in; going back to an older one is the same step.

    The worker embeds what was taken in since the set was made, asks the questions once more, and flips.

    Raises:
        PermanentError: The set is not ready, or is active already.
    """
    ready = EmbeddingSet.objects.filter(pk=embedding_set.pk, state=State.READY)
    if ready.filter(is_active=True).exists():
        raise PermanentError("This set is the one that is searched already.")
    with transaction.atomic():
        if not ready.update(**_queued(ACTIVATING)):
            raise PermanentError("Only a set that is ready can be activated.")
        record_on(str(embedding_set), ACTIVATION, by, set=embedding_set.pk)
        transaction.on_commit(lambda: ring_to_settle(embedding_set.pk))


def discard(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Queue a set to be deleted with its vectors and its index.

    Raises:
        PermanentError: It is active, or being made.
    """
    mine = EmbeddingSet.objects.filter(pk=embedding_set.pk)
    if mine.filter(is_active=True).exists():
        raise PermanentError("This set is the one that is searched: activate another one first.")
    with transaction.atomic():
        if not mine.exclude(Q(is_active=True) | Q(state__in=OPEN)).update(**_queued(DISCARDING)):
            raise PermanentError("This set is being made, activated or discarded: wait for it, or cancel it.")
        record_on(str(embedding_set), DISCARDING_ASKED, by, set=embedding_set.pk)
        transaction.on_commit(lambda: ring_to_settle(embedding_set.pk))


def _queued(stage: str) -> dict[str, object]:
    return {"state": State.QUEUED, "stage": stage, "done": 0, "total": 0, "reason": "", "lease_until": None}
