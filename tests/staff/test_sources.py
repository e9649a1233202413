"""The source pages: what staff see of sources, syncs and pages, by the filters in the URL."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from knowledge.models import (
    Collection,
    PageState,
    SourceKind,
    SourcePage,
    State,
    SyncRun,
)
from tests.staff.conftest import MakeDocument, MakeSource
from tests.staff.reading import page_of, row_of


def test_the_empty_list_says_what_to_do_next(ada_client: Client, collection: Collection) -> None:
    html = page_of(ada_client, "sources")

    assert "There are no sources yet" in html
    assert "Add the first source" in html


def test_without_a_collection_the_next_step_is_to_create_one(ada_client: Client) -> None:
    pages = [page_of(ada_client, name) for name in ("sources", "source-new")]

    assert all("Create the first collection" in html for html in pages)
    assert "<textarea" not in pages[1]


def test_a_row_shows_schedule_next_run_and_what_the_last_sync_found(
    ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source(next_run_at=timezone.now())
    SyncRun.objects.create(source=source, state=State.READY, counts={"new": 7})
    counts = {"new": 1, "unchanged": 1200, "failed": 2, "gone": 3}
    SyncRun.objects.create(source=source, state=State.READY, counts=counts, finished_at=timezone.now())

    row = row_of(page_of(ada_client, "sources"), f"source-{source.pk}")

    for words in ("Every day", "next:", "1 new", "1,200 unchanged", "2 failed", "3 gone", "Sync now"):
        assert words in row
    assert "7 new" not in row


def test_a_sync_under_way_is_followed_with_numbers_and_can_be_cancelled(
    ada_client: Client, make_source: MakeSource
) -> None:
    source = make_source()
    SyncRun.objects.create(source=source, state=State.WORKING, stage="reading", done=3, total=9)

    html = page_of(ada_client, "sources")

    row = row_of(html, f"source-{source.pk}")
    assert "3 of 9 pages" in row
    assert "Cancel sync" in row
    assert "Sync now" not in row
    assert "every 2s" in html


def test_a_list_at_rest_does_not_poll(ada_client: Client, make_source: MakeSource) -> None:
    SyncRun.objects.create(source=make_source(), state=State.READY)

    html = page_of(ada_client, "sources")

    assert "every 2s" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=alp", ["Alpha"]),
        ("?kind=folder", ["Beta"]),
        ("?paused=yes", ["Beta"]),
        ("?state=failed", ["Alpha"]),
        ("?collection=help-centre", ["Alpha", "Beta"]),
        ("?kind=nonsense", ["Alpha", "Beta"]),
        ("?q=nowhere", []),
    ],
)
def test_the_list_is_narrowed_down_by_its_url(
    ada_client: Client, make_source: MakeSource, query: str, expected: list[str]
) -> None:
    failed = make_source("Alpha")
    SyncRun.objects.create(source=failed, state=State.FAILED)
    make_source("Beta", kind=SourceKind.FOLDER, is_paused=True)

    html = page_of(ada_client, "sources", query=query)

    assert [name for name in ("Alpha", "Beta") if f">{name}</a>" in html] == expected
    assert ("No source matches" in html) is (not expected)


def test_a_source_shows_its_pages_with_reasons_documents_and_a_second_try(
    ada_client: Client, make_source: MakeSource, make_document: MakeDocument
) -> None:
    source, document = make_source(), make_document("Reset")
    good = source.pages.create(address="https://a.example.com/", state=PageState.NEW, document=document)
    bad = source.pages.create(
        address="https://b.example.com/", state=PageState.FAILED, reason="It answered 503."
    )

    html = page_of(ada_client, "source", source.pk)

    assert reverse("staff:document", args=[document.pk]) in row_of(html, f"page-{good.pk}")
    assert "Try again" not in row_of(html, f"page-{good.pk}")
    assert "It answered 503." in row_of(html, f"page-{bad.pk}")
    assert "Try again" in row_of(html, f"page-{bad.pk}")


def test_pages_are_narrowed_down_by_state_and_address(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()
    for letter, state in (("a", PageState.NEW), ("b", PageState.FAILED), ("c", PageState.FAILED)):
        source.pages.create(address=f"https://{letter}.example.com/", state=state)

    html = page_of(ada_client, "source", source.pk, query="?state=failed&q=b.")
    nothing = page_of(ada_client, "source", source.pk, query="?state=gone")

    assert [letter for letter in "abc" if f"Try again: https://{letter}.example.com/" in html] == ["b"]
    assert "Failed&nbsp;<span>2</span>" in html
    assert "No page matches." in nothing


def test_pages_are_paged_by_address_without_repeats(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()
    SourcePage.objects.bulk_create(
        SourcePage(source=source, address=f"https://x.example.com/{n:03d}") for n in range(70)
    )
    address = reverse("staff:source", args=[source.pk])

    first = ada_client.get(address).context["page"]
    second = ada_client.get(address, {"after": first.after}).context["page"]
    back = ada_client.get(address, {"before": second.before}).context["page"]

    assert [row.address[-3:] for row in first.rows + second.rows] == [f"{n:03d}" for n in range(70)]
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert (first.before, second.after) == ("", "")


def test_the_sync_log_is_paged_newest_first(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()
    for _n in range(60):
        SyncRun.objects.create(source=source, state=State.READY)
    address = reverse("staff:source-runs", args=[source.pk])

    first = ada_client.get(address).context["page"]
    second = ada_client.get(address, {"after": first.after}).context["page"]

    numbers = [run.pk for run in first.rows + second.rows]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 60


@pytest.mark.parametrize("cursor", ["yesterday", "1.5", "9" * 30, "\0"])
def test_a_damaged_cursor_is_no_server_error(
    ada_client: Client, make_source: MakeSource, cursor: str
) -> None:
    source = make_source()
    SyncRun.objects.create(source=source, state=State.READY)

    response = ada_client.get(reverse("staff:source-runs", args=[source.pk]), {"after": cursor})

    assert response.status_code == (200 if cursor.isdigit() else 404)


def test_a_sync_shows_a_reason_for_each_page_in_trouble(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()
    trouble = {"address": "https://a.example.com/<b>", "state": "gone", "reason": "It answered 404."}
    run = SyncRun.objects.create(
        source=source,
        state=State.FAILED,
        reason="Nobody answers there.",
        troubles=[trouble],
        counts={"skipped": 4, "skipped_robots": 4},
    )

    html = page_of(ada_client, "source-run", source.pk, run.pk)

    for words in ("Nobody answers there.", "It answered 404.", "/&lt;b&gt;</a>", "by robots.txt"):
        assert words in html


def test_a_sync_of_another_source_is_not_found_there(ada_client: Client, make_source: MakeSource) -> None:
    mine, other = make_source("Mine"), make_source("Other")
    run = SyncRun.objects.create(source=other)

    response = ada_client.get(reverse("staff:source-run", args=[mine.pk, run.pk]))

    assert response.status_code == 404


def test_a_sync_says_how_long_the_rest_takes(ada_client: Client, make_source: MakeSource) -> None:
    source = make_source()
    run = SyncRun.objects.create(source=source, state=State.WORKING, done=100, total=300)
    SyncRun.objects.update(created_at=timezone.now() - timedelta(minutes=10))

    html = page_of(ada_client, "source-run", source.pk, run.pk)

    assert "about 20\xa0minutes left" in html


def test_list_and_source_take_at_most_twelve_queries(
    ada_client: Client,
    make_source: MakeSource,
    make_document: MakeDocument,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(20):
        source = make_source(f"Site {n:02d}")
        SyncRun.objects.create(source=source, state=State.READY)
    for n in range(20):
        source.pages.create(address=f"https://a.example.com/{n}", document=make_document(f"Manual {n}"))

    with django_assert_max_num_queries(12):
        listed = page_of(ada_client, "sources")
    with django_assert_max_num_queries(12):
        detail = page_of(ada_client, "source", source.pk)

    assert "Site 19" in listed
    assert "Manual 19" in detail
