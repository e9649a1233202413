"""Origins: which websites may embed, and nothing but origins ever in a header."""

import pytest

from chat.origins import allows, frame_ancestors, is_origin_pattern

GOOD = [
    "https://example.com",
    "http://127.0.0.1:8001",
    "http://localhost:8001",
    "https://*.example.com",
    "https://a-b.c.de:8443",
]
BAD = [
    "",
    "*",
    "null",
    "example.com",
    "https://",
    "https://*",
    "https://*.com",
    "http://*.example.com",
    "https://*.example.com:8443",
    "https://example.com/",
    "https://example.com/path",
    "https://user@example.com",
    "https://example.com; script-src *",
    "https://example.com\nX-Header: 1",
    "https://example.com https://evil.example",
    "'self'",
    "data:",
    "https://-a.example.com",
    "https://example.com:0",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_an_origin_is_taken_as_it_is(pattern: str) -> None:
    assert is_origin_pattern(pattern)
    assert frame_ancestors([pattern]) == ["'self'", pattern]


@pytest.mark.parametrize("pattern", BAD)
def test_what_is_no_origin_embeds_nothing(pattern: str) -> None:
    assert not is_origin_pattern(pattern)
    assert frame_ancestors([pattern]) == ["'self'"]
    assert not allows([pattern], "https://example.com")


def test_without_origins_only_our_own_pages_may_embed() -> None:
    assert frame_ancestors([]) == ["'self'"]
    assert not allows([], "https://example.com")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://shop.example.com", True),
        ("https://a.b.example.com", True),
        ("https://example.com", False),
        ("http://shop.example.com", False),
        ("https://shop.example.com:8443", False),
        ("https://evil-example.com", False),
        ("https://example.com.evil", False),
        ("https://shop.example.com.evil", False),
        ("https://shop.exampleXcom", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_star_means_every_host_below_and_nothing_else(origin: str, expected: bool) -> None:
    assert allows(["https://*.example.com"], origin) is expected


def test_an_exact_origin_means_scheme_host_and_port() -> None:
    patterns = ["http://127.0.0.1:8001"]

    assert allows(patterns, "http://127.0.0.1:8001")
    assert not allows(patterns, "http://127.0.0.1:8002")
    assert not allows(patterns, "https://127.0.0.1:8001")
