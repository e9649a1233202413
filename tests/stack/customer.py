"""A customer's side of the protocol, for tests that speak it to a running product."""

import base64
import json
import secrets
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

Frame = dict[str, Any]


def new_token() -> str:
    """Return a secret as a browser makes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


class Customer:
    """One socket of a customer; remembers every event it was sent."""

    def __init__(self, url: str, token: str, last_seq: int = 0, seen: list[Frame] | None = None) -> None:
        self._url, self.token, self._last_seq = url, token, last_seq
        self.events: list[Frame] = list(seen or [])
        self.socket: ClientConnection | None = None

    def __enter__(self) -> "Customer":
        address = self._url.replace("http", "ws", 1) + "/ws/chat/"
        self.socket = connect(address, origin=Origin(self._url))
        self.send(type="hello", v=1, assistant="demo", token=self.token, last_seq=self._last_seq, locale="en")
        self.until(lambda frame: frame["type"] == "welcome")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.socket is not None:
            self.socket.close()

    def cut(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        if self.socket is not None:
            self.socket.socket.close()
            self.socket = None

    def send(self, **frame: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps(frame))

    def ask(self, text: str) -> str:
        """Ask a question; return its client id."""
        client_id = str(uuid.uuid4())
        self.send(type="ask", client_id=client_id, text=text)
        return client_id

    def until(self, wanted: Callable[[Frame], bool], seconds: float = 60.0) -> Frame:
        """Read frames until one is wanted, and return it."""
        assert self.socket is not None
        while True:
            frame: Frame = json.loads(self.socket.recv(timeout=seconds))
            if frame["type"] == "event":
                self.events.append(frame)
            if wanted(frame):
                return frame

    def until_event(self, kind: str, seconds: float = 60.0) -> Frame:
        """Read frames until an event of a kind, and return it."""
        return self.until(lambda frame: frame.get("event") == kind, seconds)

    @property
    def last_seq(self) -> int:
        return max((event["seq"] for event in self.events), default=0)
