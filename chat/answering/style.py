"""Style: how an assistant speaks, as far as the engine needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """The manner of an answer; ``language`` is the ISO 639-1 code it is to be given in.

    ``persona`` is who speaks, in a few words of staff's; ``tone`` and ``form`` name a file of
    ``prompts/tone`` and ``prompts/format``. With the form "json" the model writes sentences as
    ever: the API makes the object. ``context_tokens`` is how much of the passages the model gets,
    ``has_people`` whether somebody takes over who is asked for.
    """

    language: str = "en"
    persona: str = ""
    tone: str = "friendly"
    form: str = "auto"
    context_tokens: int = 3000
    has_people: bool = False
