"""Abroad: wishes in other languages than English: a verb of speaking with a person near it, and an "I want".

Their grammar is not read. That a person is the customer's own, is met in a product, or that it is asked how
something is done must be enough to leave a question alone.
"""

import re

from chat.answering.saying import Sentence, holds, phrases, places
from chat.answering.wishing.circumstances import (
    ELSEWHERE,
    HOW,
    is_led_on,
    is_met_elsewhere,
    is_someone_else,
    listed,
)

REACH = 7  # words between the verb of a wish and the person wished for
SHORT = 5  # words; so short a sentence needs no "I want"
# Of the words of a wish, those that mean something else in another language ("i") or need an "I" beside them.
_WEAK = frozenset((word,) for word in listed("i id im my we us let please want need can could may will kan"))
_UNWISHED = re.compile(
    r"\b(?:(?:no|nao|non|nie|не|لا) (?:\w+ )?(?:quiero|quisiera|necesito|deseo|quero|preciso|voglio|vorrei|"
    r"chce|хочу|اريد)|(?:veux|voudrais) pas|(?:mochte|will|muss|wil|vil|vill) (?:\w+ )?(?:nicht|niet|ikke|"
    r"inte|kein\w*|geen))\b"
)
# Whether one has to is asked of the documents.
_MUST = re.compile(
    r"\b(?:(?:muss|sollte) ich|mussen wir|dois je|faut il|moet ik|tengo que|debo|devo|musze)\b"
)
# Verbs that pass other things on as well, so that they need a "me".
_PASSING = frozenset({("weiterleiten",), ("verbinden",)})
_WHICH = listed(
    "welchem welchen welcher quel quelle quelles qual quale quali cual welke ktorym jakim каким какой"
)
_ME = listed("mich mir uns das dies diesen dieses bitte")
_SPANISH = listed("hablar contactar comuniqueme pasame")  # where "mi" is "my", not "me"


def is_wished_abroad(sentence: Sentence, start: int, end: int) -> bool:
    """Say whether a sentence with a verb of speaking at a place wishes for a person near it."""
    words, verb = sentence.words, sentence.words[start:end]
    weak = _WEAK | ({("mi",)} if verb[0] in _SPANISH else frozenset())
    is_own = len(words) <= SHORT or holds(words, phrases("wishing") - weak)
    if not is_own or _is_unwished(sentence, start) or is_met_elsewhere(words):
        return False
    if verb in _PASSING and not _ME.intersection(words):
        return False
    return any(
        _is_meant(sentence, (start, end), (first, first + length))
        for first, length in places(words, phrases("people"))
        if start - REACH <= first and first + length <= end + REACH and not start <= first < end
    )


def _is_unwished(sentence: Sentence, start: int) -> bool:
    """Say whether the clause with the verb denies the wish, or asks whether it is needed."""
    said = " ".join(next(clause for end, clause in sentence.clauses if start < end))
    return _UNWISHED.search(said) is not None or (sentence.is_asked and _MUST.search(said) is not None)


def _is_meant(sentence: Sentence, verb: tuple[int, int], found: tuple[int, int]) -> bool:
    """Say whether a person near a verb is one of ours, of whom nobody asks how to reach them in a product."""
    words, (first, last) = sentence.words, found
    person, before = words[first:last], words[verb[1] if verb[1] <= first else 0 : first]
    if is_someone_else(person, before[-2:], words[last:]) or _WHICH.intersection(before[-2:]):
        return False
    if not HOW.intersection(words):
        return True
    return not ELSEWHERE.intersection(person) and not is_led_on(words[max(verb[1], last) :])
