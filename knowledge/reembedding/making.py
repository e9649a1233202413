"""Making a set: embed every chunk with its model, build its index, compare it with the active one.

The work is done in slices of some seconds, each a task of its own, so that maintenance goes on
beside it. Every step may be repeated: a vector is stored once, a half-built index is built anew.
"""

import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable, Vectors, literal
from knowledge.embedding.sets import chunks_without, index_name, index_statement, verified
from knowledge.ingestion.stages import embedded_text
from knowledge.models import Chunk, Collection, EmbeddingSet, State
from knowledge.reembedding.leasing import SLICE_SECONDS, end, release, report, take
from knowledge.reembedding.verifying import compare

LONG = 60  # leases: to build the index of a million vectors takes minutes in one statement


def work(set_id: int) -> bool:
    """Do a slice of the making of a set; return whether there is more to do.

    Without effect when another worker has it, or it is not wanted any more.
    """
    taken = take(set_id, is_settling=False)
    if taken is None:
        return False
    embedding_set, owner = taken
    try:
        embedding_set.stage = "embedding"
        if not embed_missing(embedding_set, slice_of(embedding_set, owner)):
            return release(embedding_set, owner)
        embedding_set.stage = "indexing"
        report(embedding_set, owner, LONG)
        build_index(embedding_set)
        embedding_set.stage = "verifying"
        report(embedding_set, owner, LONG)
        embedding_set.figures = compare(embedding_set)
    except EmbedderMismatch as error:
        end(embedding_set, owner, State.FAILED, str(error))
    except EmbedderUnavailable as error:
        return release(embedding_set, owner, f"Waiting for the model: {error}")
    else:
        end(embedding_set, owner, State.READY)
    return False


def slice_of(embedding_set: EmbeddingSet, owner: str) -> Callable[[int], bool]:
    """Return what to tell after each batch of vectors; it answers whether to go on."""
    until = time.monotonic() + SLICE_SECONDS
    chunks = Collection.objects.aggregate(n=Sum("chunk_count", default=0))
    embedding_set.total = chunks["n"]
    embedding_set.done = max(embedding_set.total - chunks_without(embedding_set).count(), 0)

    def tell(count: int) -> bool:
        embedding_set.done += count
        return report(embedding_set, owner) and time.monotonic() < until

    return tell


def embed_missing(embedding_set: EmbeddingSet, tell: Callable[[int], bool] = bool) -> bool:
    """Embed the chunks that have no vector in a set; return False when told to stop before the end.

    Args:
        embedding_set: The set to fill.
        tell: Hears the size of each batch once it is stored, and says whether to go on.

    Raises:
        EmbedderUnavailable: The model did not answer.
        EmbedderMismatch: The model is not the one that the set began with.
    """
    embedder = verified(embedding_set)
    missing = chunks_without(embedding_set).select_related("version__document").order_by("id")
    wanted = missing.only("id", "heading_path", "text", "version__document__title")
    place = -1  # before every id
    while batch := list(wanted.filter(id__gt=place)[: settings.EMBEDDER_BATCH]):
        place = batch[-1].pk
        vectors = embedder.embed_passages([_text(chunk) for chunk in batch])
        _store(embedding_set, batch, vectors)
        if not tell(len(batch)):
            return False
    return True


def _text(chunk: Chunk) -> str:
    return embedded_text(chunk.version.document.title, chunk.heading_path, chunk.text)


def _store(embedding_set: EmbeddingSet, batch: Sequence[Chunk], vectors: Vectors) -> None:
    """Store vectors of chunks that are still there; a version may have been replaced meanwhile."""
    texts = [literal(vector) for vector in vectors]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_embedding (chunk_id, embedding_set_id, vector, is_searchable)"
            " SELECT c.id, %s, given.vector::halfvec, c.is_searchable"
            " FROM unnest(%s::bigint[], %s::text[]) AS given(id, vector)"
            " JOIN knowledge_chunk c ON c.id = given.id FOR KEY SHARE OF c ON CONFLICT DO NOTHING",
            [embedding_set.pk, [chunk.pk for chunk in batch], texts],
        )


def build_index(embedding_set: EmbeddingSet) -> None:
    """Build a set's index beside the writers; one that a killed builder left behind is built anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [index_name(embedding_set)]
        )
        row = cursor.fetchone()
        if row and row[0]:
            return
        cursor.execute("SELECT set_config('statement_timeout', '0', false)")
        cursor.execute(f"DROP INDEX IF EXISTS {index_name(embedding_set)}")
        cursor.execute(index_statement(embedding_set, concurrently=True))
    connection.close()  # the next statement of this thread gets its time limit back
