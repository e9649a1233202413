"""Settling a set: activate it, or discard it with its vectors; what takes long of both.

At a million chunks both take minutes. As in making, the work is done in slices, each of which may be
repeated. Only the flip itself is one short transaction.
"""

import time

from django.db import OperationalError, connection, transaction

from knowledge.acts import record_on
from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
from knowledge.embedding.sets import flip_to, index_name
from knowledge.models import Act, Embedding, EmbeddingSet, State
from knowledge.reembedding.leasing import DISCARDING, SLICE_SECONDS, end, release, report, take
from knowledge.reembedding.making import LONG, embed_missing, slice_of
from knowledge.reembedding.verifying import compare, shortfall

DISCARDED_AT_ONCE = 20_000  # rows per transaction
ACTIVATION, DISCARDING_ASKED = "activation asked for", "discarding asked for"


def settle(set_id: int) -> bool:
    """Do a slice of what staff decided about a set; return whether there is more to do.

    Without effect when another worker has it, or it is not wanted any more.
    """
    taken = take(set_id, is_settling=True)
    if taken is None:
        return False
    embedding_set, owner = taken
    step = _discard if embedding_set.stage == DISCARDING else _activate
    return step(embedding_set, owner)


def _activate(embedding_set: EmbeddingSet, owner: str) -> bool:
    """Embed what was taken in meanwhile, ask the questions once more, and flip."""
    try:
        if not embed_missing(embedding_set, slice_of(embedding_set, owner)):
            return release(embedding_set, owner)
        report(embedding_set, owner, LONG)
        refusal = _refusal(embedding_set)
    except EmbedderMismatch as error:
        refusal = str(error)
    except EmbedderUnavailable as error:
        return release(embedding_set, owner, f"Waiting for the model: {error}")
    if refusal:
        end(embedding_set, owner, State.READY, refusal)
        return False
    return not _flip(embedding_set, owner) and release(embedding_set, owner)


def _refusal(embedding_set: EmbeddingSet) -> str:
    """Return why nobody should be flipped to a set; the way back to one that was active is always open."""
    if embedding_set.activated_at is not None:
        return ""
    embedding_set.figures = compare(embedding_set)
    return shortfall(embedding_set.figures)


def _flip(embedding_set: EmbeddingSet, owner: str) -> bool:
    """Flip in one transaction, unless staff cancelled; False while a version that is live lacks vectors."""
    with transaction.atomic():
        if not end(embedding_set, owner, State.READY):
            return True
        if not flip_to(embedding_set):
            transaction.set_rollback(True)
            return False
        _record("embedding set activated", ACTIVATION, embedding_set)
    return True


def _discard(embedding_set: EmbeddingSet, owner: str) -> bool:
    """Drop the index, then the vectors, then the set."""
    until = time.monotonic() + SLICE_SECONDS
    vectors = Embedding.objects.filter(embedding_set=embedding_set)
    if not embedding_set.total:
        embedding_set.total = vectors.count()
        report(embedding_set, owner, LONG)
    if not _drop_index(embedding_set):
        return release(embedding_set, owner, "Waiting for searches that still use its index.")
    while gone := Embedding.objects.filter(pk__in=vectors.values("pk")[:DISCARDED_AT_ONCE]).delete()[0]:
        embedding_set.done += gone
        if not report(embedding_set, owner) or time.monotonic() > until:
            return release(embedding_set, owner)
    with transaction.atomic():
        _record("embedding set discarded", DISCARDING_ASKED, embedding_set)
        EmbeddingSet.objects.filter(pk=embedding_set.pk, owner=owner).delete()
    return False


def _drop_index(embedding_set: EmbeddingSet) -> bool:
    """Drop the index beside the readers of the table; False when that has to wait."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '0', false)")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index_name(embedding_set)}")
    except OperationalError:
        return False
    finally:
        connection.close()  # the next statement of this thread gets its time limit back
    return True


def _record(verb: str, asked: str, embedding_set: EmbeddingSet) -> None:
    """Record what was done in the name of whoever asked for it."""
    wish = Act.objects.filter(verb=asked, detail__set=embedding_set.pk).select_related("by").first()
    record_on(str(embedding_set), verb, wish.by if wish else None, set=embedding_set.pk)
