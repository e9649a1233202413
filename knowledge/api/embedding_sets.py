"""Embedding sets over the API: which model is searched, and how far another one's vectors are.

Looked at only: a set is begun, activated and discarded by administrators in the staff area or
with ``manage.py reembed``, where the cost is said beforehand.
"""

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema

from knowledge.models import EmbeddingSet
from knowledge.staff.storage_figures import vectors_of

router = Router()


class EmbeddingSetOut(Schema):
    """An embedding set and how far its making is."""

    id: int
    name: str
    dimensions: int
    is_active: bool
    state: str = Field(description="queued, working, ready, failed or cancelled.")
    done: int
    total: int
    percent: int
    reason: str
    vectors: int
    vectors_estimated: bool = Field(description="Large numbers are the database's estimate.")
    created_at: datetime
    activated_at: datetime | None

    @classmethod
    def of(cls, embedding_set: EmbeddingSet) -> "EmbeddingSetOut":
        """Return a set as the API shows it."""
        names = set(cls.model_fields) - {"vectors", "vectors_estimated"}
        rows = vectors_of(embedding_set).rows
        values = {name: getattr(embedding_set, name) for name in names}
        return cls(**values, vectors=rows.value, vectors_estimated=rows.is_estimate)


class EmbeddingSets(Schema):
    """All embedding sets, the active one first."""

    items: list[EmbeddingSetOut]


@router.get("/embedding-sets", response=EmbeddingSets)
def list_embedding_sets(request: HttpRequest) -> EmbeddingSets:
    """List the embedding sets, the active one first."""
    sets = EmbeddingSet.objects.defer("probe").order_by("-is_active", "-created_at")
    return EmbeddingSets(items=[EmbeddingSetOut.of(one) for one in sets])
