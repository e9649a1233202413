"""Kill points: where in an ingestion a worker can be held or seen, for ``bench.kills``."""

from collections.abc import Callable

from django.db import connection

from knowledge.models import Collection

GATE = 4711_0000  # the advisory locks at which a worker can be held inside its transaction
# Boundary: the statement before which the worker is held and killed, as (table, event, condition) ...
HELD = {
    "in the claim": ("knowledge_version", "UPDATE", "NEW.stage = 'reading' AND OLD.state = 'queued'"),
    "before the chunks": ("knowledge_chunk", "INSERT", "true"),
    "before the vectors": ("knowledge_embedding", "INSERT", "true"),
    "before the swap": ("knowledge_document", "UPDATE", "NEW.live_version_id IS NOT NULL"),
    "before it is ready": ("knowledge_version", "UPDATE", "NEW.state = 'ready'"),
}
# ... or the committed state of a version at which it is killed.
SEEN = {
    "while reading": "state = 'working' AND stage = 'reading'",
    "after the chunks": "state = 'working' AND stage = 'embedding' AND done = 0",
    "between the vectors": "state = 'working' AND done > 0 AND done < total",
    "after the vectors": "state = 'working' AND done > 0 AND done = total",
    "just swapped": "state = 'ready' AND finished_at > now() - interval '0.2 s'",
}
VERSIONS = (
    """knowledge_version v JOIN knowledge_document d ON d.id = v.document_id WHERE d.collection_id = %s"""
)
BOUNDARIES = [name for pair in zip(HELD, SEEN, strict=True) for name in pair]


def rows(statement: str, *values: str | int) -> list[tuple[object, ...]]:
    """Return what a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def hold_points() -> None:
    """Let every statement of ``HELD`` wait while this process holds that boundary's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION bench_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NEW; END $$"
        )
        for number, (table, event, condition) in enumerate(HELD.values()):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER bench_gate_{number} BEFORE {event} ON {table} FOR EACH ROW "
                f"WHEN ({condition}) EXECUTE FUNCTION bench_gate({GATE + number})"
            )


def drop_points() -> None:
    """Take the waiting out of the database again."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS bench_gate CASCADE")


def waits(lock: int) -> Callable[[], object]:
    """Return a look at whether a worker is held at a boundary's lock."""
    return lambda: rows(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", lock
    )


def is_seen(boundary: str, collection: Collection) -> Callable[[], object]:
    """Return a look at whether a version of the collection stands at a boundary."""
    statement = f"SELECT 1 FROM {VERSIONS} AND {SEEN[boundary]}"  # noqa: S608 - our own constants
    return lambda: rows(statement, collection.pk)
