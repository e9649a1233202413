"""Style: how an assistant speaks, as far as the engine needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """The manner of an answer; ``language`` is the ISO 639-1 code it is to be given in."""

    language: str = "en"
