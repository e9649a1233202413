"""Pinning: from a host name to a connection with an address that was judged, and no other.

The name is resolved once, every address it has must be public, and the connection goes to
one of those very addresses: a name server that answers differently the second time is
never asked a second time. Being the transport's own way to connect, it cannot be skipped.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, Queue

import httpcore

from knowledge.crawling.addresses import Address, is_public
from knowledge.errors import PermanentError, TransientError

Resolver = Callable[[str, int], Sequence[str]]
PORTS = (80, 443)
MOST_TRIED = 4  # addresses of one name
CONNECT_SECONDS = 10.0


class Refused(PermanentError):
    """We do not go there, or do not take what is there; the text says why."""


class Unreachable(TransientError):
    """Nobody answers at the moment; ``retry_after`` seconds is what the server asked for, if it did."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as the system knows them.

    Raises:
        OSError: The name is unknown, or no name server answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which everything must be over."""

    at: float

    @classmethod
    def in_seconds(cls, seconds: float) -> "Deadline":
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self, timeout: float | None = None) -> float:
        """Return the seconds left, at most ``timeout``.

        Raises:
            httpcore.ReadTimeout: None are left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


@dataclass(frozen=True, slots=True)
class PinnedBackend(httpcore.NetworkBackend):
    """Connects to judged addresses only, and gives up at the deadline.

    ``private`` holds "host:port" pairs that the operator allows although they are not public;
    ``dial`` makes the connection with an address.
    """

    dial: httpcore.NetworkBackend
    resolve: Resolver
    private: Collection[str]
    own: Collection[Address]
    deadline: Deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host by one of its addresses, all of which must be public.

        Raises:
            Refused: The port or an address is none that we go to.
            Unreachable: The name is unknown, or nobody answers.
        """
        is_allowed = is_private_host(host, port, self.private)
        if port not in PORTS and not is_allowed:
            raise Refused(f"{host}:{port} is not a web address we read: only ports 80 and 443 are.")
        addresses = self._resolved(host, port)
        if not is_allowed:
            self._judge(host, addresses)
        failure: Exception | None = None
        for address in addresses[:MOST_TRIED]:
            try:
                stream = self.dial.connect_tcp(
                    address, port, self.deadline.left(CONNECT_SECONDS), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundedStream(stream, self.deadline)
        raise Unreachable(f"{host} does not accept connections on port {port}.") from failure

    def _judge(self, host: str, addresses: Sequence[str]) -> None:
        for address in addresses:
            if not is_public(ip_address(address), self.own):
                raise Refused(
                    f"{host} leads to {address}, which is not on the public internet. If it is a machine "
                    "of yours that may be read, ask the operator to list it in CRAWL_PRIVATE_HOSTS."
                )

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Resolve in a thread of its own: the system's resolver knows no deadline."""
        answers: Queue[Sequence[str] | OSError | UnicodeError] = Queue(1)

        def ask() -> None:
            try:
                answers.put(self.resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=self.deadline.left(CONNECT_SECONDS))
        except Empty:
            raise Unreachable(f"No name server answers for {host}.") from None
        if isinstance(answer, Exception) or not answer:
            raise Unreachable(f"There is no host called {host}, or its name server is away.")
        return answer


@dataclass(frozen=True, slots=True)
class BoundedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline: a server may not drip for ever."""

    stream: httpcore.NetworkStream
    deadline: Deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.deadline.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self.stream.start_tls(ssl_context, server_hostname, self.deadline.left(timeout))
        return BoundedStream(secured, self.deadline)

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


def is_private_host(host: str, port: int, private: Collection[str]) -> bool:
    """Say whether the operator allows this very host and port by name."""
    return f"{host.lower().rstrip('.')}:{port}" in private
