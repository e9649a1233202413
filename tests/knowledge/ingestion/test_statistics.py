"""Statistics: the BM25 figures of a collection equal a recount, whatever was done to it."""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.steering import delete_document, retry
from knowledge.models import Collection, LexemeStatistic
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")
OTHER = "# Filter\n\nWash the filter every month. The filter is behind the left door. Use no soap at all."


def kept(collection: Collection) -> tuple[int, int, dict[str, int]]:
    """Return the figures as they are kept."""
    collection.refresh_from_db()
    rows = LexemeStatistic.objects.filter(collection=collection, chunks__gt=0)
    return collection.chunk_count, collection.lexeme_total, dict(rows.values_list("lexeme", "chunks"))


def recounted(collection: Collection) -> tuple[int, int, dict[str, int]]:
    """Return the figures counted anew from the live chunks."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tsvector_to_array(c.lexemes), c.lexeme_count FROM knowledge_chunk c
            JOIN knowledge_document d ON d.live_version_id = c.version_id WHERE d.collection_id = %s
            """,
            [collection.pk],
        )
        rows = cursor.fetchall()
    counts = Counter(lexeme for names, _ in rows for lexeme in names)
    return len(rows), sum(length for _, length in rows), dict(counts)


def test_the_figures_equal_a_recount_after_every_step(tmp_path: Path) -> None:
    help_centre, internal = shelf(), shelf("internal", "internal")
    manual = taken_in(tmp_path, MANUAL, "manual.md")
    checks = [(kept(help_centre), recounted(help_centre))]

    taken_in(tmp_path, OTHER, "filter.md")
    taken_in(tmp_path, OTHER, "filter.md", internal)
    checks.append((kept(help_centre), recounted(help_centre)))
    manual = taken_in(tmp_path, MANUAL.replace("pump", "motor"), "manual.md")
    checks.append((kept(help_centre), recounted(help_centre)))
    ingest(retry(manual).id)
    checks.append((kept(help_centre), recounted(help_centre)))
    accepted(tmp_path, MANUAL + "\nNever made.", "manual.md")
    checks.append((kept(help_centre), recounted(help_centre)))
    delete_document(manual)
    checks.append((kept(help_centre), recounted(help_centre)))

    assert [left for left, _ in checks] == [right for _, right in checks]
    assert kept(internal) == recounted(internal)
    assert 0 < kept(help_centre)[0] < checks[0][0][0]


def test_the_figures_are_nothing_when_everything_is_deleted(tmp_path: Path) -> None:
    documents = [taken_in(tmp_path, MANUAL, "manual.md"), taken_in(tmp_path, OTHER, "filter.md")]

    for document in documents:
        delete_document(document)

    assert kept(shelf()) == (0, 0, {})


def test_the_figures_are_right_after_swaps_in_parallel(tmp_path: Path) -> None:
    versions = [accepted(tmp_path, f"{OTHER} Number {n}.", f"filter-{n}.md").version for n in range(4)]

    in_parallel(*(lambda version=version: ingest(version.id) for version in versions))

    assert kept(shelf()) == recounted(shelf())
    assert kept(shelf())[0] == 4
