"""A site of 300 pages: what a sync costs when all, nothing, or a little has changed."""

import pytest

from knowledge.models import Chunk, Document, SourcePage, State, Version
from tests.knowledge.crawling.website import Reply, Website, html, moved
from tests.knowledge.sources.syncing import embedded, source_of, synced

PAGES = 300
XML = "application/xml"
DISALLOWED = {f"/help/{number}" for number in range(290, 300)}


def article(number: int, change: str = "") -> Reply:
    """Return a page of two sections; ``change`` is part of the second."""
    return html(
        f"<html><head><title>Article {number}</title></head><body><nav>Menu</nav><main>"
        f"<h1>Article {number}</h1><h2>Reset</h2><p>To reset machine number {number}, hold its button "
        f"for ten seconds until the lamp blinks twice. All programs are then as they were.</p>"
        f"<h2>Warranty</h2><p>The warranty of machine number {number} lasts 24 months from the day of "
        f"delivery. Keep the receipt, the workshop asks for it. {change}</p></main></body></html>"
    )


def calendar(path: str) -> Reply:
    """Return a month that always has a next one; anything else is not there."""
    if not path.startswith("/help/calendar/"):
        return html("Not here", 404)
    month = int(path.rsplit("/", 1)[1])
    return html(
        f"<title>Month {month}</title><p>Nothing happens in the month with the number {month} of our "
        f"calendar, as in all the others.</p><a href='/help/calendar/{month + 1}'>next</a>"
    )


@pytest.fixture
def help_site(site: Website) -> Website:
    """Fill the site: an index of two sitemaps, 300 articles, redirects, a calendar without end."""
    urls = [site.url(f"/help/{number}") for number in range(PAGES)]
    maps = {"/s1.xml": urls[:150], "/s2.xml": [*urls[150:], site.url("/help/old")]}
    for path, named in maps.items():
        entries = "".join(f"<url><loc>{url}</loc><lastmod>2026-11-01</lastmod></url>" for url in named)
        site.pages[path] = Reply(f"<urlset>{entries}</urlset>".encode(), media_type=XML)
    names = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in maps)
    index = f"<?xml version='1.0'?><sitemapindex>{names}</sitemapindex>"
    site.pages["/sitemap.xml"] = Reply(index.encode(), media_type=XML)
    rules = "User-agent: supportbot\n" + "".join(f"Disallow: {path}\n" for path in sorted(DISALLOWED))
    site.pages["/robots.txt"] = Reply(f"{rules}Sitemap: {site.url('/sitemap.xml')}".encode(), media_type="")
    site.pages["/help/"] = html(
        "<title>Help</title><h1>Help</h1><p>Here is all the help that there is for our machines, their "
        "filters and their pumps.</p><a href='/help/calendar/1'>calendar</a><a href='/shop/'>shop</a>"
    )
    for number in range(PAGES):
        site.pages[f"/help/{number}"] = article(number)
    site.pages["/help/old"] = moved("/help/0")
    site.any_other = calendar
    return site


def test_a_site_is_taken_in_kept_fresh_and_costs_nothing_while_it_is_as_it_was(help_site: Website) -> None:
    source = source_of(help_site.url("/help/"), depth=1000, page_budget=1000)

    run = synced(source)
    first, first_embedded = help_site.counted(), embedded()
    again = synced(source)
    second, second_embedded = help_site.counted(), embedded()
    help_site.pages["/help/7"] = article(7, "Since this autumn it lasts 36 months.")
    third_run = synced(source)
    third_embedded = embedded()

    # 290 articles, the start page and 100 months are read; ten articles are not ours to read, the old
    # address leads to a page that we have, and the 101st month is one too many.
    assert run.state == again.state == third_run.state == State.READY
    assert run.counts == {
        "seen": 403,
        "new": 391,
        "fetched": 391,
        "skipped": 12,
        "skipped_robots": 10,
        "skipped_elsewhere": 1,
        "skipped_traps": 1,
    }
    assert not DISALLOWED & set(first)
    assert "/shop/" not in first
    assert Document.objects.count() == 391
    assert {path: n for path, n in first.items() if path.startswith("/help/") and n > 1} == {"/help/0": 2}
    assert first_embedded == Chunk.objects.filter(is_searchable=True).count()

    # Unchanged: every page is asked for once, none is sent, nothing is queued, nothing embedded.
    assert (again.counts["unchanged"], again.counts.get("fetched"), second_embedded) == (391, None, 0)
    assert {path: n for path, n in second.items() if path.startswith("/help/") and n > 1} == {"/help/0": 2}

    # One paragraph changed: one version, one chunk embedded.
    assert third_run.counts["changed"] == third_run.counts["fetched"] == 1
    assert third_embedded == 1
    assert Version.objects.count() == 392
    assert SourcePage.objects.get(address=help_site.url("/help/7")).document is not None


def test_a_run_in_many_slices_finds_the_same_as_in_one(help_site: Website) -> None:
    source = source_of(help_site.url("/help/"), depth=1000, page_budget=40)

    run = synced(source, seconds=0.05)

    assert run.attempt > 3
    assert run.counts["new"] + run.counts.get("skipped_robots", 0) + 1 >= 40
    assert (run.done, run.state) == (run.total, State.READY)
