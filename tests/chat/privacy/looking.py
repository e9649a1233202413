"""Looking for a word in everything that chat stores: every table, every column, every file."""

from pathlib import Path

from django.conf import settings
from django.db import connection


def tables_with(word: str) -> set[str]:
    """Return the tables of chat in which a word stands, in whatever column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() AND table_name LIKE 'chat\\_%'"
        )
        names = [name for (name,) in cursor.fetchall()]
        assert len(names) > 20
        found = set()
        for name in names:
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*) FROM {table} AS one WHERE one::text ILIKE %s", [f"%{word}%"])  # noqa: S608 - the names are the catalogue's
            if cursor.fetchone()[0]:
                found.add(name)
        return found


def files_with(word: bytes) -> list[Path]:
    """Return the stored files in which a word stands."""
    return [
        path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and word in path.read_bytes()
    ]
