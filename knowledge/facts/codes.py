"""Codes and names: what a text calls by a part number, an error code or a name of its own."""

import re
from collections.abc import Iterator

from knowledge.facts.dates import MONTHS
from knowledge.facts.units import UNITS
from knowledge.lexemes import UNSPACED, fold

_THOUSANDS = re.compile(r"(?<=\d)[.,' \u00a0\u202f](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_CODE = re.compile(r"[^\W_]+(?:[-/._:][^\W_]+)*")
_PLAIN = r"\d+(?:[.,:]\d+)*"


def _naming(begin: str, letter: str, sign: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b[A-Z]{sign}*\s{_PLAIN}(?![\w%€$£]|\s?[%€$£°]|-[a-z])|{begin}{letter}+-?\d{sign}*"
        rf"|{begin}\d+{letter}+{sign}*\d"
    )


_NAMED = _naming(r"\b", r"[^\W\d_]", r"[\w-]")
# What has no blanks around it in Chinese or Thai is no part of a name: "为24个月" names nothing.
_UNSPACED = re.compile(f"[{UNSPACED}]")
_NAMED_APART = _naming(
    rf"(?:\b|(?<=[{UNSPACED}]))", rf"(?:(?![{UNSPACED}])[^\W\d_])", rf"(?:(?![{UNSPACED}])[\w-])"
)
_NEXT_WORD = re.compile(r"\s?([^\s\w]|[^\W\d_]+)")
_CAPITAL = re.compile(r"(?<![\w@/.])[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω][\w&'’-]*(?:\.[A-Za-z]\w*)*")
_OPENING = re.compile(r"(?:^|[.!?:;•|*>\n\"“„«(\[]\s*|\d+[.)]\s+|[-–]\s+)\Z")
# They begin with a capital wherever a sentence begins after what we did not see.
_NO_NAMES = frozenset(
    "after before within until from up over under for in on at about only every each costs takes lasts "
    "nach vor bis ab über unter für in am um nur alle tras después antes hasta desde dans après avant "
    "step schritt paso étape page seite página chapter".split()
).union(MONTHS, UNITS)


def codes_in(text: str) -> frozenset[str]:
    """Return what has a digit in it, numbers and part numbers, in whatever way it is written."""
    plain = _DECIMAL.sub(".", _THOUSANDS.sub("", fold(text)))
    found = (code for code in _CODE.findall(plain) if any(map(str.isdigit, code)))
    return frozenset(re.sub(r"[-/_]", "", code) for code in found)


def names_in(text: str) -> frozenset[str]:
    """Return the names with numbers in a text: "Aroma 3000", "E-42", "iso9001"."""
    return frozenset(text[slice(*span)].casefold() for span in name_spans(text))


def name_spans(text: str) -> list[tuple[int, int]]:
    """Return where names with numbers stand: "After 24 months" and "Costs 49 €" are none."""
    return list(_named(text))


def _named(text: str) -> Iterator[tuple[int, int]]:
    for match in (_NAMED_APART if _UNSPACED.search(text) else _NAMED).finditer(text):
        first, space, _ = match.group().partition(" ")
        word = _NEXT_WORD.match(text, match.end())
        is_measured = word is not None and word[1].casefold() in UNITS
        if not is_measured and not (space and first.casefold() in _NO_NAMES):
            yield match.span()


def proper_names(text: str) -> frozenset[str]:
    """Return the words of a text that begin with a capital where no sentence begins, folded.

    In German they are all its nouns; then they tell less, but are still what it speaks of.
    """
    return frozenset(
        fold(match.group())
        for match in _CAPITAL.finditer(text)
        if not _OPENING.search(text, 0, match.start()) or match.group()[1:].upper() == match.group()[1:] != ""
    )
