"""Guarding: where the one client does not go, and when it leaves."""

import time
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import pytest

from knowledge.crawling import Fetcher
from knowledge.crawling.fetch import Limits
from knowledge.crawling.pinning import Refused, Unreachable
from tests.knowledge.crawling.network import Network, fetched
from tests.knowledge.crawling.website import Website, html, moved

PUBLIC = "93.184.215.14"


def test_three_redirects_are_followed_and_no_fourth(site: Website, fetcher: Fetcher) -> None:
    for number in range(1, 9):
        site.pages[f"/{number}"] = moved(f"/{number + 1}")
    site.pages["/4"] = html("there")

    found = fetched(fetcher.fetch(site.url("/1")))
    with pytest.raises(Refused, match="more than 3"):
        fetcher.fetch(site.url("/5"))

    assert (found.url, found.final_url) == (site.url("/1"), site.url("/4"))


def test_a_redirect_loop_ends(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = moved("/a")

    with pytest.raises(Refused, match="more than 3"):
        fetcher.fetch(site.url("/a"))

    assert len(site.asked) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://2130706433/",
        "//10.0.0.1/",
        "http://user@example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://exa mple.com/",
        "",
    ],
)
def test_a_redirect_is_judged_like_the_first_address(site: Website, fetcher: Fetcher, target: str) -> None:
    site.pages["/a"] = moved("/b")
    site.pages["/b"] = moved(target)

    with pytest.raises(Refused):
        fetcher.fetch(site.url("/a"))

    assert site.asked[:2] == ["/a", "/b"]


@pytest.mark.parametrize(
    "url",
    """
    http://127.0.0.1/ http://127.1/ http://0x7f.1/ http://2130706433/ http://0177.0.0.1/ http://0/
    http://localhost/ http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/
    http://[::ffff:7f00:1]/ http://[64:ff9b::a9fe:a9fe]/ http://169.254.169.254/ http://10.1.2.3/
    http://a@127.0.0.1/ http://good.com:80@127.0.0.1/ http://good.com\\@127.0.0.1/ http://①②⑦.⓪.⓪.①/
    http://[fe80::1%25lo]/ http://example.com:22/ http://example.com:8080/ ftp://example.com/
    javascript:alert(1) http:/// https:// /etc/passwd //example.com/ http://a_\u0000b/
    """.split(),
)
def test_addresses_that_lead_inside_are_refused(url: str) -> None:
    fetcher = Fetcher("supportbot/test")

    with pytest.raises(Refused):
        fetcher.fetch(url)


def test_every_address_of_a_name_has_to_be_public(site: Website) -> None:
    network = Network(site.port, [PUBLIC, "10.0.0.1"])

    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        network.client().fetch("https://mixed.example/")

    assert network.called == []


def test_a_name_is_resolved_once_and_that_very_address_is_called(site: Website) -> None:
    network = Network(site.port, [PUBLIC], ["127.0.0.1"])
    site.pages["/"] = html("public")

    found = fetched(network.client().fetch("http://rebinding.example/"))

    assert found.body == b"public"
    assert (network.resolved, network.called) == (["rebinding.example"], [f"{PUBLIC}:80"])


def test_a_name_that_changes_its_mind_in_a_redirect_is_judged_again(site: Website) -> None:
    network = Network(site.port, [PUBLIC], ["127.0.0.1"])
    site.pages["/"] = moved("/again")

    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        network.client().fetch("http://rebinding.example/")

    assert (len(network.resolved), network.called) == (2, [f"{PUBLIC}:80"])


def test_the_pinned_address_is_the_one_that_is_connected_to(site: Website) -> None:
    # No name server knows this name: only the address that our resolver gave can have led there.
    site.pages["/"] = html("pinned")
    private = {f"intranet.example:{site.port}"}
    fetcher = Fetcher("supportbot/test", private, resolve=lambda _host, _port: ["127.0.0.1"])

    found = fetched(fetcher.fetch(f"http://intranet.example:{site.port}/"))

    assert found.body == b"pinned"
    assert site.heard[0]["Host"] == f"intranet.example:{site.port}"


def test_an_international_name_is_asked_for_in_its_plain_form(site: Website) -> None:
    network = Network(site.port, [PUBLIC])
    site.pages["/"] = html("Bücher")

    network.client().fetch("http://bücher.example/")

    assert network.resolved == ["xn--bcher-kva.example"]
    assert site.heard[0]["Host"] == "xn--bcher-kva.example"


def test_an_address_of_our_own_machine_is_not_called_however_public(site: Website) -> None:
    network = Network(site.port, [PUBLIC])
    fetcher = Fetcher("supportbot/test", resolve=network.resolve, dial=network, own={ip_address(PUBLIC)})

    with pytest.raises(Refused, match="not on the public internet"):
        fetcher.fetch("http://ourselves.example/")

    assert network.called == []


def test_a_secured_connection_asks_for_the_certificate_of_the_name_and_not_of_the_address(
    site: Website,
) -> None:
    network = Network(site.port, [PUBLIC])
    site.pages["/"] = html("safe")

    network.client().fetch("https://shop.example/")

    assert (network.called, network.secured) == ([f"{PUBLIC}:443"], ["shop.example"])
    assert site.heard[0]["Host"] == "shop.example"


def test_from_https_nobody_is_led_to_plain_http(site: Website) -> None:
    network = Network(site.port, [PUBLIC])
    site.pages["/"] = moved("http://shop.example/")

    with pytest.raises(Refused, match="plain http"):
        network.client().fetch("https://shop.example/")

    assert site.asked == ["/"]


def test_proxies_of_the_environment_have_no_say(
    site: Website, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/"] = html("direct")

    found = fetched(fetcher.fetch(site.url("/")))

    assert found.body == b"direct"


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"])
def test_a_server_that_drips_for_ever_is_left_in_time(site: Website, first: bytes) -> None:
    fetcher = Fetcher("supportbot/test", private={site.host}, limits=Limits(seconds=0.6))

    def drip(wire: Any) -> None:
        try:
            wire.write(first or b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                wire.write(b"X-Drop: 1\r\n")
                wire.flush()
                time.sleep(0.05)
        except OSError:
            return  # the client has left, as it should

    site.drip = drip
    with pytest.raises(Unreachable, match="too slow"):
        fetcher.fetch(site.url("/"))


def test_a_server_that_speaks_something_else_is_left(site: Website, fetcher: Fetcher) -> None:
    site.drip = lambda wire: wire.write(b"SSH-2.0-OpenSSH_9.9\r\n")

    with pytest.raises(Unreachable, match="does not speak HTTP"):
        fetcher.fetch(site.url("/"))


def test_a_name_server_that_says_nothing_is_not_waited_for() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        time.sleep(5)
        return [PUBLIC]

    fetcher = Fetcher("supportbot/test", resolve=resolve, limits=Limits(seconds=0.3))

    with pytest.raises(Unreachable, match="No name server"):
        fetcher.fetch("http://slow.example/")


def test_an_operators_allowance_is_for_one_port_only(site: Website, fetcher: Fetcher) -> None:
    with pytest.raises(Refused, match="only ports 80 and 443"):
        fetcher.fetch(f"http://127.0.0.1:{site.port + 1}/")
    with pytest.raises(Refused, match="public internet"):
        fetcher.fetch("http://127.0.0.1/")
