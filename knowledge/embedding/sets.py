"""Embedding sets: which model's vectors are searched, and the index over each set."""

from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from knowledge.embedding import PROBE, Embedder, EmbedderMismatch, get_embedder
from knowledge.models import Chunk, Document, Embedding, EmbeddingSet

SAME_MODEL = 0.999  # cosine; kernels of different processors stay above .9999, other models below .9
NAMES_ITS_MODEL = "openai"  # the adapter that serves any model of an endpoint
FLIP_LOCK = 7_340_003  # advisory lock: shared while a version goes live, alone while a set does
ACTIVE = "SELECT id, name, embedder, url, dimensions, unrelated FROM knowledge_embeddingset WHERE is_active"
INDEX_LOCK = 7_340_001  # advisory lock: the first two processes on a fresh database create one set


def active_set() -> EmbeddingSet | None:
    """Return the set that questions are embedded for, or None before the first document."""
    # Every question asks for it, and the ORM took three times as long to put the statement together. The
    # columns left out are read when somebody looks at them: the probe, some 4 KB, once in a process.
    return next(iter(EmbeddingSet.objects.raw(ACTIVE)), None)


def ensure_active_set() -> EmbeddingSet:
    """Return the active set (made if there is none) once our embedder proves to be its model.

    Raises:
        EmbedderMismatch: The configured embedder is not the model of the active set.
    """
    existing = active_set()
    if existing is None:
        return _create_first(get_embedder())
    verified(existing)
    return existing


def embedder_of(embedding_set: EmbeddingSet) -> Embedder:
    """Return the embedder that a set names; the one of the settings if it names none.

    Raises:
        EmbedderUnavailable: It cannot be loaded.
    """
    if not embedding_set.embedder:
        return get_embedder()
    model = embedding_set.name if embedding_set.embedder == NAMES_ITS_MODEL else ""
    return get_embedder(embedding_set.embedder, embedding_set.url, model)


def hold_active_set() -> int | None:
    """Return the active set's id and keep it active until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FLIP_LOCK])
    current = active_set()
    return current.pk if current else None


def flip_to(embedding_set: EmbeddingSet) -> bool:
    """Make a set the active one in one transaction; False, and nothing done, while vectors are missing.

    Versions go live under the same lock, shared: none can slip in between the look and the flip.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FLIP_LOCK])
        if chunks_without(embedding_set).exists():
            return False
        EmbeddingSet.objects.filter(is_active=True).update(is_active=False)
        EmbeddingSet.objects.filter(pk=embedding_set.pk).update(is_active=True, activated_at=Now())
    return True


def chunks_without(embedding_set: EmbeddingSet) -> QuerySet[Chunk]:
    """Return the chunks of live versions that may be found but have no vector in a set."""
    known = Embedding.objects.filter(chunk=OuterRef("pk"), embedding_set=embedding_set)
    live = Document.objects.filter(live_version=OuterRef("version"))
    return Chunk.objects.filter(Exists(live), ~Exists(known), is_searchable=True)


_verified: set[tuple[int, Embedder]] = set()


def verified(embedding_set: EmbeddingSet) -> Embedder:
    """Return the embedder, compared with the set once per process: a probe costs as much as a question.

    Raises:
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    embedder = embedder_of(embedding_set)
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


def new_set(model: Embedder, **details: Any) -> EmbeddingSet:
    """Store a set that records what its model makes of the probe sentence."""
    probe = model.embed_passages([PROBE])[0]
    return EmbeddingSet.objects.create(
        name=model.name,
        dimensions=len(probe),
        probe=[round(float(value), 6) for value in probe],
        **details,
    )


def index_statement(embedding_set: EmbeddingSet, concurrently: bool = False) -> str:
    """Return the statement that makes a set's index.

    One partial index per set: the column has no width of its own, so each set casts to its own.
    """
    way = "CONCURRENTLY " if concurrently else ""
    return (
        f"CREATE INDEX {way}{index_name(embedding_set)} ON knowledge_embedding"
        f" USING hnsw ((vector::halfvec({embedding_set.dimensions})) halfvec_cosine_ops)"
        f" WHERE embedding_set_id = {embedding_set.pk} AND is_searchable"
    )


def index_name(embedding_set: EmbeddingSet) -> str:
    """Return the name of a set's index."""
    return f"embedding_hnsw_{embedding_set.pk}"


def _create_first(embedder: Embedder) -> EmbeddingSet:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INDEX_LOCK])
        existing = active_set()
        if existing is not None:
            return existing
        created = new_set(embedder, is_active=True)
        cursor.execute(index_statement(created))
    return created
