"""Freshness: what becomes of documents when their pages change, go, fail, move and come back."""

from dataclasses import replace

from knowledge.ingestion.steering import Particulars, revise
from knowledge.models import Document, Source, SourcePage, State, Version
from knowledge.sources.steering import take_again
from tests.factories import shelf
from tests.knowledge.crawling.website import Website, html, moved
from tests.knowledge.sources.syncing import (
    PUMP,
    document_of,
    long_ago,
    page,
    states,
    synced,
)


def test_a_page_that_is_gone_is_unpublished_after_the_grace_period_and_comes_back(
    site: Website, source: Source
) -> None:
    synced(source)
    pump = site.pages.pop("/pump")
    site.pages["/pump"] = html("gone", 410)

    seen = []
    for _ in range(3):
        seen.append((synced(source).counts["gone"], document_of(site, "/pump").is_published))
        if len(seen) > 1:
            long_ago()
    withdrawn = synced(source)
    site.pages["/pump"], site.pages["/"] = pump, page("Welcome back to our help pages.", "/reset /pump")
    back = synced(source)

    assert seen == [(1, True), (1, True), (1, False)]
    assert withdrawn.counts.get("gone") is None, "a page that is withdrawn is not asked for each time"
    assert back.counts["unchanged"] == 2
    assert document_of(site, "/pump").is_published
    assert Version.objects.filter(document=document_of(site, "/pump")).count() == 1


def test_one_run_never_unpublishes_however_long_ago_it_was(site: Website, source: Source) -> None:
    source.grace_days = 0
    source.save()
    synced(source)
    site.pages["/pump"] = html("gone", 404)

    published = []
    for _ in range(2):
        synced(source)
        published.append(document_of(site, "/pump").is_published)

    assert published == [True, False]


def test_what_staff_unpublished_stays_so_when_its_page_comes_back(site: Website, source: Source) -> None:
    synced(source)
    Document.objects.filter(id=document_of(site, "/pump").pk).update(is_published=False)
    pump = site.pages["/pump"]
    site.pages["/pump"] = html("gone", 404)
    synced(source)
    long_ago()
    synced(source)

    site.pages["/pump"] = pump
    synced(source)

    assert not document_of(site, "/pump").is_published


def test_a_server_in_trouble_is_asked_again_and_what_we_have_stays(site: Website, source: Source) -> None:
    synced(source)
    site.counted()
    site.pages["/pump"] = html("trouble", 503)

    run = synced(source)

    assert site.counted()["/pump"] == 3
    assert run.counts["failed"] == 1
    assert [trouble["reason"] for trouble in run.troubles] == ["The server answers 503. Tried 3 times."]
    assert run.state == State.READY
    assert document_of(site, "/pump").is_published
    assert document_of(site, "/pump").live_version is not None


def test_a_page_that_answers_at_the_second_try_is_taken(site: Website, source: Source) -> None:
    answers = iter([html("busy", 503), page(PUMP)])
    del site.pages["/pump"]
    site.any_other = lambda path: next(answers) if path == "/pump" else html("", 404)

    run = synced(source)

    assert states(source)["/pump"] == "new"
    assert run.troubles == []


def test_a_site_that_is_down_stops_the_run_and_changes_nothing(site: Website, source: Source) -> None:
    links = " ".join(f"/p{number}" for number in range(30))
    site.pages["/"] = page("Welcome to the help for all our machines.", links)
    site.any_other = lambda path: html("down", 404 if path == "/robots.txt" else 500)

    run = synced(source)

    assert run.state == State.FAILED
    assert "got no answer" in run.reason
    assert len(site.counted()) < 30


def test_while_robots_cannot_be_read_nothing_is(site: Website, source: Source) -> None:
    site.pages["/robots.txt"] = html("down", 503)

    run = synced(source)

    assert (run.state, set(site.asked)) == (State.FAILED, {"/robots.txt"})
    assert "503" in run.reason


def test_a_moved_page_is_left_to_its_new_address(site: Website, source: Source) -> None:
    synced(source)
    site.pages["/pump"] = moved("/pumps/", 301)
    site.pages["/pumps/"] = page(f"{PUMP} Then call us.")

    run = synced(source)

    assert states(source)["/pumps/"] == "new"
    assert states(source)["/pump"] == "skipped"
    assert run.counts["skipped_elsewhere"] == 1


def test_what_staff_deleted_stays_away_until_they_ask_for_it(site: Website, source: Source) -> None:
    synced(source)
    document_of(site, "/pump").delete()

    run = synced(source)
    take_again(SourcePage.objects.get(address=site.url("/pump")))
    back = synced(source)

    assert run.counts["skipped_staff"] == 1
    assert back.counts["new"] == 1
    assert document_of(site, "/pump").is_published


def test_a_page_that_staff_leave_out_later_goes_like_one_that_is_gone(site: Website, source: Source) -> None:
    synced(source)
    source.exclude = "/pump"
    source.save()

    synced(source)
    long_ago()
    synced(source)

    assert not document_of(site, "/pump").is_published


def test_a_document_that_staff_moved_to_another_shelf_is_refreshed_there(
    site: Website, source: Source
) -> None:
    synced(source)
    pump = document_of(site, "/pump")
    revise(pump, replace(Particulars.of(pump), collection=shelf("other")))
    site.pages["/pump"] = page(f"{PUMP} Twice.", "/reset")

    synced(source)

    assert Document.objects.count() == 3
    assert document_of(site, "/pump").versions.count() == 2
