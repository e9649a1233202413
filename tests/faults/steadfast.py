"""A customer who comes back: the plain one of the stack tests, at sockets that may end."""

from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from tests.stack.customer import Customer, Frame, new_token
from tests.stack.product import Product, eventually

Look = Callable[[Frame], bool]


class Steadfast:
    """Keeps one conversation over as many sockets as it takes; ``codes`` are those that ended them."""

    def __init__(self, product: Product) -> None:
        self._url = product.url
        self.token = new_token()
        self.codes: list[int | None] = []
        self.asks: dict[str, str] = {}
        self.customer = self._enter()

    @property
    def events(self) -> list[Frame]:
        """Every event so far."""
        return self.customer.events

    @property
    def kinds(self) -> list[str]:
        """The kinds of the events so far."""
        return [str(event["event"]) for event in self.events]

    def ask(self, text: str) -> str:
        """Ask; what is not stored when the socket ends is asked again."""
        client_id = self.customer.ask(text)
        self.asks[client_id] = text
        return client_id

    def until(self, wanted: Look, seconds: float = 90.0) -> Frame:
        """Read frames until one is wanted, over as many sockets as it takes."""
        while True:
            try:
                return self.customer.until(wanted, seconds)
            except ConnectionClosed as end:
                self.codes.append(end.rcvd.code if end.rcvd else None)
                self._come_back()

    def until_event(self, kind: str) -> Frame:
        """Read frames until an event of a kind."""
        return self.until(lambda frame: frame.get("event") == kind)

    def leave(self) -> None:
        """Close the socket."""
        self.customer.cut()

    def _come_back(self) -> None:
        seen = self.customer.events
        back = eventually(lambda: self._try(seen), seconds=90)
        assert back is not None
        self.customer = back
        stored = {event["data"].get("message", {}).get("client_id") for event in seen}
        for client_id, text in self.asks.items():
            if client_id not in stored:
                self.customer.send(type="ask", client_id=client_id, text=text)

    def _try(self, seen: list[Frame]) -> Customer | None:
        try:
            return self._enter(seen)
        except (OSError, ConnectionClosed, InvalidMessage, InvalidStatus, TimeoutError):
            return None

    def _enter(self, seen: list[Frame] | None = None) -> Customer:
        last = max((event["seq"] for event in seen or ()), default=0)
        return Customer(self._url, self.token, last, seen).__enter__()


def is_delta(frame: dict[str, Any]) -> bool:
    """Want a piece of an answer."""
    return bool(frame["type"] == "delta")
