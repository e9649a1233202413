"""Storage figures: from the catalogue of PostgreSQL to how much there is, no million counted."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Model, QuerySet

from knowledge.embedding.sets import index_name
from knowledge.models import Chunk, Document, Embedding, EmbeddingSet, Version

# Up to here rows are counted, which takes milliseconds; above, the planner's estimate is near enough.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Number:
    """How many rows there are; ``is_estimate`` above ``COUNTED``, never less than that then."""

    value: int
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of a table, and the bytes of it (with what is kept out of line) and of its indexes."""

    rows: Number
    table_bytes: int
    index_bytes: int

    @property
    def total_bytes(self) -> int:
        """Return the bytes of the table and its indexes."""
        return self.table_bytes + self.index_bytes


def stored() -> dict[str, Stored]:
    """Return what is stored as documents, versions, chunks and vectors."""
    models: dict[str, type[Model]] = {
        "documents": Document,
        "versions": Version,
        "chunks": Chunk,
        "vectors": Embedding,
    }
    return {name: _table(model) for name, model in models.items()}


def vectors_of(embedding_set: EmbeddingSet) -> Stored:
    """Return the vectors of one set and the bytes of its index; the table is shared by all sets."""
    estimate, _whole, size = _relation(index_name(embedding_set))
    rows = Embedding.objects.filter(embedding_set=embedding_set)
    return Stored(_number(rows, estimate), 0, size)


def _table(model: type[Model]) -> Stored:
    name = model._meta.db_table
    estimate, whole, _size = _relation(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_indexes_size(to_regclass(%s))", [name])
        (indexes,) = cursor.fetchone() or (0,)
    return Stored(_number(model._default_manager.all(), estimate), whole - indexes, indexes)


def _relation(name: str) -> tuple[int, int, int]:
    """Return the estimated rows of a relation, its bytes with all that belongs to it, and its own bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint, pg_total_relation_size(oid), pg_relation_size(oid)"
            " FROM pg_class WHERE oid = to_regclass(%s)",
            [name],
        )
        row = cursor.fetchone()
    return row or (0, 0, 0)


def _number(rows: "QuerySet[Model] | QuerySet[Embedding]", estimate: int) -> Number:
    counted = rows.order_by()[: COUNTED + 1].count()
    if counted <= COUNTED:
        return Number(counted)
    return Number(max(estimate, COUNTED), is_estimate=True)
