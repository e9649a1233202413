"""Steering of re-embedding: begin, cancel, activate, roll back, discard."""

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models.functions import Now

from knowledge.acts import record_on
from knowledge.embedding import get_embedder
from knowledge.embedding.sets import NAMES_ITS_MODEL, flip_to, index_name, new_set
from knowledge.errors import PermanentError
from knowledge.models import Embedding, EmbeddingSet, State
from knowledge.reembedding.making import embed_missing

TRIES = 5  # versions may go live between the last batch and the flip
OPEN = (State.QUEUED, State.WORKING)
DISCARDED_AT_ONCE = 20_000  # rows per transaction


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
    made = new_set(chosen, embedder=embedder, url=url, state=State.QUEUED, made_by=by)
    record_on(str(made), "re-embedding begun", by)
    return made


def cancel(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Stop the making of a set; its vectors stay until it is discarded.

    Raises:
        PermanentError: It is not being made.
    """
    open_set = EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=OPEN)
    if not open_set.update(state=State.CANCELLED, reason="Cancelled by staff.", lease_until=None):
        raise PermanentError("This set is not being made, so there is nothing to cancel.")
    record_on(str(embedding_set), "re-embedding cancelled", by)


def resume(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Queue a failed or cancelled set again; what it has is kept.

    Raises:
        PermanentError: It neither failed nor was cancelled.
    """
    ended = EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=[State.FAILED, State.CANCELLED])
    if not ended.update(state=State.QUEUED, reason=""):
        raise PermanentError("Only a set that failed or was cancelled can be resumed.")
    record_on(str(embedding_set), "re-embedding resumed", by)


def activate(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Let the next question be searched in this set; going back to an older one is the same step.

    What was taken in since the set was made is embedded first.

    Raises:
        PermanentError: The set is not ready.
        EmbedderUnavailable: Its model did not answer.
    """
    if embedding_set.state != State.READY:
        raise PermanentError("Only a set that is ready can be activated.")
    for _ in range(TRIES):
        embed_missing(embedding_set)
        if flip_to(embedding_set):
            record_on(str(embedding_set), "embedding set activated", by)
            return
    raise PermanentError("Documents are going live faster than they can be embedded: try again in a while.")


def discard(embedding_set: EmbeddingSet, by: User | None = None) -> None:
    """Delete a set with its vectors and its index.

    Raises:
        PermanentError: It is active, or being made.
    """
    if EmbeddingSet.objects.filter(pk=embedding_set.pk, is_active=True).exists():
        raise PermanentError("This set is the one that is searched: activate another one first.")
    if EmbeddingSet.objects.filter(pk=embedding_set.pk, state__in=OPEN).exists():
        raise PermanentError("This set is being made: cancel it first.")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {index_name(embedding_set)}")
    while True:
        some = Embedding.objects.filter(embedding_set=embedding_set).values("pk")[:DISCARDED_AT_ONCE]
        if not Embedding.objects.filter(pk__in=some).delete()[0]:
            break
    with transaction.atomic():
        record_on(str(embedding_set), "embedding set discarded", by)
        EmbeddingSet.objects.filter(pk=embedding_set.pk).delete()


def due() -> EmbeddingSet | None:
    """Return the set that somebody should work on, if nobody does."""
    waiting = EmbeddingSet.objects.filter(state__in=OPEN)
    return waiting.exclude(lease_until__gt=Now()).order_by("created_at").first()
