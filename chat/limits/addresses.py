"""Addresses: from a connection and its headers to whom it counts for.

``X-Forwarded-For`` can be written by anybody, so it is read from the right: each proxy
of ours (``TRUSTED_PROXIES``) has added the address it saw at the end.
"""

import hashlib
import hmac
import ipaddress
import logging
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger(__name__)
HEADER = "x-forwarded-for"
HOUSEHOLD = 64  # bits of an IPv6 address that a provider gives to one customer
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """Return for whom a websocket counts; empty when that cannot be known."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name.decode("latin-1") == HEADER]
    client = scope.get("client")
    return address_of(client[0] if client else "", lines, settings.TRUSTED_PROXIES)


def address_of_request(request: HttpRequest) -> str:
    """Return for whom a request counts; empty when that cannot be known."""
    header = request.headers.get(HEADER)
    peer = request.META.get("REMOTE_ADDR") or ""
    return address_of(peer, [header] if header else [], settings.TRUSTED_PROXIES)


def address_of(peer: str, forwarded: Iterable[str], proxies: int) -> str:
    """Return the address that ``proxies`` trusted hops vouch for; of IPv6 its first 64 bits.

    Empty when there is none, or when the peer is plainly a proxy (a private address that
    forwards) and none is trusted: then all customers would count as one.
    """
    hops = [part.strip() for line in forwarded for part in line.split(",")]
    seen = parsed(peer)
    if proxies:
        chain = [*hops, peer]
        seen = parsed(chain[max(len(chain) - 1 - proxies, 0)])
    elif hops and seen is not None and not seen.is_global:
        _warn_of_proxy()
        return ""
    return household(seen) if seen is not None else ""


def parsed(text: str) -> Address | None:
    """Return an address out of a text that may have a port, or None; IPv4 inside IPv6 is IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def household(address: Address) -> str:
    """Return an address as text, of IPv6 the network of 64 bits that one customer has."""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, HOUSEHOLD), strict=False).network_address)


def is_unlimited(address: str) -> bool:
    """Say whether an address is one of ``UNLIMITED_ADDRESSES``, or unknown."""
    return not address or is_within(address, networks(tuple(settings.UNLIMITED_ADDRESSES)))


def is_within(address: str, wanted: Iterable[Network]) -> bool:
    """Say whether an address lies in one of some networks."""
    found = parsed(address)
    return found is not None and any(found in network for network in wanted)


@cache
def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return texts as networks, a single address as one of its own.

    Raises:
        ValueError: One is neither an address nor a network.
    """
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts)


def keyed_hash(text: str) -> str:
    """Return what stands for an address or a secret in Redis, logs and bans: nothing without SECRET_KEY."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"limits:{text}".encode(), hashlib.sha256).hexdigest()


@cache
def _warn_of_proxy() -> None:
    """Say once that a proxy stands before us which we were not told of."""
    log.warning("A proxy forwards to us, but TRUSTED_PROXIES is 0: nobody is limited by address.")
