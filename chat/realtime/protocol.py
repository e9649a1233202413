"""The protocol: from raw frames to typed ones, with a sentence for each that cannot be read.

Described in ``docs/widget.md``; version 1.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from chat.conversations.turns import is_token
from chat.texts import storable

VERSION = 1
MOST_BYTES = 64_000  # of a frame; a question of 4,000 characters needs at most 24,000


class BadFrame(Exception):
    """A frame that cannot be read; ``code`` and the text go back to the client."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: which assistant, whose secret, how far the client has read."""

    assistant: str
    token: str
    last_seq: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; ``text`` is checked by the use case."""

    client_id: uuid.UUID
    text: object


@dataclass(frozen=True, slots=True)
class Stop:
    """End an answer with what has been said."""

    answer: uuid.UUID


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """A thumb on an answer."""

    message: uuid.UUID
    helpful: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Send again what came after a number."""

    last_seq: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there, and am I up to date?"""


ClientFrame = Hello | Ask | Stop | GiveFeedback | Resume | Ping


def read(raw: str) -> ClientFrame:
    """Return the typed frame of a text message.

    Raises:
        BadFrame: It is too large, not a JSON object, of no known type, or lacks a field.
    """
    if len(raw.encode(errors="replace")) > MOST_BYTES:
        raise BadFrame("bad_frame", f"A frame may have at most {MOST_BYTES:,} bytes.")
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadFrame("bad_frame", "A frame must be one JSON object.") from error
    if not isinstance(frame, dict):
        raise BadFrame("bad_frame", "A frame must be one JSON object.")
    reader = READERS.get(frame.get("type")) if isinstance(frame.get("type"), str) else None
    if reader is None:
        raise BadFrame("unknown_frame", f"A frame's type must be one of: {', '.join(READERS)}.")
    typed: ClientFrame = reader(frame)
    return typed


def _hello(frame: dict[str, Any]) -> Hello:
    if frame.get("v") != VERSION:
        raise BadFrame("bad_frame", f"This server speaks version {VERSION} of the protocol; reload the page.")
    if not is_token(frame.get("token")):
        raise BadFrame("bad_frame", "“token” must be 32 random bytes in base64url (43 characters).")
    return Hello(_text(frame, "assistant", 60), frame["token"], _seq(frame))


def _ask(frame: dict[str, Any]) -> Ask:
    return Ask(_uuid(frame, "client_id"), frame.get("text"))


def _stop(frame: dict[str, Any]) -> Stop:
    return Stop(_uuid(frame, "answer"))


def _feedback(frame: dict[str, Any]) -> GiveFeedback:
    if not isinstance(frame.get("helpful"), bool):
        raise BadFrame("bad_frame", "“helpful” must be true or false.")
    return GiveFeedback(_uuid(frame, "message"), frame["helpful"], _text(frame, "reason", 1000, needed=False))


def _resume(frame: dict[str, Any]) -> Resume:
    return Resume(_seq(frame))


def _ping(_frame: dict[str, Any]) -> Ping:
    return Ping()


READERS: dict[Any, Any] = {
    "hello": _hello,
    "ask": _ask,
    "stop": _stop,
    "feedback": _feedback,
    "resume": _resume,
    "ping": _ping,
}


def _uuid(frame: dict[str, Any], name: str) -> uuid.UUID:
    value = frame.get(name)
    try:
        return uuid.UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise BadFrame("bad_frame", f"“{name}” must be a UUID.") from error


def _text(frame: dict[str, Any], name: str, most: int, needed: bool = True) -> str:
    value = frame.get(name, None if needed else "")
    if not isinstance(value, str) or len(value) > most or storable(value) != value:
        raise BadFrame("bad_frame", f"“{name}” must be a text of at most {most} characters.")
    return value


def _seq(frame: dict[str, Any]) -> int:
    value = frame.get("last_seq", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadFrame("bad_frame", "“last_seq” must be a whole number from 0.")
    return value
