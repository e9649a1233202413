"""Embedding sets: which model's vectors are searched, and the index over each set."""

import numpy as np
from django.db import connection, transaction

from knowledge.embedding import PROBE, Embedder, EmbedderMismatch, get_embedder
from knowledge.models import EmbeddingSet

SAME_MODEL = 0.999  # cosine; kernels of different processors stay above .9999, other models below .9
INDEX_LOCK = 7_340_001  # advisory lock: the first two processes on a fresh database create one set


def active_set() -> EmbeddingSet | None:
    """Return the set that questions are embedded for, or None before the first document."""
    return EmbeddingSet.objects.filter(is_active=True).first()


def ensure_active_set() -> EmbeddingSet:
    """Return the active set (made if there is none) once our embedder proves to be its model.

    Raises:
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    embedder = get_embedder()
    existing = active_set()
    if existing is None:
        return _create_first(embedder)
    verified(existing)
    return existing


_verified: set[tuple[int, Embedder]] = set()


def verified(embedding_set: EmbeddingSet) -> Embedder:
    """Return the embedder, compared with the set once per process: a probe costs as much as a question.

    Raises:
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    embedder = get_embedder()
    if (embedding_set.pk, embedder) not in _verified:
        check(embedding_set, embedder)
        _verified.add((embedding_set.pk, embedder))
    return embedder


def check(embedding_set: EmbeddingSet, embedder: Embedder) -> None:
    """Compare the embedder with the recorded probe of a set.

    Raises:
        EmbedderMismatch: Name, width or the vector of the probe sentence differ.
    """
    probe = embedder.embed_passages([PROBE])[0]
    recorded = np.asarray(embedding_set.probe, dtype=np.float32)
    same = (
        embedder.name == embedding_set.name
        and probe.shape == recorded.shape
        and float(probe @ recorded) >= SAME_MODEL
    )
    if not same:
        raise EmbedderMismatch(
            f"The configured embedder “{embedder.name}” ({len(probe)} dimensions) is not the model of the "
            f"stored vectors, “{embedding_set.name}” ({embedding_set.dimensions} dimensions). "
            "Set EMBEDDER back to it, or re-embed the knowledge base."
        )


def _create_first(embedder: Embedder) -> EmbeddingSet:
    probe = embedder.embed_passages([PROBE])[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INDEX_LOCK])
        existing = active_set()
        if existing is not None:
            return existing
        created = EmbeddingSet.objects.create(
            name=embedder.name,
            dimensions=len(probe),
            probe=[round(float(value), 6) for value in probe],
            is_active=True,
        )
        # One partial index per set: the column has no width of its own, so each set casts to its own.
        cursor.execute(
            f"CREATE INDEX embedding_hnsw_{created.pk} ON knowledge_embedding"
            f" USING hnsw ((vector::halfvec({created.dimensions})) halfvec_cosine_ops)"
            f" WHERE embedding_set_id = {created.pk} AND is_searchable"
        )
    return created
