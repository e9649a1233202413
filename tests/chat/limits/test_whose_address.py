"""Addresses: what trusted hops vouch for counts, and nothing that a customer writes."""

import pytest
from pytest_django import Settings

from chat.limits.addresses import address_of, is_unlimited, is_within, networks, parsed
from supportbot.checks import check_addresses


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "8.8.8.8", [], "8.8.8.8"),
        (0, "8.8.8.8", ["1.2.3.4"], "8.8.8.8"),  # a header that a customer wrote
        (0, "10.0.0.1", [], "10.0.0.1"),  # an intranet
        (0, "10.0.0.1", ["8.8.8.8"], ""),  # a proxy nobody told us of
        (1, "10.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        (1, "10.0.0.1", ["1.2.3.4, 8.8.8.8"], "8.8.8.8"),
        (1, "10.0.0.1", ["1.2.3.4", "8.8.8.8"], "8.8.8.8"),
        (2, "10.0.0.1", ["1.2.3.4, 8.8.8.8, 10.0.0.2"], "8.8.8.8"),
        (2, "10.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        (1, "8.8.8.8", [], "8.8.8.8"),
        (1, "10.0.0.1", ["1.2.3.4, nonsense"], ""),
        (1, "10.0.0.1", ["8.8.8.8:4711"], "8.8.8.8"),
        (1, "10.0.0.1", ["[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::"),
        (0, "2001:db8:1:2:ffff::9", [], "2001:db8:1:2::"),
        (0, "::ffff:8.8.8.8", [], "8.8.8.8"),
        (0, "fe80::1%eth0", [], "fe80::"),
        (0, "", [], ""),
        (0, "testclient", [], ""),
    ],
)
def test_an_address_is_what_the_trusted_hops_saw(
    proxies: int, peer: str, forwarded: list[str], expected: str
) -> None:
    assert address_of(peer, forwarded, proxies) == expected


def test_an_office_may_be_without_limits(settings: Settings) -> None:
    settings.UNLIMITED_ADDRESSES = ["203.0.113.0/24", "2001:db8::/32"]

    assert [is_unlimited(one) for one in ("203.0.113.9", "2001:db8:1:2::", "")] == [True] * 3
    assert not is_unlimited("203.0.114.9")


def test_networks_of_one_kind_do_not_hold_addresses_of_the_other() -> None:
    assert not is_within("8.8.8.8", networks(("::/0",)))
    assert parsed("8.8.8.8.8") is None


@pytest.mark.parametrize(
    ("proxies", "unlimited", "found"), [(0, [], 0), (2, ["10.0.0.0/8"], 0), (-1, [], 1), (0, ["office"], 1)]
)
def test_settings_that_are_no_addresses_are_refused(
    settings: Settings, proxies: int, unlimited: list[str], found: int
) -> None:
    settings.TRUSTED_PROXIES, settings.UNLIMITED_ADDRESSES = proxies, unlimited

    assert [message.id for message in check_addresses()] == ["supportbot.E008"] * found
