"""The staff protocol: from what an inbox sends over its socket to typed frames.

Only what is true while somebody looks: which conversation is open and who types. Whatever is to last
goes by forms.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_CHARACTERS = 1000  # of a frame


class BadStaffFrame(Exception):
    """A frame that no page of ours sends."""


@dataclass(frozen=True, slots=True)
class View:
    """This conversation is open before me, or none."""

    conversation: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Write:
    """I am writing to the customer of a conversation, or stopped."""

    conversation: uuid.UUID
    active: bool


StaffFrame = View | Write


def read(raw: str) -> StaffFrame:
    """Return the typed frame of a text message.

    Raises:
        BadStaffFrame: It is none.
    """
    try:
        frame = json.loads(raw[:MOST_CHARACTERS])
        return READERS[frame["type"]](frame)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadStaffFrame from error


def _view(frame: Mapping[str, Any]) -> View:
    return View(uuid.UUID(frame["conversation"]) if frame["conversation"] is not None else None)


def _typing(frame: Mapping[str, Any]) -> Write:
    return Write(uuid.UUID(frame["conversation"]), frame["active"] is True)


READERS: dict[str, Callable[[Mapping[str, Any]], StaffFrame]] = {
    "view": _view,
    "typing": _typing,
}
