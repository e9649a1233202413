"""Steering sources: what staff may ask for, and what they are told."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from knowledge.errors import PermanentError
from knowledge.models import Act, Document, Schedule, Source, SourceKind, SourcePage, State, SyncRun
from knowledge.sources import steering
from knowledge.sources.steering import SourcePlan
from tests.factories import shelf
from tests.knowledge.crawling.website import Website, html
from tests.knowledge.sources.syncing import source_of, synced


def plan(site: Website, path: str = "/", **columns: Any) -> SourcePlan:
    """Return a plan for the site."""
    values: dict[str, Any] = {"collection": shelf(), "kind": SourceKind.SITE, "address": site.url(path)}
    return SourcePlan(**{**values, **columns})


@pytest.fixture
def source(site: Website) -> Source:
    """Return a site of two pages, synced once."""
    site.pages["/"] = html("<h1>Help</h1><p>The help for our machines.</p><a href='/pump'>pump</a>")
    site.pages["/pump"] = html("<h1>Pump</h1><p>Error E-42 means that the pump is blocked.</p>")
    source = source_of(site.url("/"))
    synced(source)
    return source


def test_a_new_source_is_synced_at_once_and_then_by_its_schedule(site: Website) -> None:
    ada = User.objects.create(username="ada")

    source = steering.add_source(plan(site, "/help/?utm_source=x#top", schedule=Schedule.WEEKLY), ada)

    assert (source.address, source.name) == (site.url("/help/"), "127.0.0.1")
    assert source.next_run_at is not None
    assert SyncRun.objects.get().state == State.QUEUED
    assert Act.objects.get().verb == "source added"
    assert Act.objects.get().by == ada


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"address": "help.example"}, "has to begin with https://"),
        ({"address": "https://ada@help.example/"}, "user name"),
        ({"kind": "feed"}, "choose one of them"),
        ({"schedule": "yearly"}, "choose one of them"),
        ({"kind": SourceKind.FOLDER, "address": "/etc"}, "SOURCE_FOLDERS"),
        ({"page_budget": 0}, "page budget"),
        ({"depth": 21}, "depth"),
        ({"seconds_between": -1}, "seconds"),
        ({"grace_days": 400}, "days"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_sentence(
    site: Website, columns: dict[str, Any], sentence: str
) -> None:
    wanted = plan(site, **columns)

    with pytest.raises(PermanentError, match=sentence):
        steering.add_source(wanted)

    assert Source.objects.count() == 0


def test_syncing_twice_is_syncing_once(source: Source) -> None:
    first = steering.sync_now(source)

    second = steering.sync_now(source)

    assert first == second


def test_a_revised_source_reads_its_pages_anew(site: Website, source: Source) -> None:
    before = SourcePlan.of(source)

    steering.revise_source(source, replace(before, exclude="/x*", schedule=Schedule.MANUAL))

    source.refresh_from_db()
    assert (source.exclude, source.next_run_at) == ("/x*", None)
    assert synced(source).counts["fetched"] == 2


def test_nothing_is_revised_under_a_running_sync(source: Source) -> None:
    steering.sync_now(source)

    with pytest.raises(PermanentError, match="under way"):
        steering.revise_source(source, replace(SourcePlan.of(source), depth=1))

    source.refresh_from_db()
    assert source.depth == 3


def test_a_sync_that_waits_is_cancelled_at_once_and_one_that_is_over_is_not(source: Source) -> None:
    run = steering.sync_now(source)

    steering.cancel_run(run)
    with pytest.raises(PermanentError, match="over"):
        steering.cancel_run(run)

    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_pausing_is_recorded_once(source: Source) -> None:
    steering.set_paused(source, True)
    steering.set_paused(source, True)

    source.refresh_from_db()
    assert source.is_paused
    assert Act.objects.filter(verb="source paused").count() == 1


def test_a_removed_source_leaves_its_documents_or_takes_them_along(site: Website, source: Source) -> None:
    other = source_of(site.url("/pump"), SourceKind.PAGE, name="Other")
    pump = Document.objects.get(file_name__contains="pump")
    SourcePage.objects.create(source=other, address=site.url("/pump"), document=pump)

    deleted = steering.remove_source(source, delete_documents=True)
    kept = steering.remove_source(other, delete_documents=False)

    assert (deleted, kept) == (1, 0)
    assert list(Document.objects.all()) == [pump]
    assert Source.objects.count() == SyncRun.objects.count() == 0


def test_a_document_of_two_pages_is_deleted_once_with_its_source(site: Website, source: Source) -> None:
    pump = Document.objects.get(file_name__contains="pump")
    SourcePage.objects.create(source=source, address=site.url("/pump/"), document=pump)

    deleted = steering.remove_source(source, delete_documents=True)

    assert deleted == 2
    assert not Document.objects.exists()


def test_a_source_that_a_colleague_removed_is_refused_with_a_sentence(source: Source) -> None:
    colleagues = Source.objects.get()
    steering.remove_source(colleagues, delete_documents=True)

    with pytest.raises(PermanentError, match="a moment ago"):
        steering.remove_source(source, delete_documents=True)


def test_an_address_that_leads_inside_fails_at_the_sync_with_a_sentence(
    site: Website, settings: Settings
) -> None:
    settings.CRAWL_PRIVATE_HOSTS = []
    source = source_of("http://localhost/", SourceKind.PAGE)

    run = synced(source)

    assert run.state == State.READY
    assert "CRAWL_PRIVATE_HOSTS" in run.troubles[0]["reason"]
