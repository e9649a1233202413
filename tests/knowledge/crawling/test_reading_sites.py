"""Reading sites: one name a page, links, mazes, sitemaps, robots and manners."""

import gzip

import pytest

from knowledge.crawling import Fetcher
from knowledge.crawling.pages import MOST_ALIKE, Traps, head_of, normal, text_fingerprint
from knowledge.crawling.pinning import Refused, Unreachable
from knowledge.crawling.politeness import Politeness
from knowledge.crawling.robots import Robots
from knowledge.crawling.sitemaps import Entry, SitemapWalk, read_sitemap
from tests.knowledge.crawling.website import Reply, Website, html

NOT_GZIP = b"\x1f\x8bnonsense"
BASE = "https://shop.example/help/start"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://Shop.Example:443/a#part", "https://shop.example/a"),
        ("http://shop.example:80", "http://shop.example/"),
        ("/a/../b/", "https://shop.example/b/"),
        ("b", "https://shop.example/help/b"),
        ("?z=1&a=2", "https://shop.example/help/start?a=2&z=1"),
        ("/a?utm_source=x&id=7&gclid=1&UTM_Medium=y", "https://shop.example/a?id=7"),
        ("/a?fbclid=1", "https://shop.example/a"),
        ("/a;jsessionid=ABC?x=1", "https://shop.example/a?x=1"),
        ("/a?empty=&&b", "https://shop.example/a?b&empty="),
        (" /a\n/b ", "https://shop.example/a/b"),
        ("/ü?q=ä", "https://shop.example/%C3%BC?q=%C3%A4"),
        ("//other.example/a", "https://other.example/a"),
    ],
)
def test_a_page_has_one_name(address: str, name: str) -> None:
    found = normal(address, BASE)

    assert found == name
    assert normal(found) == name


@pytest.mark.parametrize(
    "address", ["mailto:a@b.example", "javascript:alert(1)", "tel:1", "data:,x", "http://"]
)
def test_what_is_no_page_has_no_name(address: str) -> None:
    with pytest.raises(Refused):
        normal(address, BASE)


def test_a_page_says_what_it_links_to_and_what_it_wishes() -> None:
    body = b"""<html><head><base href="/docs/"><meta name="ROBOTS" content="NoIndex">
    <link rel="canonical" href="/docs/one#x"></head><body><a href="two?utm_source=1">2</a><a href="#top">t</a>
    <a href="two">again</a><a href="mailto:x@y.example">m</a><a rel="nofollow" href="ad">ad</a><a>none</a>
    <map><area href="/three"></map></body></html>"""

    head = head_of(body, "https://shop.example/docs/")

    assert head.links == ("https://shop.example/docs/two", "https://shop.example/three")
    assert head.canonical == "https://shop.example/docs/one"
    assert (head.is_indexed, head.is_followed) == (False, True)


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<", b"<!-- -->", "é".encode("latin-1")])
def test_a_page_of_nothing_links_to_nothing(body: bytes) -> None:
    head = head_of(body, BASE)

    assert head.links == ()
    assert text_fingerprint(body)


def test_words_make_the_fingerprint_and_markup_does_not() -> None:
    old = b"<title>A</title><script>1</script><p class=x>one <b>two</b></p><style>p{}</style>"

    new = b"<title>A</title><script>2</script><div><p class=y nonce=7>one\n<b>two</b></p></div>"

    assert text_fingerprint(old) == text_fingerprint(new)
    assert text_fingerprint(old) != text_fingerprint(old.replace(b"two", b"three"))
    assert text_fingerprint(old) != text_fingerprint(old.replace(b"A", b"B"))


@pytest.mark.parametrize(
    ("path", "because"),
    [
        ("/" + "/".join(f"d{number}" for number in range(13)), "deep"),
        ("/a/b/a/b/a/b", "repeats"),
        ("/list?a=1&b=2&c=3&d=4&e=5", "parameters"),
        ("/help/reset-your-password", ""),
        ("/en/docs/v2/install/linux/", ""),
    ],
)
def test_paths_that_lead_into_a_maze_are_told_from_others(path: str, because: str) -> None:
    traps = Traps()

    reason = traps.reason(f"https://shop.example{path}")

    assert because in reason
    assert bool(reason) == bool(because)


@pytest.mark.parametrize("address", ["/calendar/{0}/{0}", "/search?page={0}"])
def test_a_series_without_end_ends(address: str) -> None:
    traps = Traps()
    urls = [f"https://shop.example{address.format(number)}" for number in range(MOST_ALIKE + 5)]

    taken = [url for url in urls if not traps.reason(url)]

    assert len(taken) == MOST_ALIKE
    assert not traps.reason(urls[0]), "a page that was taken stays taken"


def test_a_sitemap_is_read_packed_or_not_and_as_text() -> None:
    xml = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc> https://a.example/1 </loc><lastmod>2026-11-22</lastmod></url><url><loc></loc></url>
    <url><loc>https://a.example/2?a=1&amp;b=2</loc></url></urlset>"""

    plain, packed = read_sitemap(xml), read_sitemap(gzip.compress(xml))
    text = read_sitemap(b"\xef\xbb\xbfhttps://a.example/1\n\nnot an address\nhttps://a.example/2\n")

    assert plain == packed
    assert plain.pages == (Entry("https://a.example/1", "2026-11-22"), Entry("https://a.example/2?a=1&b=2"))
    assert [entry.url for entry in text.pages] == ["https://a.example/1", "https://a.example/2"]


def test_a_sitemap_of_entities_expands_to_nothing() -> None:
    bomb = b"""<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.example/&f;&b;</loc></url></urlset>"""

    found = read_sitemap(bomb)

    assert [entry.url for entry in found.pages] == ["https://a.example/"]


@pytest.mark.parametrize(
    "body", [b"<html></html>", b"<urlset><url>", gzip.compress(b" " * 10_000_001), b"\x1f\x8bx"]
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_sitemap(body)


def test_an_index_that_names_itself_and_others_for_ever_ends(site: Website, fetcher: Fetcher) -> None:
    def index(path: str) -> Reply:
        inner = "".join(
            f"<sitemap><loc>{site.url(f'{path}{end}')}</loc></sitemap>" for end in ("", "1", "2", "3")
        )
        pages = f"<sitemapindex>{inner}</sitemapindex>"
        return Reply(pages.encode(), media_type="application/xml")

    site.any_other = index
    walk = SitemapWalk(fetcher, lambda _url: None)

    pages = list(walk.pages([site.url("/s")]))

    # Itself, its three, and theirs, of which one is not read twice: three levels and no fourth.
    assert pages == []
    assert len(site.asked) == len(set(site.asked)) == 1 + 3 + 9


def test_a_sitemap_that_cannot_be_read_keeps_none_of_the_others(site: Website, fetcher: Fetcher) -> None:
    waits: list[str] = []
    site.pages["/good.xml"] = Reply(
        f"<urlset><url><loc>{site.url('/1')}</loc></url></urlset>".encode(), media_type="text/xml"
    )
    walk = SitemapWalk(fetcher, waits.append)

    pages = list(walk.pages([site.url("/none.xml"), site.url("/good.xml"), "http://10.0.0.1/s.xml"]))

    assert [entry.url for entry in pages] == [site.url("/1")]
    assert set(walk.problems) == {site.url("/none.xml"), "http://10.0.0.1/s.xml"}
    assert len(waits) == 3


def test_robots_are_asked_once_and_obeyed_by_our_name(site: Website, fetcher: Fetcher) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: SupportBot\nDisallow: /cart\nCrawl-delay: 90\n"
    site.pages["/robots.txt"] = Reply(
        f"{rules}Sitemap: {site.url('/s.xml')}".encode(), media_type="text/plain"
    )
    robots = Robots(fetcher)

    allowed = [robots.allows(site.url(path)) for path in ("/help", "/cart/1", "/")]

    assert allowed == [True, False, True]
    assert robots.delay(site.url("/")) == 30
    assert robots.sitemaps(site.url("/")) == (site.url("/s.xml"),)
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_allows_everything(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages["/robots.txt"] = html("Disallow: /", status)

    allowed = Robots(fetcher).allows(site.url("/a"))

    assert allowed


def test_a_site_whose_robots_cannot_be_had_is_not_read_for_now(site: Website, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = html("", 503)

    with pytest.raises(Unreachable):
        Robots(fetcher).allows(site.url("/a"))

    assert site.asked == ["/robots.txt"]


def test_requests_to_one_host_keep_their_distance() -> None:
    waits: list[float] = []
    now = [100.0]
    manners = Politeness(1.0, waits.append, lambda: now[0])

    manners.wait("https://a.example/1")
    manners.wait("https://b.example/1")
    now[0] += 0.25
    manners.wait("https://a.example/2", asked_for=5)
    now[0] += 0.75
    manners.wait("https://a.example/3")

    assert waits == [0.75, 4.25]
