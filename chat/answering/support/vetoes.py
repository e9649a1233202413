"""Vetoes: what a sentence may not get wrong, however many words it shares with its source."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from chat.answering.support.claims import Claim, Clause, Word
from chat.answering.support.lookalikes import has_a_rival, is_another_compound, is_turned, turned
from chat.answering.support.slips import drops_a_condition, slips
from chat.answering.support.sources import Source, count_met, is_met, lexemes_of, units_of
from knowledge.facts import HALVES, Quantity, opposites_of
from knowledge.lexemes import fold

SAME = 0.6  # share of a clause's words from which on two clauses speak of the same thing
NEARLY_EQUAL = 0.75  # share of all words of two sentences that both have
SMALL = frozenset({"1", "2", "3"})
SAID = 0.5  # share of its words from which on a passage says itself what its question asks
# Words by which a passage says yes to its own question, in the languages of our phrases.
_YES = frozenset(
    fold("yes ja sí oui sì sim tak да evet نعم 是 はい 네 예 vâng ναι da ano так כן ya kyllä igen jo").split()
)
_THEREAFTER = re.compile(
    r"^\W*(?:after (?:that|this)|afterwards|thereafter|later|danach|spater|anschliessend|despues|"
    r"pasado (?:ese|este)|passe ce|ensuite|apres (?:ce|cela)|dopo|trascors|successivamente)\b"
)
_ENDS = re.compile(r"\b(?:expire|end|lapse|verf|ablauf|lauft|abgelaufen|caduca|vence|scad)")


class Veto(StrEnum):
    """Why a sentence cannot be borne out."""

    NUMBER = "number"
    BINDING = "a number of something else"
    DATE = "date"
    DENIAL = "denial"
    OPPOSITE = "opposite"
    SLIP = "another day, another thing or others than are meant"
    CODE = "code"
    CONDITION = "a condition left out"
    ASKED = "only a question says so"
    GAINSAID = "another passage says otherwise"


def veto(claim: Claim, sources: Sequence[Source], window: Sequence[Claim], language: str) -> Veto | None:
    """Return what a sentence gets wrong against its sources, of which the window is its best evidence."""
    units = units_of(sources)
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
    if not _denials_agree(claim, window, language, is_same_language):
        return Veto.DENIAL
    return _said_otherwise(claim, sources, window, language) if is_same_language else None


def _said_otherwise(
    claim: Claim, sources: Sequence[Source], window: Sequence[Claim], language: str
) -> Veto | None:
    """Return what only the words of one language tell."""
    units = units_of(sources)
    if any(_is_turned_by_prefix(claim, units, unit, language) for unit in window):
        return Veto.OPPOSITE
    if _is_turned_round(claim, window, language) or is_another_compound(claim, sources):
        return Veto.OPPOSITE
    if slips(claim, sources, window, language):
        return Veto.SLIP
    if _is_only_asked(claim, sources, window):
        return Veto.ASKED
    return Veto.CONDITION if drops_a_condition(claim, window, language) else None


def _is_only_asked(claim: Claim, sources: Sequence[Source], window: Sequence[Claim]) -> bool:
    """Say whether a sentence ("Yes, it travels on parcels") has its words from a question alone."""
    asked = frozenset[str]().union(*(source.asked for source in sources))
    if claim.quantities or claim.dates or claim.codes or not claim.words:
        return False
    if count_met(claim.words, asked) < len(claim.words):
        return False
    said = count_met(claim.words, frozenset[str]().union(*(unit.lexemes for unit in window)))
    return said < SAID * len(claim.words) and _YES.isdisjoint(unit.plain.partition(" ")[0] for unit in window)


def _codes_agree(claim: Claim, sources: Sequence[Source]) -> bool:
    """Say whether every code stands in a source as a whole, with or without its hyphens."""
    return all(any(_whole_code(code).search(source.folded) for source in sources) for code in claim.codes)


@lru_cache(maxsize=512)
def _whole_code(code: str) -> re.Pattern[str]:
    """Return what finds a code ("E-42" as "e 42") and no longer one ("E-421")."""
    spelt = [character for character in fold(code) if character.isalnum()]
    return re.compile(rf"(?<![a-z0-9]){'[-_/. ]?'.join(map(re.escape, spelt))}(?![a-z0-9])")


def _numbers(claim: Claim, units: Sequence[Claim], sources: Sequence[Source]) -> Veto | None:
    for quantity in claim.quantities:
        places = [(unit, other) for unit in units for other in unit.quantities if _is_same(quantity, other)]
        if not places and not _is_the_other_side(quantity, units):
            if not _is_negligible(quantity, sources):
                return Veto.NUMBER
        elif places and not _is_bound(claim, quantity, places, units):
            return Veto.BINDING
    return None


def _is_the_other_side(quantity: Quantity, units: Sequence[Claim]) -> bool:
    """Say whether a source says of the time before what a sentence says of the time after, or the reverse.

    "Within 30 days. After that, …" is "after 30 days", and what "expires after 24 hours" serves within them.
    """
    if not quantity.bound:
        return False
    is_after = quantity.bound == ">"
    for unit, next_one in zip(units, [*units[1:], *units[-1:]], strict=True):
        turns = any(
            other == quantity and other.bound not in ("", quantity.bound) for other in unit.quantities
        )
        text, turning = (next_one.text, _THEREAFTER) if is_after else (unit.text, _ENDS)
        if turns and turning.search(fold(text)):
            return True
    return False


def _has_another_number(claim: Claim, unit: Claim) -> bool:
    """Say whether a sentence is nearly equal to one of the source, but for a number in its place."""
    mine = [one for one in claim.quantities if not any(_is_same(one, other) for other in unit.quantities)]
    theirs = [one for one in unit.quantities if not any(_is_same(one, other) for other in claim.quantities)]
    rivals = {one.family for one in mine} & {one.family for one in theirs}
    return bool(rivals) and _share_of_both(claim, unit) >= NEARLY_EQUAL


def _is_same(mine: Quantity, other: Quantity) -> bool:
    """Say whether two quantities are one; a table may name its unit in another place."""
    if mine.bound and other.bound and mine.bound != other.bound:
        return False
    if "count" in (mine.kind, other.kind):
        if (mine.of if mine.kind == "count" else other.of) and mine.kind != other.kind:
            return False  # "5 boxes" are no 5 days
        if mine.of != other.of and {mine.of, other.of} <= HALVES:
            return False
        is_less = mine.value.startswith("-"), other.value.startswith("-")
        return mine.value == other.value or (mine.written == other.written and is_less[0] == is_less[1])
    return mine == other


def _is_negligible(quantity: Quantity, sources: Sequence[Source]) -> bool:
    """Say whether nobody could be misled: "two ways" counts them, and headings may hold a number too."""
    if quantity.kind != "count" or quantity.of in HALVES:
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
    clause = claim.clause_at(quantity.start)
    mine, said = clause.words or claim.words, claim.text[clause.start : clause.end]
    rivals = [
        _context(unit, other)
        for unit in units
        for other in unit.quantities
        if other.family == quantity.family and not _is_same(quantity, other)
    ]
    return any(
        not has_a_rival(said, _clause_text(unit, place))
        and not any(_leans_away(mine, _context(unit, place), rival) for rival in rivals)
        for unit, place in places
    )


def _leans_away(mine: frozenset[Word], own: frozenset[str], rival: frozenset[str]) -> bool:
    """Say whether words speak of the rival's clause: most are there, and most are not in the own one."""
    met_own = {word for word in mine if is_met(word, own)}
    met_rival = {word for word in mine if is_met(word, rival)}
    gained, lost = len(met_rival - met_own), len(met_own - met_rival)
    return gained > lost and 2 * len(met_rival) >= len(mine) > 2 * len(met_own)


def _clause_text(unit: Claim, quantity: Quantity) -> str:
    clause = unit.clause_at(quantity.start)
    return unit.text[clause.start : clause.end]


def _context(unit: Claim, quantity: Quantity) -> frozenset[str]:
    """Return the words of the clause a number stands in, of the whole sentence if they are too few."""
    words = unit.clause_at(quantity.start).words
    return lexemes_of(words) if len(words) > 1 else unit.lexemes


def _denials_agree(claim: Claim, window: Sequence[Claim], language: str, is_same_language: bool) -> bool:
    if not is_same_language:
        return not claim.denials or any(unit.denials or unit.softly for unit in window)
    if any(_is_the_contrary(claim, unit, window, language) for unit in window):
        return False
    if any(turned(claim, unit, language) and (claim.denials + unit.denials) % 2 for unit in window):
        return True  # "not compatible" says "incompatible"
    theirs = [(unit, clause) for unit in window for clause in unit.clauses]
    if any(clause.denies and not _is_denied(clause, theirs) for clause in claim.clauses):
        return False
    return not any(
        clause.denies and not claim.softly and _affirms(claim, clause if clause.words else _whole(unit))
        for unit, clause in theirs
    )


def _is_the_contrary(claim: Claim, unit: Claim, window: Sequence[Claim], language: str) -> bool:
    """Say whether a sentence says the same as one of the source, but denies what that affirms or the reverse.

    A line may end before what it denies ("served / no later than five days"): then it is no contrary.
    """
    is_turned = turned(claim, unit, language)
    if (claim.denials + unit.denials + is_turned) % 2 == 0 or (claim.softly != unit.softly and not is_turned):
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
    return count_met(mine.words, lexemes_of(other.words)) / len(mine.words) if mine.words else 0.0


def _share_of_both(claim: Claim, unit: Claim) -> float:
    return count_met(claim.words, unit.lexemes) / max(len(claim.words), len(unit.words), 1)


def _is_turned_by_prefix(claim: Claim, units: Sequence[Claim], unit: Claim, language: str) -> bool:
    """Say whether a sentence of the same matter says "refundable" for "non-refundable"."""
    if (claim.denials + unit.denials) % 2 or 2 * count_met(claim.words, unit.lexemes) < len(claim.words):
        return False
    return is_turned(claim, units, unit, language)


def _is_turned_round(claim: Claim, window: Sequence[Claim], language: str) -> bool:
    """Say whether the sentence has the opposite of a word of its evidence in that word's place."""
    evidence = " ".join(unit.all_lexemes for unit in window)
    for word, opposites in opposites_of(language).items():
        if f" {word} " in claim.all_lexemes and f" {word} " not in evidence:
            there = [one for one in opposites if f" {one} " in evidence]
            if there and not any(f" {one} " in claim.all_lexemes for one in there):
                return True
    return False
