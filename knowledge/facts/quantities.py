"""Quantities: numbers with what they measure, in one unit of each kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from knowledge.facts.codes import name_spans
from knowledge.facts.dates import dates_in
from knowledge.facts.units import FACTORS, FAMILIES, PHRASES, UNITS, UNSPACED_UNITS
from knowledge.facts.values import COUNTED, NUMBER, UNSURE, WORDS, value
from knowledge.lexemes import UNSPACED, fold, is_stop

# A hyphen takes from a number ("-10 °C") or leads up to it ("3-5 days"); in "E-42" it is part of a name.
_MONEY = "€$£¥₹₽₩₺"
_QUANTITY = re.compile(
    rf"(?P<sign>\b(?:C|A|US)\$|[{_MONEY}]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|INR|CAD|AUD)\b)?\s?"
    rf"(?:(?<![\w.,-])|(?<=[{UNSPACED}])|(?<=[\d_]-)|(?<=-)(?<![\w.,)\]-]-))"
    rf"(?P<number>{NUMBER}|\b(?:{WORDS})\b(?!-(?:{WORDS})))(?:(?:st|nd|rd|th)\b)?"
    rf"(?:(?:\s|-|\s\([\w-]{{1,20}}\)\s)?"
    rf"(?P<unit>{UNSPACED_UNITS}|[ap]\.m\b\.?|(?:{PHRASES}|[{_MONEY}%°]\s?[CF]?\b|[{_MONEY}%°]|[^\W\d_]+)(?!\w)))?",
    re.IGNORECASE,
)
_GAP = re.compile(r"[\s-]+")
_MINUS = re.compile(rf"(?:(?<!\d\s)(?<![\w.,)\]-])[-\u2013\u2212]|\bminus\s)[{_MONEY}]?\Z", re.IGNORECASE)
_FIRST_IN_LINE = re.compile(r"(?:\A|\n)\s*-\Z")  # more often the mark of a list than a sign
_LESS = (
    "within|innerhalb|binnen|dentro de|entro|less than|fewer than|under|below|up to|at most|weniger als|"
    "unter|bis zu|höchstens|menos de|hasta"
)
_MORE = (
    "after|nach|después de|après|dopo|more than|over|above|at least|mehr als|über|mindestens|más de|"
    "al menos|plus de|au moins"
)
_BOUND = re.compile(
    rf"(?:(?P<not>\b(?:no|not|nicht|kein\w*)\s)?(?:(?P<less>[<≤]|\b(?:{_LESS})\b)|[>≥]|\b(?:{_MORE})\b))=?\s*\Z",
    re.IGNORECASE,
)
_OVER = re.compile(r"\bover\s*\Z", re.IGNORECASE)
HALVES = frozenset({"am", "pm"})  # of the day
_UNSPACED = re.compile(f"[{UNSPACED}]")
LOOKED_BACK = 24  # characters before a number that may say how it bounds


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it measures; two are equal when they say the same ("24 months", "two years").

    ``kind`` is the unit it was turned into, ``family`` what could be mixed up with it, ``written`` the
    number as it stood, ``bound`` whether it is said to be the most ("<") or the least (">"), ``of`` the word
    behind a number without a unit that we know ("24 boxes"), and ``start`` and ``end`` its place.
    """

    kind: str
    value: str
    family: str = field(default="", compare=False)
    written: str = field(default="", compare=False)
    bound: str = field(default="", compare=False)
    of: str = field(default="", compare=False)
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
        unit = _unit(match["unit"] or "")
        word = match["number"].casefold()
        known = UNITS.get(unit) or (UNITS.get(match["sign"].casefold()) if match["sign"] else None)
        if word in COUNTED and word in UNSURE and known is None:
            continue
        number = COUNTED.get(word) or value(word)
        start = match.start("sign") if match["sign"] else match.start("number")
        end = match.end() if unit in UNITS or unit in HALVES else match.end("number")
        kind = known or "count"
        amount = _times(number, FACTORS.get(unit, 1))
        minus = _minus(text[max(match.start("number") - LOOKED_BACK, 0) : match.start("number")], kind)
        if minus:
            amount, start = f"-{amount}", match.start("number") - len(minus)
        before = text[max(start - LOOKED_BACK, 0) : start]
        # "Three visits over 12 months" are no more than that.
        bound = "" if FAMILIES[kind] == "time" and _OVER.search(before) else _bound(before)
        of = _counted(match["unit"] or "") if known is None else ""
        yield Quantity(kind, amount, FAMILIES[kind], match["number"], bound, of, start, end)


def _unit(written: str) -> str:
    """Return a unit as ``UNITS`` spells it: "Business-days", "° C"."""
    unit = _GAP.sub(" ", written.casefold().replace(".", ""))
    return unit if unit in UNITS else unit.replace(" ", "")


def _counted(word: str) -> str:
    """Return the word that says what is counted; "3 to 5" and "24 is" do not, nor a script without blanks."""
    if _unit(word) in HALVES:
        return _unit(word)
    is_small = word.islower() and is_stop(word)  # "5 mA" is none, "5 ma" is Italian
    return "" if not word or _UNSPACED.match(word) or is_small else fold(word)


def _minus(before: str, kind: str) -> str:
    """Return what stands before a number and takes from it; at the beginning of a line of degrees only."""
    found = _MINUS.search(before)
    is_sign = found is not None and (FAMILIES[kind] == "heat" or not _FIRST_IN_LINE.search(before))
    return found[0] if found is not None and is_sign else ""


def _bound(before: str) -> str:
    found = _BOUND.search(before)
    if found is None:
        return ""
    return "<" if bool(found["less"]) != bool(found["not"]) else ">"


def _times(number: str, factor: int) -> str:
    if factor == 1:
        return number
    try:
        product = Decimal(number) * factor
    except InvalidOperation:  # a ratio or a version
        return number
    return value(f"{product:f}") if product % 1 else f"{product:.0f}"
