"""Flags: what in a document looks made for machines, from its text to warnings for staff.

Text that no reader sees and orders addressed to an assistant are how a document is poisoned.
A flag is a hint for a person and no verdict: ``marks`` knows phrases, so that an order in
plain words passes it. What protects customers is that answers are checked against passages.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from knowledge.parsing.marks import places

MAX_FLAGS = 50
MAX_EXCERPT = 160
# Stray zero-width marks come from web editors; so many in one place spell something.
MIN_ZERO_WIDTH = 6


class FlagKind(StrEnum):
    """What a flag warns of."""

    HIDDEN_TEXT = "hidden_text"
    INVISIBLE_CHARACTERS = "invisible_characters"
    INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning: its kind, the words it is about, and where in the text they stand or were left out."""

    kind: FlagKind
    excerpt: str
    start: int

    def to_json(self) -> dict[str, Any]:
        """Return the flag as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a flag back from its JSON object."""
        return cls(FlagKind(data["kind"]), data["excerpt"], data["start"])


_TAGS = re.compile("[\U000e0020-\U000e007e]+")
# Emoji flags of regions (England, Scotland, Wales) are a black flag with tags after it.
_EMOJI_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_ZERO_WIDTH = "\u200b-\u200d\u2060-\u2064\ufeff\u180e\U000e0001-\U000e007f"
_RUN = re.compile(f"[{_ZERO_WIDTH}]{{{MIN_ZERO_WIDTH},}}")
_SPELLED = re.compile(f"(?:[a-zA-Z][\u200b\u2060-\u2064\ufeff]+){{{MIN_ZERO_WIDTH},}}")
_SUSPECT = re.compile(f"[{_ZERO_WIDTH}]")


def marks(text: str) -> Iterator[Flag]:
    """Yield a flag for every order to an assistant in ``text``, and for every role marker."""
    for begin, end in places(text):
        yield Flag(FlagKind.INSTRUCTIONS, excerpt(text[begin : end + 60]), begin)


def invisible(text: str) -> str:
    """Return what invisible characters of ``text`` spell, or where they stand; "" if nothing is odd."""
    if not _SUSPECT.search(text):
        return ""
    text = _EMOJI_FLAG.sub("", text)
    tags = "".join(_TAGS.findall(text))
    if tags:
        return excerpt("".join(chr(ord(character) - 0xE0000) for character in tags))
    found = _RUN.search(text) or _SPELLED.search(text)
    if found is None:
        return ""
    return (
        excerpt(_SUSPECT.sub("", text[max(found.start() - 40, 0) : found.end() + 40])) or "zero-width marks"
    )


def excerpt(text: str) -> str:
    """Return ``text`` on one line, short enough for a list of warnings."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_EXCERPT else line[: MAX_EXCERPT - 1] + "…"
