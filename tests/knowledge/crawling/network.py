"""A network in which every address is the test's website, whatever a scripted name server says."""

from collections.abc import Sequence
from ssl import SSLContext
from typing import Any

import httpcore

from knowledge.crawling import Fetched, Fetcher


class Unsecured(httpcore.NetworkStream):
    """A connection that only says that it is secured: the test's website speaks no TLS."""

    def __init__(self, stream: httpcore.NetworkStream, secured: list[str]) -> None:
        self.stream, self.secured = stream, secured

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout)

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Note whose certificate is wanted."""
        self.secured.append(server_hostname or "")
        return self


class Network(httpcore.SyncBackend):
    """A network whose every address is the test's website; keeps who was called, and by which name."""

    def __init__(self, port: int, *answers: Sequence[str]) -> None:
        self.port, self.answers = port, answers
        self.resolved: list[str] = []
        self.called: list[str] = []
        self.secured: list[str] = []

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        """Give the answers in turn, the last one for ever."""
        self.resolved.append(host)
        return self.answers[min(len(self.resolved), len(self.answers)) - 1]

    def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.NetworkStream:
        """Note the address and connect to the website."""
        self.called.append(f"{host}:{port}")
        return Unsecured(super().connect_tcp("127.0.0.1", self.port, *rest, **more), self.secured)

    def client(self) -> Fetcher:
        """Return a client in this network."""
        return Fetcher("supportbot/test", resolve=self.resolve, dial=self)


def fetched(found: object) -> Fetched:
    """Return what must be a body."""
    assert isinstance(found, Fetched)
    return found
