"""The outbox: what waits to be sent on one socket, bounded whatever the peer does.

Knows neither sockets nor the database. When it is full, what is live goes first (a
snapshot makes up for it later), then answers to the client's own frames (it asks
again); a fact that finds no room becomes a note that facts are to be read again.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

MOST_FRAMES = 256
MOST_BYTES = 1_000_000


class Kind(Enum):
    """What an item is, and so what becomes of it when there is no room."""

    LIVE = auto()  # a delta, a status: worthless later
    REPLY = auto()  # to a frame of the client, which repeats what matters
    FACT = auto()  # a numbered event: never lost, at worst read again
    READ = auto()  # not a frame: read in PostgreSQL what comes next
    CLOSE = auto()  # not a frame: close with a code


@dataclass(frozen=True, slots=True)
class Item:
    """A frame as text, or something to do when its turn comes."""

    kind: Kind
    text: str = ""
    code: int | None = None

    @property
    def size(self) -> int:
        """Return the bytes that this item holds, counting each character as it is held in memory at worst."""
        return len(self.text) if self.text.isascii() else 4 * len(self.text)


class Outbox:
    """A queue that never holds more than ``MOST_FRAMES`` items and, beyond one frame, ``MOST_BYTES``."""

    __slots__ = ("_bytes", "_items", "has_dropped", "is_shut")

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self.has_dropped = False  # something live, so that a snapshot is owed
        self.is_shut = False  # nothing more is taken

    def __len__(self) -> int:
        return len(self._items)

    @property
    def bytes(self) -> int:
        """Return how much waits."""
        return self._bytes

    def put(self, item: Item) -> bool:
        """Take an item if there is room; say whether it was taken."""
        if self.is_shut:
            return False
        if not self._has_room(item.size) and item.kind is not Kind.LIVE and self.drop(Kind.LIVE):
            self.has_dropped = True
        if not self._has_room(item.size):
            self.has_dropped |= item.kind is Kind.LIVE
            return False
        self._add(item)
        return True

    def note(self, item: Item) -> None:
        """Take something to do, room or not; once is enough while it waits."""
        if not self.is_shut and item not in self._items:
            self._add(item)
        if item.kind is Kind.CLOSE:
            self.is_shut = True

    def waits(self, kind: Kind) -> bool:
        """Say whether an item of a kind waits."""
        return any(item.kind is kind for item in self._items)

    def pop(self) -> Item | None:
        """Return what is next, None when nothing waits."""
        if not self._items:
            return None
        item = self._items.popleft()
        self._bytes -= item.size
        return item

    def drop(self, *kinds: Kind) -> int:
        """Forget what waits of some kinds; return how many items."""
        before = len(self._items)
        self._items = deque(item for item in self._items if item.kind not in kinds)
        self._bytes = sum(item.size for item in self._items)
        return before - len(self._items)

    def shut(self) -> None:
        """Forget everything and take nothing more."""
        self._items.clear()
        self._bytes = 0
        self.is_shut = True

    def _has_room(self, size: int) -> bool:
        return len(self._items) < MOST_FRAMES and (not self._items or self._bytes + size <= MOST_BYTES)

    def _add(self, item: Item) -> None:
        self._items.append(item)
        self._bytes += item.size
