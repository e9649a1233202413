"""Talk: what customers say that asks nothing of our documents, and how it is recognised.

A greeting, thanks, a goodbye, the wish for a person, abuse, or nothing at all. Recognised by
phrases (``talk.json``, thirteen languages) that must cover the whole of what was said: "hi" is a greeting,
"hi, how do I reset it?" is a question. Only the wish for a person may stand in a sentence.
"""

import json
import re
from collections.abc import Collection, Sequence
from enum import Enum
from functools import cache
from pathlib import Path

from knowledge.lexemes import fold

PHRASES = Path(__file__).parent / "talk.json"
LONGEST_PHRASE = 5  # words
MOST_WORDS = 10  # of pure talk
MOST_WORDS_OF_A_WISH = 20
SHORT = 5  # words; so short a sentence needs no "I want"
REACH = 7  # words between the verb of a wish and the person wished for
_WORD = re.compile(r"\w+|[\U0001f300-\U0001faff❤☺]")


class Talk(Enum):
    """What was said; the values are keys of the phrases."""

    HANDOFF = "handoff"
    ABUSE = "abuse"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    GREETING = "greeting"
    EMPTY = "empty"


COURTESIES = (Talk.THANKS, Talk.GOODBYE, Talk.GREETING, Talk.EMPTY)  # what tells more comes first


@cache
def _phrases(kind: str) -> frozenset[tuple[str, ...]]:
    written: dict[str, list[str]] = json.loads(PHRASES.read_text(encoding="utf-8"))
    return frozenset(tuple(_WORD.findall(fold(phrase))) for phrase in written[kind])


def recognise(text: str) -> Talk | None:
    """Return what was said when it asks nothing of documents, or None for a question."""
    words = _WORD.findall(fold(text.replace("'", "").replace("’", "")))
    if not words:
        return Talk.EMPTY
    if _wishes_a_person(words):
        return Talk.HANDOFF
    if len(words) > MOST_WORDS:
        return None
    filler = _phrases("filler")
    is_asked = text.rstrip().endswith(("?", "？", "؟"))
    if not is_asked and _covered(words, _phrases("abuse") | filler) and _holds(words, _phrases("insult")):
        return Talk.ABUSE
    courteous = filler.union(*(_phrases(kind.value) for kind in COURTESIES))
    for kind in (Talk.HANDOFF, *COURTESIES):
        own = _phrases(kind.value)
        if _holds(words, own) and _covered(words, own | courteous):
            return kind
    return None


def _wishes_a_person(words: Sequence[str]) -> bool:
    """Say whether somebody asks, for themselves, to speak with a person: a verb, and a person near it."""
    joined = "".join(words)
    if any("".join(phrase) in joined for phrase in _phrases("asking")):
        return True
    if len(words) > MOST_WORDS_OF_A_WISH or not (len(words) <= SHORT or _holds(words, _phrases("wishing"))):
        return False
    for start, length in _places(words, _phrases("speaking")):
        around = [*words[max(start - REACH, 0) : start], *words[start + length : start + length + REACH]]
        if _holds(around, _phrases("people")):
            return True
    return False


def _places(words: Sequence[str], phrases: Collection[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return the (first word, length) of every phrase in the words."""
    return [
        (start, length)
        for start in range(len(words))
        for length in range(1, LONGEST_PHRASE + 1)
        if tuple(words[start : start + length]) in phrases and start + length <= len(words)
    ]


def _holds(words: Sequence[str], phrases: Collection[tuple[str, ...]]) -> bool:
    return bool(_places(words, phrases))


def _covered(words: Sequence[str], phrases: Collection[tuple[str, ...]]) -> bool:
    """Say whether the words are nothing but phrases, one after the other."""
    reached = {0}
    for start, length in sorted(_places(words, phrases)):
        if start in reached:
            reached.add(start + length)
    return len(words) in reached
