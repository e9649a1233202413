"""Vetoes: what a sentence may not get wrong, however many words it shares with its source."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from chat.answering.support.claims import Claim, Clause, Word
from chat.answering.support.sources import Source, is_met, lexemes_of
from knowledge.facts import Quantity, opposites_of
from knowledge.lexemes import fold

SAME = 0.6  # share of a clause's words from which on two clauses speak of the same thing
NEARLY_EQUAL = 0.75  # share of all words of two sentences that both have
SMALL = frozenset({"1", "2", "3"})
SAID = 0.5  # share of its words from which on a passage says itself what its question asks
# Words by which a passage says yes to its own question, in the languages of our phrases.
_YES = frozenset(fold("yes ja sí oui sì sim tak да evet نعم 是 はい").split())
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


class Veto(StrEnum):
    """Why a sentence cannot be borne out."""

    NUMBER = "number"
    BINDING = "a number of something else"
    DATE = "date"
    DENIAL = "denial"
    OPPOSITE = "opposite"
    CODE = "code"
    CONDITION = "a condition left out"
    ASKED = "only a question says so"
    GAINSAID = "another passage says otherwise"


def veto(claim: Claim, sources: Sequence[Source], window: Sequence[Claim], language: str) -> Veto | None:
    """Return what a sentence gets wrong against its sources, of which the window is its best evidence."""
    units = [unit for source in sources for unit in source.units]
    if not _codes_agree(claim, sources):
        return Veto.CODE
    if not all(any(date.is_said_by(other) for unit in units for other in unit.dates) for date in claim.dates):
        return Veto.DATE
    found = _numbers(claim, units, sources) or next(
        (Veto.NUMBER for unit in window if _has_another_number(claim, unit)), None
    )
    if found:
        return found
    is_same_language = all(source.passage.language == language for source in sources)
    if not _denials_agree(claim, window, is_same_language):
        return Veto.DENIAL
    return _said_otherwise(claim, sources, window, language) if is_same_language else None


def _said_otherwise(
    claim: Claim, sources: Sequence[Source], window: Sequence[Claim], language: str
) -> Veto | None:
    """Return what only the words of one language tell."""
    if _is_turned_round(claim, window, language):
        return Veto.OPPOSITE
    if _is_only_asked(claim, sources, window):
        return Veto.ASKED
    return Veto.CONDITION if _drops_a_condition(claim, window, language) else None


def _is_only_asked(claim: Claim, sources: Sequence[Source], window: Sequence[Claim]) -> bool:
    """Say whether a sentence ("Yes, it travels on parcels") has its words from a question alone."""
    asked = frozenset[str]().union(*(source.asked for source in sources))
    if claim.quantities or claim.dates or claim.codes or not claim.words:
        return False
    if _count_met(claim.words, asked) < len(claim.words):
        return False
    said = _count_met(claim.words, frozenset[str]().union(*(unit.lexemes for unit in window)))
    return said < SAID * len(claim.words) and _YES.isdisjoint(unit.plain.partition(" ")[0] for unit in window)


def _drops_a_condition(claim: Claim, window: Sequence[Claim], language: str) -> bool:
    """Say whether a short sentence ("You need to upgrade") is said under a condition only."""
    condition = _CONDITION.get(language)
    if condition is None or len(claim.words) > FEW_WORDS or condition.search(claim.text):
        return False
    saying = [unit for unit in window if any(is_met(word, unit.lexemes) for word in claim.words)]
    return bool(saying) and all(condition.search(unit.text) for unit in saying)


def _codes_agree(claim: Claim, sources: Sequence[Source]) -> bool:
    """Say whether every code stands in a source, with or without its hyphens."""
    joined = [source.folded.replace("-", "").replace(" ", "") for source in sources]
    return all(
        any(fold(code).replace("-", "").replace(" ", "") in text for text in joined) for code in claim.codes
    )


def _numbers(claim: Claim, units: Sequence[Claim], sources: Sequence[Source]) -> Veto | None:
    for quantity in claim.quantities:
        places = [(unit, other) for unit in units for other in unit.quantities if _is_same(quantity, other)]
        if not places:
            if not _is_negligible(quantity, sources):
                return Veto.NUMBER
        elif not _is_bound(claim, quantity, places, units):
            return Veto.BINDING
    return None


def _has_another_number(claim: Claim, unit: Claim) -> bool:
    """Say whether a sentence is nearly equal to one of the source, but for a number in its place."""
    mine = [one for one in claim.quantities if not any(_is_same(one, other) for other in unit.quantities)]
    theirs = [one for one in unit.quantities if not any(_is_same(one, other) for other in claim.quantities)]
    rivals = {one.family for one in mine} & {one.family for one in theirs}
    return bool(rivals) and _share_of_both(claim, unit) >= NEARLY_EQUAL


def _is_same(mine: Quantity, other: Quantity) -> bool:
    """Say whether two quantities are one; a table may name its unit in another place."""
    if "count" in (mine.kind, other.kind):
        return mine.value == other.value or mine.written == other.written
    return mine == other


def _is_negligible(quantity: Quantity, sources: Sequence[Source]) -> bool:
    """Say whether nobody could be misled: "two ways" counts them, and headings may hold a number too."""
    if quantity.kind != "count":
        return False
    if not quantity.written[0].isdigit() and quantity.value in SMALL:
        return True
    written = quantity.written.casefold()
    return any(f" {written} " in f" {source.folded} " for source in sources)


def _is_bound(
    claim: Claim, quantity: Quantity, places: Iterable[tuple[Claim, Quantity]], units: Sequence[Claim]
) -> bool:
    """Say whether a number stands beside what the sentence says it of, and not beside something else.

    Only the words that tell the clause of the number from the clauses of its rivals count.
    """
    mine = claim.clause_at(quantity.start).words or claim.words
    rivals = [
        _context(unit, other)
        for unit in units
        for other in unit.quantities
        if other.family == quantity.family and not _is_same(quantity, other)
    ]
    return any(
        not any(_leans_away(mine, _context(unit, place), rival) for rival in rivals) for unit, place in places
    )


def _leans_away(mine: frozenset[Word], own: frozenset[str], rival: frozenset[str]) -> bool:
    """Say whether words speak of the rival's clause: most are there, and most are not in the own one."""
    met_own = {word for word in mine if is_met(word, own)}
    met_rival = {word for word in mine if is_met(word, rival)}
    gained, lost = len(met_rival - met_own), len(met_own - met_rival)
    return gained > lost and 2 * len(met_rival) >= len(mine) > 2 * len(met_own)


def _context(unit: Claim, quantity: Quantity) -> frozenset[str]:
    """Return the words of the clause a number stands in, of the whole sentence if they are too few."""
    words = unit.clause_at(quantity.start).words
    return lexemes_of(words) if len(words) > 1 else unit.lexemes


def _denials_agree(claim: Claim, window: Sequence[Claim], is_same_language: bool) -> bool:
    if not is_same_language:
        return not claim.denials or any(unit.denials or unit.softly for unit in window)
    if any(_is_the_contrary(claim, unit, window) for unit in window):
        return False
    theirs = [(unit, clause) for unit in window for clause in unit.clauses]
    if any(clause.denies and not _is_denied(clause, theirs) for clause in claim.clauses):
        return False
    return not any(
        clause.denies and not claim.softly and _affirms(claim, clause if clause.words else _whole(unit))
        for unit, clause in theirs
    )


def _is_the_contrary(claim: Claim, unit: Claim, window: Sequence[Claim]) -> bool:
    """Say whether a sentence says the same as one of the source, but denies what that affirms or the reverse.

    A line may end before what it denies ("served / no later than five days"): then it is no contrary.
    """
    if claim.denials % 2 == unit.denials % 2 or claim.softly != unit.softly:
        return False
    goes_on = any(
        clause.denies and clause.words and _share(clause, _whole(claim)) >= SAME
        for other in window
        if other is not unit
        for clause in other.clauses
    )
    return _share_of_both(claim, unit) >= NEARLY_EQUAL and not (claim.denials % 2 and goes_on)


def _is_denied(clause: Clause, theirs: Sequence[tuple[Claim, Clause]]) -> bool:
    """Say whether the source denies what a clause denies, plainly or by another word."""
    if not theirs:
        return False
    unit, nearest = max(theirs, key=lambda pair: _share(clause, pair[1]))
    if nearest.denies or unit.softly:
        return True
    apart = all(
        _share(clause, other) < 0.3 and _share(other, clause) < SAME for _, other in theirs if other.denies
    )
    if _share(clause, nearest) >= SAME and apart:
        return False
    return any(other.denials or other.softly for other, _ in theirs)


def _affirms(claim: Claim, denied: Clause) -> bool:
    """Say whether a sentence affirms what a clause of the source denies."""
    nearest = max(claim.clauses, key=lambda clause: _share(denied, clause))
    return not nearest.denies and not claim.denials and _share(denied, nearest) >= SAME


def _whole(unit: Claim) -> Clause:
    return Clause(unit.words, unit.start, unit.end, denies=True)


def _share(mine: Clause, other: Clause) -> float:
    """Return the share of a clause's words that another one has."""
    return _count_met(mine.words, lexemes_of(other.words)) / len(mine.words) if mine.words else 0.0


def _count_met(words: frozenset[Word], lexemes: frozenset[str]) -> int:
    return sum(is_met(word, lexemes) for word in words)


def _share_of_both(claim: Claim, unit: Claim) -> float:
    return _count_met(claim.words, unit.lexemes) / max(len(claim.words), len(unit.words), 1)


def _is_turned_round(claim: Claim, window: Sequence[Claim], language: str) -> bool:
    """Say whether the sentence has the opposite of a word of its evidence in that word's place."""
    evidence = " ".join(unit.all_lexemes for unit in window)
    for word, opposites in opposites_of(language).items():
        if f" {word} " in claim.all_lexemes and f" {word} " not in evidence:
            there = [one for one in opposites if f" {one} " in evidence]
            if there and not any(f" {one} " in claim.all_lexemes for one in there):
                return True
    return False
