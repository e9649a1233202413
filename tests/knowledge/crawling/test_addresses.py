"""Addresses: what is public and what only looks so."""

from ipaddress import ip_address

import pytest

from knowledge.crawling.addresses import is_public, own_addresses

PUBLIC = """
1.1.1.1 8.8.8.8 9.9.9.9 93.184.215.14 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 168.63.129.15
168.63.129.17 192.0.1.1 192.88.98.255 198.17.255.255 198.20.0.1 223.255.255.255 203.0.112.1
2606:4700:4700::1111 2a00:1450:4001:82f::200e 2001:4860:4860::8888 2003::1 2620:fe::fe
""".split()
PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::a9fe:a9fe ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe ::ffff:8.8.8.8
::ffff:0:127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::a9fe:a9fe 100::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::
2002:a9fe:a9fe:: 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
2606:4700:4700::1111%eth0
""".split()


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_public_internet_may_be_asked(text: str) -> None:
    address = ip_address(text)

    verdict = is_public(address)

    assert verdict


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_of_somebodys_own_network_may_not(text: str) -> None:
    address = ip_address(text)

    verdict = is_public(address)

    assert not verdict


def test_our_own_public_address_is_not_public_to_us() -> None:
    address = ip_address("93.184.215.14")

    verdicts = is_public(address), is_public(address, {address})

    assert verdicts == (True, False)


def test_the_machine_knows_its_own_addresses() -> None:
    loopback = ip_address("127.0.0.1")

    own = own_addresses()

    assert loopback in own
