"""Taking in: which pages of a site become documents, and which are left out with a reason."""

from pathlib import Path

from pytest_django import Settings

from knowledge.models import Source, SourceKind, SourcePage, Version
from knowledge.sources import sync as syncing_module
from tests.factories import taken_in
from tests.knowledge.crawling.website import Reply, Website, html, moved
from tests.knowledge.sources.syncing import (
    PUMP,
    RESET,
    document_of,
    long_ago,
    page,
    source_of,
    states,
    synced,
)


def test_links_are_followed_and_documents_are_named_for_their_pages(site: Website, source: Source) -> None:
    run = synced(source)

    assert states(source) == {"/": "new", "/reset": "new", "/pump": "new"}
    assert run.counts["fetched"] == 3
    assert document_of(site, "/reset").file_name == f"127.0.0.1-{site.port}/reset.html"
    assert Version.objects.filter(origin="sync", state="ready").count() == 3


def test_tokens_in_the_markup_are_no_change(site: Website, source: Source) -> None:
    synced(source)
    site.pages["/reset"] = html(
        f"<html><body><script nonce=2>2</script><h1>Help</h1><p data-token=xyz>{RESET}</p>"
        "<a href='/'>more</a></body></html>"
    )

    run = synced(source)

    assert (run.counts["unchanged"], run.counts["fetched"]) == (3, 1)
    assert Version.objects.count() == 3


def test_the_canonical_address_counts_and_a_circle_of_them_is_cut(site: Website, source: Source) -> None:
    site.pages["/reset"] = page(RESET, head=f"<link rel=canonical href='{site.url('/pump')}'>")
    site.pages["/pump"] = page(PUMP, head=f"<link rel=canonical href='{site.url('/reset')}'>")

    synced(source)
    first = states(source)
    synced(source)

    assert first == {"/": "new", "/reset": "skipped", "/pump": "new"}
    assert states(source)["/reset"] == "skipped"


def test_a_page_that_wants_no_readers_is_left_out(site: Website, source: Source) -> None:
    site.pages["/pump"] = page(PUMP, "/hidden", "<meta name=robots content='noindex, nofollow'>")

    synced(source)

    assert states(source) == {"/": "new", "/reset": "new", "/pump": "skipped"}


def test_the_same_content_is_not_taken_in_twice_and_never_hides_an_upload(
    site: Website, source: Source, tmp_path: Path
) -> None:
    uploaded = taken_in(tmp_path, site.pages["/pump"].body.decode(), "pump.html")

    run = synced(source)
    site.pages["/pump"] = html("gone", 404)
    for _ in range(2):
        synced(source)
        long_ago()

    uploaded.refresh_from_db()
    assert run.counts["skipped_twin"] == 1
    assert uploaded.is_published


def test_patterns_and_budget_leave_pages_out_and_say_so(site: Website, source: Source) -> None:
    site.pages["/"] = page("Welcome to the help for all our machines.", "/reset /pump /p1 /p2 /p3")
    source.exclude, source.page_budget = "/pu*\n/*.png", 3
    source.save()
    for number in range(4):
        site.pages[f"/p{number}"] = page(f"{PUMP} Part {number} of it.")

    run = synced(source)

    assert (run.counts["seen"], run.counts["new"], run.total) == (6, 3, 3)
    assert (run.counts["skipped_patterns"], run.counts["skipped_budget"]) == (1, 2)
    assert "/pump" not in site.asked
    assert SourcePage.objects.get(address=site.url("/p3")).reason == "The budget of 3 pages is used up."


def test_a_page_of_another_site_is_never_asked_for(site: Website, source: Source) -> None:
    site.pages["/"] = page(
        "Welcome to the help for machines.", "https://elsewhere.example/ //10.0.0.1/ /reset"
    )

    synced(source)

    assert states(source) == {"/": "new", "/reset": "new"}


def test_a_single_page_is_taken_wherever_it_leads_and_alone(site: Website) -> None:
    site.pages["/start"] = moved("/reset")
    site.pages["/reset"] = page(RESET, "/pump")
    source = source_of(site.url("/start"), SourceKind.PAGE)

    synced(source)

    assert states(source) == {"/start": "new"}
    assert document_of(site, "/start").live_version is not None


def test_a_page_we_cannot_take_says_why(site: Website, source: Source) -> None:
    site.pages["/pump"] = Reply(b"", media_type="text/html")
    site.pages["/reset"] = Reply(b"GIF89a", media_type="image/gif")

    run = synced(source)

    reasons = {trouble["address"]: trouble["reason"] for trouble in run.troubles}
    assert "empty" in reasons[site.url("/pump")]
    assert "image/gif" in reasons[site.url("/reset")]


def test_a_page_that_becomes_a_pdf_stays_the_same_document(site: Website, source: Source) -> None:
    synced(source)
    before = document_of(site, "/pump")
    pdf = Path("tests/samples/manual.pdf").read_bytes()
    site.pages["/pump"] = Reply(pdf, media_type="application/pdf")

    synced(source)

    after = document_of(site, "/pump")
    assert after.pk == before.pk
    assert after.live_version is not None
    assert after.live_version.media_type == "application/pdf"


def test_our_name_says_where_to_complain(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://help.example"

    name = syncing_module.agent()

    assert name.startswith("supportbot/")
    assert name.endswith("(+https://help.example)")
