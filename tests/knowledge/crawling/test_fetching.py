"""Fetching: what comes in by the one client."""

import gzip
import zlib

import pytest

from knowledge.crawling import Fetcher, Gone, NotModified
from knowledge.crawling.fetch import Known
from knowledge.crawling.pinning import Refused, Unreachable
from tests.knowledge.crawling.network import fetched
from tests.knowledge.crawling.website import Reply, Website, html


def test_a_page_comes_with_its_kind_and_its_marks(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = Reply(b"<p>Hello</p>", headers={"Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"})

    found = fetched(fetcher.fetch(site.url("/a#part")))

    assert (found.body, found.media_type) == (b"<p>Hello</p>", "text/html")
    assert found.known == Known(site.pages["/a"].etag, "Sun, 22 Nov 2026 10:00:00 GMT")
    assert site.asked == ["/a"]


def test_we_say_who_we_are_and_carry_no_cookies(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = Reply(b"x", headers={"Set-Cookie": "who=me"})

    fetcher.fetch(site.url("/a"))
    fetcher.fetch(site.url("/a"))

    assert site.heard[1]["User-Agent"] == "supportbot/test"
    assert site.heard[1]["Host"] == site.host
    assert "Cookie" not in site.heard[1]


def test_what_is_known_is_not_sent_again(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = html("same")
    known = fetched(fetcher.fetch(site.url("/a"))).known

    again = fetcher.fetch(site.url("/a"), known)

    assert isinstance(again, NotModified)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_said_to_be_gone(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages["/a"] = html("gone", status)

    found = fetcher.fetch(site.url("/a"))

    assert found == Gone(site.url("/a"), status)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_in_trouble_may_answer_later(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages["/a"] = Reply(status=status, headers={"Retry-After": "7"})

    with pytest.raises(Unreachable, match=str(status)) as caught:
        fetcher.fetch(site.url("/a"))

    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_page_that_is_not_for_us_is_refused(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages["/a"] = html("no", status)

    with pytest.raises(Refused, match=str(status)):
        fetcher.fetch(site.url("/a"))

    assert site.asked == ["/a"]


def test_a_packed_page_is_unpacked(site: Website, fetcher: Fetcher) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    site.pages["/"] = Reply(body, headers={"Content-Encoding": "gzip"})

    found = fetched(fetcher.fetch(site.url("/")))

    assert found.body == b"one two"


@pytest.mark.parametrize("body", [gzip.compress(b"x" * 60_000_000), gzip.compress(b"x" * 10_000_001)])
def test_a_decompression_bomb_is_stopped(site: Website, fetcher: Fetcher, body: bytes) -> None:
    site.pages["/"] = Reply(body, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Refused, match="larger than 10 MB"):
        fetcher.fetch(site.url("/"))

    assert len(body) < 100_000


def test_ten_megabytes_are_the_most(site: Website, fetcher: Fetcher) -> None:
    site.pages["/fits"] = Reply(b"x" * 10_000_000, media_type="text/plain")
    site.pages["/not"] = Reply(b"x" * 10_000_001, media_type="text/plain")

    found = fetched(fetcher.fetch(site.url("/fits")))
    with pytest.raises(Refused, match="larger than 10 MB"):
        fetcher.fetch(site.url("/not"))

    assert len(found.body) == 10_000_000


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip"])
def test_a_packing_that_we_did_not_ask_for_is_refused(site: Website, fetcher: Fetcher, coding: str) -> None:
    site.pages["/"] = Reply(zlib.compress(b"x"), headers={"Content-Encoding": coding})

    with pytest.raises(Refused, match="did not ask for"):
        fetcher.fetch(site.url("/"))


def test_damaged_packing_is_refused(site: Website, fetcher: Fetcher) -> None:
    site.pages["/"] = Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"})

    with pytest.raises(Refused, match="damaged"):
        fetcher.fetch(site.url("/"))


@pytest.mark.parametrize("said", ["image/png", "video/mp4", "application/x-msdownload", "application/zip2"])
def test_kinds_that_we_do_not_read_are_refused_before_their_bytes_come(
    site: Website, fetcher: Fetcher, said: str
) -> None:
    site.pages["/"] = Reply(b"x" * 20_000_000, media_type=said)

    with pytest.raises(Refused, match=said):
        fetcher.fetch(site.url("/"))


@pytest.mark.parametrize(
    ("path", "said", "kind"),
    [
        ("/a", "application/xhtml+xml", "text/html"),
        ("/a", "TEXT/HTML ; charset=x", "text/html"),
        ("/a.md", "text/plain", "text/markdown"),
        ("/a.md", "application/octet-stream", "text/markdown"),
        ("/a.pdf", "", "application/pdf"),
        ("/a.pdf", "text/html", "text/html"),
        ("/a.txt", "text/plain; charset=utf-8", "text/plain"),
    ],
)
def test_the_servers_word_counts_and_the_address_where_it_says_nothing(
    site: Website, fetcher: Fetcher, path: str, said: str, kind: str
) -> None:
    site.pages[path] = Reply(b"x", media_type=said)

    found = fetched(fetcher.fetch(site.url(path)))

    assert found.media_type == kind
