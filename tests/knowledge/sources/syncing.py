"""Syncing in tests: to the end of a run, with the documents it brings in made ready."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from knowledge.ingestion.ingest import ingest
from knowledge.models import Document, Source, SourceKind, SourcePage, State, SyncRun, Version
from knowledge.sources.runs import open_run
from knowledge.sources.sync import sync
from tests.factories import shelf
from tests.fakes import AxisEmbedder
from tests.knowledge.crawling.website import Reply, Website, html

MOST_SLICES = 200
RESET = "To reset the machine, hold the power button for ten seconds until the lamp blinks twice."
PUMP = "Error E-42 means that the pump is blocked. Rinse it with warm water and switch it on again."


def source_of(address: str, kind: str = SourceKind.SITE, **columns: Any) -> Source:
    """Return a source that is polite to nobody."""
    values = {"name": "Help", "seconds_between": 0, "collection": shelf(), **columns}
    return Source.objects.create(kind=kind, address=address, **values)


def synced(source: Source, seconds: float = 20) -> SyncRun:
    """Sync a source in slices of so many seconds and ingest what came in; nobody waits for a retry."""
    run = open_run(source)
    for _ in range(MOST_SLICES):
        sync(run.pk, seconds)
        run.refresh_from_db()
        if not run.is_in_progress:
            break
        now = timezone.now()
        SyncRun.objects.filter(id=run.pk).update(due_at=now)
        SourcePage.objects.filter(retry_at__gt=now).update(retry_at=now)
    for version_id in Version.objects.filter(state=State.QUEUED).values_list("id", flat=True):
        ingest(version_id)
    return run


def embedded() -> int:
    """Return how many chunks were embedded since the last time, and forget it."""
    count = len(AxisEmbedder.embedded)
    AxisEmbedder.embedded.clear()
    return count


def states(source: Source) -> dict[str, str]:
    """Return the state of each page by its path."""
    pages = SourcePage.objects.filter(source=source).values_list("address", "state")
    return {"/" + address.split("/", 3)[-1]: state for address, state in pages}


def page(text: str, links: str = "", head: str = "") -> Reply:
    """Return a page with a paragraph and links, given as paths."""
    anchors = "".join(f"<a href='{link}'>more</a>" for link in links.split())
    return html(f"<html><head>{head}</head><body><h1>Help</h1><p>{text}</p>{anchors}</body></html>")


def document_of(site: Website, path: str) -> Document:
    """Return the document of a page."""
    document = SourcePage.objects.get(address=site.url(path)).document
    assert document is not None
    return document


def long_ago(days: int = 4) -> None:
    """Let days pass for all pages that are missing."""
    SourcePage.objects.exclude(missing_since=None).update(missing_since=timezone.now() - timedelta(days=days))
