"""A chaos proxy: TCP between the customers and the web processes, which it spoils in several ways.

Latency on every byte, frames of the client sent twice, and on demand a connection that is reset, stalls and
is then reset, or goes on half-open: nothing passes any more and nobody is told.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

CUTS = ("reset", "stall", "half-open")
STALL_SECONDS = 3.0
TEXT = 1
SHORT, LONG = 126, 127  # lengths that stand for 2 or 8 more bytes


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole masked frames of a client's stream, and the rest."""
    frames = []
    while len(data) >= 2:
        length, head = data[1] & 0x7F, 2
        if length == SHORT:
            length, head = int.from_bytes(data[2:4], "big"), 4
        elif length == LONG:
            length, head = int.from_bytes(data[2:10], "big"), 10
        end = head + 4 + length
        if len(data) < max(end, head):
            break
        frames.append(data[:end])
        data = data[end:]
    return frames, data


@dataclass(eq=False)
class Link:
    """One proxied connection."""

    proxy: "Proxy"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    is_dark: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    server: asyncio.StreamWriter | None = None

    async def run(self, port: int) -> None:
        """Connect to a web process and pass on."""
        try:
            from_server, self.server = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            self.reset()
            return
        pumps = [self._to_server(self.server), self._to_client(from_server)]
        self.tasks = [asyncio.create_task(pump) for pump in pumps]
        await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
        if not self.is_dark:
            self.reset()

    def reset(self) -> None:
        """End both sides at once, by RST where there is something unsent."""
        for task in self.tasks:
            task.cancel()
        for writer in (self.writer, self.server):
            if writer is not None:
                writer.transport.abort()

    async def spoil(self, how: str) -> None:
        """Break the connection in one of the ways."""
        self.proxy.counts[how] += 1
        if how != "reset":
            self.is_dark = True
        if how == "stall":
            await asyncio.sleep(STALL_SECONDS)
        if how != "half-open":
            self.reset()

    async def _to_server(self, server: asyncio.StreamWriter) -> None:
        head = await self.reader.readuntil(b"\r\n\r\n")
        server.write(head)
        rest = b""
        with suppress(OSError):
            while data := await self.reader.read(65536):
                await self._delay()
                frames, rest = split(rest + data)
                for frame in frames if not self.is_dark else ():
                    server.write(frame)
                    if frame[0] & 0x0F == TEXT and random.random() < self.proxy.twice:  # noqa: S311 - no secret
                        self.proxy.counts["sent twice"] += 1
                        server.write(frame)

    async def _to_client(self, server: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await server.read(65536):
                await self._delay()
                if not self.is_dark:
                    self.writer.write(data)
                    await self.writer.drain()

    async def _delay(self) -> None:
        if self.proxy.latency:
            await asyncio.sleep(random.uniform(0, 2 * self.proxy.latency))  # noqa: S311 - no secret


class Proxy:
    """Accepts customers, spreads them over web processes, and finds a customer's link by its port."""

    def __init__(self, ports: list[int], latency: float = 0.01, twice: float = 0.1) -> None:
        self.latency, self.twice = latency, twice
        self.counts: Counter[str] = Counter()
        self._ports = ports
        self._links: dict[int, Link] = {}
        self._next = 0
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=1000)
        self.port = self._server.sockets[0].getsockname()[1]

    def link_of(self, client_port: int) -> Link | None:
        """Return the link of the customer who connected from a port."""
        return self._links.get(client_port)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("peername")[1]
        link = self._links[port] = Link(self, reader, writer)
        self._next += 1
        self.counts["connections"] += 1
        try:
            await link.run(self._ports[self._next % len(self._ports)])
        except (OSError, asyncio.IncompleteReadError):
            link.reset()
        finally:
            self._links.pop(port, None)
