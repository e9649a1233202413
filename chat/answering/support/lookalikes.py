"""Look-alikes: words that share most of their letters and say another thing.

"Check-out" for "check-in", "refundable" for "non-refundable", "refunds@…" for "support@…": by their stems
and parts they meet, so they are compared as they are written.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from chat.answering.support.claims import Claim
from chat.answering.support.sources import Source
from knowledge.lexemes import fold, lexemes

_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:[-/._@&+#][^\W\d_]+)+")
_PART = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"@|^www\.|\.(?:com|org|net|io|eu|de|uk|fr|es|it|nl|at|ch|app|dev|info|example)\b")
# What turns the word behind it round, and how long that word is at least: "unsafe", but not "under".
_PREFIXES = {
    "en": (("un", 4), ("non", 4), ("dis", 5), ("in", 6), ("im", 6), ("ir", 6), ("il", 6)),
    "de": (("un", 4), ("nicht", 4), ("in", 6), ("im", 6), ("ir", 6), ("il", 6)),
    "es": (("no", 6), ("in", 6), ("im", 6), ("ir", 6), ("des", 5)),
    "fr": (("non", 4), ("in", 6), ("im", 6), ("ir", 6), ("il", 6), ("dé", 5)),
    "it": (("non", 5), ("in", 6), ("im", 6), ("ir", 6), ("dis", 5)),
    "pt": (("não", 4), ("in", 6), ("im", 6), ("ir", 6), ("des", 5)),
    "nl": (("on", 5), ("niet", 4), ("in", 6)),
}
_NOT_TURNED = "unless|inform|increas|improv|impress|import|discover|discount|discuss|display"
_TURNING = {
    language: re.compile(
        rf"(?<![\w-])(?!{_NOT_TURNED})(?:"
        + "|".join(rf"{fold(prefix)}-?([^\W\d_]{{{least},}})" for prefix, least in prefixes)
        + ")"
    )
    for language, prefixes in _PREFIXES.items()
}
SAME = 4  # letters at the beginning of two parts that are forms of one word


def is_another_compound(claim: Claim, sources: Sequence[Source]) -> bool:
    """Say whether a sentence has another compound than the sources, or an address that none of them has."""
    return any(_is_strange(found[0], sources) for found in _COMPOUND.finditer(fold(claim.text)))


def _is_strange(compound: str, sources: Sequence[Source]) -> bool:
    if any(_spelt(compound).search(source.folded) for source in sources):
        return False
    if _ADDRESS.search(compound):
        return True
    parts = _PART.findall(compound)
    words = frozenset[str]().union(*(source.written for source in sources))
    return any(
        _is_rival(parts, other) and not words.issuperset(set(parts).difference(other))
        for source in sources
        for other in _compounds_of(source.folded)
    )


def has_a_rival(text: str, other: str) -> bool:
    """Say whether two clauses name rival compounds: "check-in" here, "check-out" there."""
    mine, theirs = _compounds_of(fold(text)), _compounds_of(fold(other))
    return any(
        _is_rival(one, rival) and one not in theirs and rival not in mine for one in mine for rival in theirs
    )


def _is_rival(parts: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two compounds are one but for a part: "check-in", "check-out", but not "pre-fill"."""
    if len(parts) != len(other):
        return False
    return sum(a[:SAME] != b[:SAME] for a, b in zip(parts, other, strict=True)) == 1


@lru_cache(maxsize=512)
def _compounds_of(folded: str) -> tuple[tuple[str, ...], ...]:
    return tuple({tuple(_PART.findall(found[0])) for found in _COMPOUND.finditer(folded)})


@lru_cache(maxsize=512)
def _spelt(compound: str) -> re.Pattern[str]:
    """Return what finds a compound in any spelling: "e-mail", "email", "e mail"."""
    parts = r"[-/._@&+# ]?".join(map(re.escape, _PART.findall(compound)))
    return re.compile(
        rf"(?<![^\W_]){parts}(?![^\W_])" if _ADDRESS.search(compound) else rf"(?<![^\W_]){parts}"
    )


def is_turned(claim: Claim, units: Sequence[Claim], unit: Claim, language: str) -> bool:
    """Say whether a word stands in a unit the other way round, and as it is in none of ``units``."""
    plain, negated = _words(claim.text, language)
    there, denied = _words(unit.text, language)
    known = [_words(one.text, language) for one in units]
    said = frozenset[str]().union(*(said for said, _ in known))
    turned_round = frozenset[str]().union(*(behind for _, behind in known))
    return not plain.isdisjoint(denied - said) or not negated.isdisjoint(there - turned_round)


def turned(claim: Claim, unit: Claim, language: str) -> bool:
    """Say whether one of them has a word plainly that the other has only behind what turns it round."""
    (plain, negated), (there, denied) = _words(claim.text, language), _words(unit.text, language)
    return not plain.isdisjoint(denied - there) or not there.isdisjoint(negated - plain)


@lru_cache(maxsize=2048)
def _words(text: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of a text's words, and of those that it has behind a prefix."""
    folded = fold(text)
    turning = _TURNING.get(language)
    if turning is None:
        return frozenset(lexemes(folded, language)), frozenset()
    rests = [next(rest for rest in found.groups() if rest) for found in turning.finditer(folded)]
    plain = turning.sub(lambda found: " " if "-" in found[0] else found[0], folded)
    return frozenset(lexemes(plain, language)), frozenset(lexemes(" ".join(rests), language))
