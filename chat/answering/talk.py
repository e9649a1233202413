"""Talk: what customers say that asks nothing of our documents, and how it is recognised.

A greeting, thanks, a goodbye, the wish for a person, abuse, or nothing at all. Recognised by
phrases (``talk.json``, many languages) that must cover the whole of what was said: "hi" is a greeting,
"hi, how do I reset it?" is a question. Only the wish for a person may stand in a sentence (``wishing``).
"""

from enum import Enum

from chat.answering.saying import covered, holds, phrases, words_of
from chat.answering.wishing import is_about_own, wishes_a_person

MOST_WORDS = 10  # of pure talk


class Talk(Enum):
    """What was said; the values are keys of the phrases."""

    HANDOFF = "handoff"
    ABUSE = "abuse"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    GREETING = "greeting"
    EMPTY = "empty"


COURTESIES = (Talk.THANKS, Talk.GOODBYE, Talk.GREETING, Talk.EMPTY)  # what tells more comes first


def recognise(text: str) -> Talk | None:
    """Return what was said when it asks nothing of documents, or None for a question."""
    words = words_of(text)
    if not words:
        return Talk.EMPTY
    if wishes_a_person(text):
        return Talk.HANDOFF
    if len(words) > MOST_WORDS:
        return None
    filler = phrases("filler")
    is_asked = text.rstrip().endswith(("?", "？", "؟"))
    if not is_asked and covered(words, phrases("abuse") | filler) and holds(words, phrases("insult")):
        return Talk.ABUSE
    courteous = filler.union(*(phrases(kind.value) for kind in COURTESIES))
    for kind in (Talk.HANDOFF, *COURTESIES):
        own = phrases(kind.value)
        if holds(words, own) and covered(words, own | courteous):
            return None if kind is Talk.HANDOFF and is_about_own(words) else kind
    return None
