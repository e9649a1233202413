"""Addresses: from an IP address to whether a crawler may talk to it.

``ipaddress.is_global`` is not enough: depending on Python's version it lets through
addresses that carry a private IPv4 address inside (NAT64, 6to4, Teredo, compatible,
site-local) and the one at which Azure's hosts answer. IPv6 is therefore judged by what
is given out to the public at all, 2000::/3, less what has another meaning in there.
"""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

Address = IPv4Address | IPv6Address

_PUBLIC_V6 = ip_network("2000::/3")
_DENIED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network; Linux takes 0.0.0.0 for itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT, and Alibaba's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata at 192.0.0.192
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address follows
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address, own: Collection[Address] = ()) -> bool:
    """Say whether an address belongs to the public internet and not to ``own`` machine."""
    if address in own:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _PUBLIC_V6):
        return False
    return address.is_global and not any(address in network for network in _DENIED)


def own_addresses() -> frozenset[Address]:
    """Return the addresses of this machine's interfaces, as Linux lists them; without /proc none.

    A machine with a public address of its own would otherwise be asked by itself, past
    every firewall that stands before it.
    """
    return frozenset((*_own_v4(), *_own_v6()))


def _own_v4(table: Path = Path("/proc/net/fib_trie")) -> Iterator[Address]:
    if not table.exists():
        return
    last = ""
    for line in table.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words[:1] == ["|--"]:
            last = words[1]
        elif words[:3] == ["/32", "host", "LOCAL"]:
            yield ip_address(last)


def _own_v6(table: Path = Path("/proc/net/if_inet6")) -> Iterator[Address]:
    if not table.exists():
        return
    for line in table.read_text(encoding="ascii").splitlines():
        yield IPv6Address(bytes.fromhex(line.split()[0]))
