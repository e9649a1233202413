"""Slips: what a sentence moves, adds or leaves out although all its words stand in the source.

"Open on Saturday" where the source says Monday to Friday, "all customers" where it says only premium ones,
"must" where it says "may", the phone support of one plan put down to the other.
"""

import re
from collections.abc import Sequence
from itertools import combinations

from chat.answering.support.claims import Claim, Word
from chat.answering.support.sources import Source, count_met, is_met, lexemes_of, units_of
from knowledge.facts import days_meant, weekdays_of
from knowledge.lexemes import fold, query_lexemes

NEARLY_ALL = 0.75  # of a sentence's words that a unit has, when both speak of the same
ALIKE = 0.5  # share of words in common from which on two sentences say the same of two things
_ONLY = {
    "en": r"\bonly(?: to| for| on| in| at| with| by)?((?: [\w-]+){1,2})",
    "de": r"\bnur(?: an| für| in| bei| mit| am| im)?((?: [\w-]+){1,2})",
    "es": r"\bsolo(?: a| para| en| con)?((?: [\w-]+){1,2})",
    "fr": r"\bseuls?(?:ement)?(?: les| aux| pour| en| avec)?((?: [\w-]+){1,2})",
    "it": r"\bsolo(?: per| in| con)?((?: [\w-]+){1,2})",
    "pt": r"\bapenas(?: para| em| com)?((?: [\w-]+){1,2})",
    "nl": r"\balleen(?: voor| in| met| op)?((?: [\w-]+){1,2})",
}
_ONLY_WHOM = {language: re.compile(pattern) for language, pattern in _ONLY.items()}
_EXCEPT = re.compile(
    r"\b(?:except|ausser|ausgenommen|excepto|salvo|sauf|tranne|exceto|behalve)\b(?: for)?([^.,;]*)"
)
_ALSO_EXCEPT = re.compile(
    r"\b(?:apart from|other than|aside from|abgesehen von|a excepcion|a l'exception|"
    r"hormis|a eccezione|esclus[aoie])\b"
)
_MUST = {
    "en": re.compile(r"\b(?:must|have to|has to|required to|obliged to)\b"),
    "de": re.compile(r"\b(?:muss|mussen|musst|verpflichtet)\b"),
}
_MAY = {"en": re.compile(r"\b(?:may|might|optionally)\b"), "de": re.compile(r"\b(?:darf|durfen)\b")}
_CAN = {
    "en": re.compile(r"\b(?:may|might|can|could|optionally)\b"),
    "de": re.compile(r"\b(?:darf|durfen|kann|konnen)\b"),
}

FEW_WORDS = 3  # of a sentence that says so little that a condition it leaves out is half of the matter
# How long something lasts (“until the lamp blinks”) is no condition: without it the sentence still holds.
_CONDITIONS = {
    "en": r"if|unless|in case|provided",
    "de": r"wenn|falls|sofern|es sei denn",
    "es": r"si|a menos que|siempre que",
    "fr": r"si|à moins|à condition",
    "it": r"se|a meno che|purché",
    "pt": r"se|a menos que|desde que",
    "nl": r"als|tenzij|mits",
}
_CONDITION = {
    language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _CONDITIONS.items()
}


def slips(claim: Claim, sources: Sequence[Source], window: Sequence[Claim], language: str) -> bool:
    """Say whether a sentence slips against sources in its own language."""
    units = units_of(sources)
    if _names_another_day(claim, units, language):
        return True
    if any(_takes_what_is_excepted(claim, unit, language) for unit in window):
        return True
    near = [unit for unit in window if _share(claim, unit) >= NEARLY_ALL]
    if any(_drops_whom(claim, unit, language) or _turns_may(claim, unit, language) for unit in near):
        return True
    heads = _heads(units)
    told = [unit for unit in window if unit not in heads]
    return any(_mixes(claim, one, other) for one, other in combinations(told, 2))


def _heads(units: Sequence[Claim]) -> list[Claim]:
    """Return the first row of each table: it names what the cells of the others are."""
    return [
        unit
        for before, unit in zip((None, *units), units, strict=False)
        if unit.text.startswith("|") and not (before and before.text.startswith("|"))
    ]


def _names_another_day(claim: Claim, units: Sequence[Claim], language: str) -> bool:
    days = weekdays_of(language)
    theirs = frozenset[str]().union(*(unit.all_lexemes.split() for unit in units)) & days
    theirs = theirs.union(*(days_meant(fold(unit.text), language) for unit in units)) if theirs else theirs
    return bool(theirs) and not days.intersection(claim.all_lexemes.split()) <= theirs


def _drops_whom(claim: Claim, unit: Claim, language: str) -> bool:
    """Say whether a unit holds for some only ("only premium customers"), and the sentence for all."""
    pattern = _ONLY_WHOM.get(language)
    found = pattern.search(fold(unit.text)) if pattern else None
    if found is None:
        return False
    first = query_lexemes(found[1], language)[:1]
    said = pattern.search(fold(claim.text)) if pattern else None
    if said and unit.lexemes.issuperset(query_lexemes(said[1], language)[:1]):
        return False  # it says "only" as well, of one that the unit names
    return bool(first) and f" {first[0]} " not in claim.all_lexemes


def _takes_what_is_excepted(claim: Claim, unit: Claim, language: str) -> bool:
    """Say whether a sentence affirms of one what holds "for all except" that one."""
    found = _EXCEPT.search(fold(unit.text))
    if found is None or claim.denials or claim.softly or _ALSO_EXCEPT.search(fold(claim.text)):
        return False
    parts = (found[1], fold(unit.text)[: found.start()])
    return all(not claim.lexemes.isdisjoint(query_lexemes(part, language)) for part in parts)


def _turns_may(claim: Claim, unit: Claim, language: str) -> bool:
    """Say whether what may be done must be, or the reverse; "can" for "must" is how people talk."""
    if language not in _MUST:
        return False
    said, written = fold(claim.text), fold(unit.text)
    must, is_must = (bool(_MUST[language].search(text)) for text in (said, written))
    if must and not is_must:
        return _CAN[language].search(written) is not None
    return is_must and not must and bool(_MAY[language].search(said)) and not _MAY[language].search(written)


def _mixes(claim: Claim, one: Claim, other: Claim) -> bool:
    """Say whether a clause takes half of what tells two like sentences or rows apart from each."""
    if not _are_alike(one, other):
        return False
    mine, theirs = _apart(one, other), _apart(other, one)
    return any(
        _takes_some(clause.words, mine) and _takes_some(clause.words, theirs)
        for clause in claim.clauses
        if len(clause.words) > 1
    )


def _are_alike(one: Claim, other: Claim) -> bool:
    if one.text.startswith("|") and other.text.startswith("|"):
        return True
    return min(_share(one, other), _share(other, one)) >= ALIKE


def _apart(one: Claim, other: Claim) -> frozenset[Word]:
    """Return the words of a sentence that another does not have."""
    return frozenset(word for word in one.words if not is_met(word, other.lexemes))


def _takes_some(words: frozenset[Word], of: frozenset[Word]) -> bool:
    return 0 < count_met(of, lexemes_of(words)) < len(of)


def _share(mine: Claim, other: Claim) -> float:
    return count_met(mine.words, other.lexemes) / max(len(mine.words), 1)


def drops_a_condition(claim: Claim, window: Sequence[Claim], language: str) -> bool:
    """Say whether a short sentence ("You need to upgrade") is said under a condition only."""
    condition = _CONDITION.get(language)
    if condition is None or len(claim.words) > FEW_WORDS or condition.search(claim.text):
        return False
    saying = [unit for unit in window if any(is_met(word, unit.lexemes) for word in claim.words)]
    return bool(saying) and all(condition.search(unit.text) for unit in saying)
