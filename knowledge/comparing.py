"""Comparing: do two texts say the same, and do two nearly equal sentences contradict each other?

Pure. A contradiction is a hint for staff: two sentences about the same thing in nearly the same
words, of which one has another price, number, date or share, or denies what the other affirms.
Numbers that are part of a name ("Aroma 3000") tell things apart and contradict nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.sentences import sentences

SHINGLE = 5  # words
ALIKE = 0.75  # share of all words of two sentences that both have
LEAST_SHARED = 3  # words
MOST_SHINGLES = 60_000  # words of a document that are compared

# Longer units first: "min" is not metres. Words of other languages stand beside ours.
_UNITS = {
    "money": "€ $ £ ¥ eur usd gbp chf euro euros dollar dollars pound pounds franken",
    "share": "% percent prozent per cent pour-cent",
    "year": "year years jahr jahre jahren an ans año años",
    "month": "month months monat monate monaten mois mes meses",
    "week": "week weeks woche wochen semaine semaines semana semanas",
    "day": "day days tag tage tagen jour jours día días",
    "hour": "hour hours h hrs stunde stunden std heure heures hora horas",
    "minute": "minute minutes min mins minuten minuto minutos",
    "second": "second seconds s sec secs sekunde sekunden seconde secondes segundo segundos",
    "length": "mm cm m km inch inches",
    "weight": "mg g kg",
    "volume": "ml cl l litre litres liter liters",
    "power": "w kw kwh v a hz bar",
    "heat": "°c °f °",
    "data": "kb mb gb tb",
}
_KIND = {unit: kind for kind, units in _UNITS.items() for unit in units.split()}
_AS_WRITTEN = frozenset({"length", "weight", "volume", "power", "heat", "data"})  # 5 ml and 5 l differ
_NUMBER = r"\d+(?:[.,:]\d+)*"
_DATE = re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_QUANTITY = re.compile(
    rf"(?P<sign>[€$£¥]|\b(?:EUR|USD|GBP|CHF)\b)?\s?(?<![\w.,-])(?P<number>{_NUMBER})"
    rf"(?:\s?(?P<unit>[€$£¥%°]C?|[^\W\d_]+)(?!\w))?"
)
_NAME = re.compile(rf"\b[A-Z][\w-]*\s{_NUMBER}(?![\w%€$£])|\b[^\W\d_]+-?\d[\w-]*|\b\d+[^\W\d_]+[\w-]*\d")
_NEXT_WORD = re.compile(r"\s?([^\s\w]|[^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NEGATIONS = frozenset(
    "not no never none neither nor cannot without don't doesn't didn't isn't aren't wasn't won't "
    "can't mustn't nicht kein keine keinen keiner keinem nie niemals ohne weder "
    "ne pas jamais aucun aucune sans non nunca sin ningún ninguna jamás".split()
)
# "cannot" denies "can": what is left of both is the same.
_AFFIRMED = {
    "cannot": "can",
    "can't": "can",
    "won't": "will",
    "don't": "do",
    "doesn't": "does",
    "isn't": "is",
}
_LIGHT = frozenset({"do", "does", "did"})  # "it does not leak", "it leaks"


class Reason(StrEnum):
    """Why two sentences contradict each other."""

    NUMBER = "number"
    DATE = "date"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is compared: its words, its quantities by what they measure, and the names in it."""

    text: str
    start: int
    words: frozenset[str]
    quantities: frozenset[tuple[str, str]]
    dates: frozenset[str]
    names: frozenset[str]
    negates: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both hold, and in what they differ."""

    mine: Statement
    theirs: Statement
    reason: Reason
    values: tuple[str, str]


def statements(text: str, language: str, is_table: bool = False) -> list[Statement]:
    """Return the sentences of a passage that could contradict others; a row is read with its header.

    A question states nothing, and a row speaks of what its first cell names.
    """
    found: list[Statement] = []
    header = ""
    for start, end in sentences(text, language):
        sentence = text[start:end]
        is_row = is_table and sentence.startswith("|")
        if is_row and not header:
            header = sentence
        elif not sentence.endswith(("?", "？", "؟")):
            found.append(_statement(sentence, start, header if is_row else ""))
    return [statement for statement in found if len(statement.words) >= LEAST_SHARED]


def contradictions(
    mine: Sequence[Statement], theirs: Sequence[Statement], names: tuple[frozenset[str], frozenset[str]]
) -> Iterator[Contradiction]:
    """Yield what two passages say against each other; ``names`` are those of their titles and headings."""
    if _are_of_other_things(*names):
        return
    for one in mine:
        for other in theirs:
            found = contradiction(one, other)
            if found:
                yield found


def contradiction(mine: Statement, theirs: Statement) -> Contradiction | None:
    """Return in what two nearly equal sentences contradict each other, or None."""
    shared, both = len(mine.words & theirs.words), len(mine.words | theirs.words)
    if shared < LEAST_SHARED or shared < ALIKE * both or mine.names != theirs.names:
        return None
    if mine.negates != theirs.negates and mine.quantities == theirs.quantities:
        return Contradiction(mine, theirs, Reason.NEGATION, ("", ""))
    if mine.dates and theirs.dates and not mine.dates & theirs.dates:
        return Contradiction(mine, theirs, Reason.DATE, (_said(mine.dates), _said(theirs.dates)))
    for measure in sorted({kind for kind, _ in mine.quantities}):
        ours = {value for kind, value in mine.quantities if kind == measure}
        others = {value for kind, value in theirs.quantities if kind == measure}
        if others and not ours & others:
            return Contradiction(mine, theirs, Reason.NUMBER, (_said(ours), _said(others)))
    return None


def names_in(text: str) -> frozenset[str]:
    """Return the names with numbers in a text: "Aroma 3000", "E-42", "iso9001"."""
    return frozenset(text[slice(*span)].casefold() for span in _name_spans(text))


def shingles(text: str) -> frozenset[int]:
    """Return the runs of five words of a text, as hashes of this process."""
    words = _words_in_order(text)[:MOST_SHINGLES]
    return frozenset(
        hash(tuple(words[place : place + SHINGLE])) for place in range(max(len(words) - SHINGLE + 1, 1))
    )


def likeness(mine: frozenset[int], theirs: frozenset[int]) -> float:
    """Return the share of the larger text's runs of words that both texts have, 0 to 1."""
    return len(mine & theirs) / max(len(mine), len(theirs), 1)


def _statement(text: str, start: int, header: str) -> Statement:
    names = names_in(text)
    if header:
        names |= {text.strip("| ").partition(" | ")[0].casefold()}
    bare = text
    for first, last in reversed(_name_spans(text)):
        bare = f"{bare[:first]} {bare[last:]}"
    dates = frozenset(_DATE.findall(bare))
    words = frozenset(_words_in_order(f"{header} {bare}"))
    negations = words & _NEGATIONS
    content = frozenset(
        _AFFIRMED.get(word, word) for word in words if word not in _NEGATIONS or word in _AFFIRMED
    )
    units = frozenset(unit for unit, kind in _KIND.items() if kind not in _AS_WRITTEN)
    quantities = frozenset(_quantities(_DATE.sub(" ", bare)))
    measures = {f"#{kind}" for kind, _ in quantities if kind != "count"}  # € and euros are one word
    return Statement(
        text=text,
        start=start,
        words=(content - _LIGHT - units) | measures,
        quantities=quantities,
        dates=dates,
        names=names,
        negates=bool(negations),
    )


def _name_spans(text: str) -> list[tuple[int, int]]:
    """Return where names stand: "After 24 months" and "Costs 49 €" are none."""
    spans = [match.span() for match in _NAME.finditer(text)]
    following = [_NEXT_WORD.match(text, end) for _, end in spans]
    return [
        span
        for span, word in zip(spans, following, strict=True)
        if word is None or word[1].casefold() not in _KIND
    ]


def _quantities(text: str) -> Iterator[tuple[str, str]]:
    for match in _QUANTITY.finditer(text):
        written = (match["sign"] or match["unit"] or "").casefold()
        kind = _KIND.get(written, "count")
        unit = written if kind in _AS_WRITTEN else ""
        yield f"{kind} {unit}".strip(), _value(match["number"])


def _value(number: str) -> str:
    """Unify a number: thousands marks go, "49,00" is 49."""
    plain = re.sub(r"[.,](?=\d{3}\b)", "", number).replace(",", ".")
    return plain.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", plain) else plain


def _are_of_other_things(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine and theirs) and not mine & theirs


def _words_in_order(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))


def _said(values: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(values))
