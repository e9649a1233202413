"""Quantities: numbers with what they measure, in one unit of each kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from knowledge.facts.codes import name_spans
from knowledge.facts.dates import dates_in
from knowledge.facts.units import FACTORS, FAMILIES, UNITS
from knowledge.facts.values import COUNTED, NUMBER, UNSURE, value

_WORDS = "|".join(sorted(map(re.escape, COUNTED), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?P<sign>[€$£¥]|\b(?:EUR|USD|GBP|CHF)\b)?\s?(?<![\w.,-])"
    rf"(?P<number>{NUMBER}|\b(?:{_WORDS})\b(?!-(?:{_WORDS})))(?:(?:st|nd|rd|th)\b)?"
    rf"(?:(?:\s|-|\s\([\w-]{{1,20}}\)\s)?(?P<unit>[€$£¥%°]\s?[CF]?\b|[€$£¥%°]|[^\W\d_]+)(?!\w))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it measures; two are equal when they say the same ("24 months", "two years").

    ``kind`` is the unit it was turned into, ``family`` what could be mixed up with it, ``written`` the
    number as it stood and ``start`` and ``end`` its place.
    """

    kind: str
    value: str
    family: str = field(default="", compare=False)
    written: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


def quantities_in(text: str, language: str = "") -> list[Quantity]:
    """Return the quantities of a text in order; numbers of names and dates are none."""
    bare = text
    taken = [*name_spans(text), *((date.start, date.end) for date in dates_in(text, language))]
    for start, end in taken:
        bare = f"{bare[:start]}{'_' * (end - start)}{bare[end:]}"
    return list(_quantities(bare))


@cache
def unit_words() -> frozenset[str]:
    """Return the words for units that say no more than their kind: "months", but not "mm"."""
    return frozenset(word for word, kind in UNITS.items() if FAMILIES[kind] in ("time", "money", "share"))


def _quantities(text: str) -> Iterator[Quantity]:
    for match in _QUANTITY.finditer(text):
        unit = (match["unit"] or "").casefold().replace(" ", "")
        word = match["number"].casefold()
        known = UNITS.get(unit) or (UNITS.get(match["sign"].casefold()) if match["sign"] else None)
        if word in COUNTED and word in UNSURE and known is None:
            continue
        number = COUNTED.get(word) or value(word)
        start = match.start("sign") if match["sign"] else match.start("number")
        end = match.end() if unit in UNITS else match.end("number")
        kind = known or "count"
        amount = _times(number, FACTORS.get(unit, 1))
        yield Quantity(kind, amount, FAMILIES[kind], match["number"], start, end)


def _times(number: str, factor: int) -> str:
    if factor == 1:
        return number
    try:
        product = Decimal(number) * factor
    except InvalidOperation:  # a ratio or a version
        return number
    return value(f"{product:f}") if product % 1 else f"{product:.0f}"
