"""The protocol: from raw frames to typed ones, with a sentence for each that cannot be read.

Described in ``docs/widget.md``; version 2, and 1 before it: all that is new in 2 may be left out.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from chat.conversations.turns import is_token
from chat.texts import storable

VERSION = 2
SPOKEN = (1, 2)
# Where a chat is shown, and how many characters each part may have.
PLACE = {"locale": 16, "origin": 300, "page_url": 1000, "page_title": 200}
MOST_BYTES = 64_000  # of a frame; a question of 4,000 characters needs at most 24,000


class BadFrame(Exception):
    """A frame that cannot be read; ``code`` and the text go back to the client."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: which assistant, whose secret, how far the client has read, and where it is shown."""

    assistant: str
    token: str
    last_seq: int
    locale: str = ""
    origin: str = ""
    page_url: str = ""
    page_title: str = ""


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


@dataclass(frozen=True, slots=True)
class Handoff:
    """I want a person; or, not wanted any more, back to the assistant."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Who I am and where a reply reaches me."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Identify:
    """A token in which the embedding website vouches for who I am."""

    identity: str


@dataclass(frozen=True, slots=True)
class Typing:
    """I am writing, or stopped."""

    active: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """I have looked at everything up to a number."""

    seq: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete my conversation and everything in it."""


ClientFrame = (
    Hello | Ask | Stop | GiveFeedback | Resume | Ping | Handoff | Contact | Identify | Typing | Seen | Forget
)


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
    if frame.get("v") not in SPOKEN or isinstance(frame.get("v"), bool):
        raise BadFrame("bad_frame", f"This server speaks version {VERSION} of the protocol; reload the page.")
    if not is_token(frame.get("token")):
        raise BadFrame("bad_frame", "“token” must be 32 random bytes in base64url (43 characters).")
    place = (_text(frame, name, most, needed=False) for name, most in PLACE.items())
    return Hello(_text(frame, "assistant", 60), frame["token"], _seq(frame), *place)


def _ask(frame: dict[str, Any]) -> Ask:
    return Ask(_uuid(frame, "client_id"), frame.get("text"))


def _stop(frame: dict[str, Any]) -> Stop:
    return Stop(_uuid(frame, "answer"))


def _feedback(frame: dict[str, Any]) -> GiveFeedback:
    return GiveFeedback(
        _uuid(frame, "message"), _flag(frame, "helpful"), _text(frame, "reason", 1000, needed=False)
    )


def _resume(frame: dict[str, Any]) -> Resume:
    return Resume(_seq(frame))


def _ping(_frame: dict[str, Any]) -> Ping:
    return Ping()


def _handoff(frame: dict[str, Any]) -> Handoff:
    return Handoff(_flag(frame, "wanted"))


def _contact(frame: dict[str, Any]) -> Contact:
    return Contact(_text(frame, "name", 120, needed=False), _text(frame, "email", 254, needed=False))


def _identify(frame: dict[str, Any]) -> Identify:
    return Identify(_text(frame, "identity", 4000))


def _typing(frame: dict[str, Any]) -> Typing:
    return Typing(_flag(frame, "active"))


def _seen(frame: dict[str, Any]) -> Seen:
    return Seen(_seq(frame, "seq"))


def _forget(_frame: dict[str, Any]) -> Forget:
    return Forget()


READERS: dict[Any, Any] = {
    "hello": _hello,
    "ask": _ask,
    "stop": _stop,
    "feedback": _feedback,
    "resume": _resume,
    "ping": _ping,
    "handoff": _handoff,
    "contact": _contact,
    "identify": _identify,
    "typing": _typing,
    "seen": _seen,
    "forget": _forget,
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


def _flag(frame: dict[str, Any], name: str) -> bool:
    value = frame.get(name)
    if not isinstance(value, bool):
        raise BadFrame("bad_frame", f"“{name}” must be true or false.")
    return value


def _seq(frame: dict[str, Any], name: str = "last_seq") -> int:
    value = frame.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadFrame("bad_frame", f"“{name}” must be a whole number from 0.")
    return value
