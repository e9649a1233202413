"""Rows: which rows of a table answer a question, by its codes, its figures and its rare words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from operator import le, lt

from chat.answering.quoting.meeting import Asked, met, weight
from chat.answering.quoting.parts import Part
from knowledge.facts import Quantity, quantities_in, value
from knowledge.lexemes import codes, codes_with_blanks, fold, lexemes

MOST_ROWS = 5
WHOLE = 8  # rows of a table that is shown whole when nothing tells them apart
ADDS = 0.12  # share of the question that no row shown meets yet and that another row must meet
SHORT = 3  # letters of a part of a code that is no word of its own: the "CV" of "CV-601"
POINT = 2  # words of a cell that is a number and nothing else: "20 °dH"
LOOKED_AT = 24  # characters around a number that may say how it bounds

_UNIT = r"(?:\s?[°%€$£¥]?[^\W\d_]*)"
_SIDE = rf"(?<![\w.,])(?<!\w-)(-?[€$£]?\d[\d.,]*{_UNIT})"
# "15-21 °dH" and "15 °dH – 21 °dH"; the hyphens of "E-10-19", "2026-03-05" and "to -5" part no two ends.
_DASH = re.compile(rf"{_SIDE}(?:[-–—−~]|\s[-–—−~]\s)(?=[-−]?[€$£]?\d+(?![-\d]))")
_BETWEEN = re.compile(
    rf"\b(?:between|zwischen|entre|tra|fra|tussen)\s{_SIDE}\s(?:and|und|y|e|et|en)\s(?=[-€$£]?\d)",
    re.IGNORECASE,
)
_TO = re.compile(rf"{_UNIT}\s(?:to|bis|a|à|al|até|hasta|tot|do|до)\s", re.IGNORECASE)
_WORD = re.compile(r"[°%€$£¥]?\w+|[°%€$£¥]")
_LEAST = re.compile(
    r"(?:≥|>=|\b(?:from|starting at|as of|ab|von|desde|a partir de|à partir de|dès|da|vanaf|minimum|min\.?))"
    r" ?\Z",
    re.IGNORECASE,
)
_UTMOST = re.compile(
    r"(?:≤|<=|\b(?:to|until|bis|jusqu'à|até|fino a|tot|maximum|maximal|max\.?)) ?\Z", re.IGNORECASE
)
_OR_MORE = re.compile(
    rf"{_UNIT}\s?(?:\+|(?:or|and|oder|und|o|y|ou|et|of|en)\s(?:more|over|above|higher|longer|up|mehr|höher|"
    r"länger|darüber|más|plus|più|mais|meer)\b)",
    re.IGNORECASE,
)
_OR_LESS = re.compile(
    rf"{_UNIT}\s?(?:or|and|oder|und|o|y|ou|et|of|en)\s(?:less|fewer|under|below|lower|weniger|darunter|menos|"
    r"moins|meno|minder)\b",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"(?:(?<!no )(?<!not )(?:less|fewer|more) than|under|below|over|above|(?:weniger|mehr) als|unter|über|"
    r"(?:menos|más) de|(?:moins|plus) de|[<>])\s?[€$£]?\Z",
    re.IGNORECASE,
)
_ENDLESS = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Span:
    """What a number or a range covers, in the unit of its ``kind``; ``factor`` of them are one as written.

    ``unit`` is the word behind it and ``is_beyond`` whether its ends are not part of it ("over 20").
    """

    low: Decimal
    high: Decimal
    kind: str
    unit: str
    factor: Decimal
    is_beyond: bool = False

    def meets(self, other: "Span") -> bool:
        """Say whether two have something in common; a number without a unit is in the other one's."""
        if self.kind == other.kind:
            mine, theirs = Decimal(1), Decimal(1)
        elif other.kind == "count" or (self.kind == "count" and not self.unit):
            mine, theirs = self.factor, other.factor
        else:
            return False
        before = lt if self.is_beyond or other.is_beyond else le
        return bool(
            before(self.low / mine, other.high / theirs) and before(other.low / theirs, self.high / mine)
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table: its head, its cells and what the numbers of each cover."""

    head: str
    cells: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]

    def is_in_unit_of(self, figure: Span) -> bool:
        """Say whether it is in the unit of a figure, by its head or its cells."""
        if figure.kind != "count" and any(span.kind == figure.kind for cell in self.spans for span in cell):
            return True
        return any(figure.unit in _WORD.findall(text.casefold()) for text in (self.head, *self.cells))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row, what of the question's codes and figures it holds for certain, and which words it shares."""

    text: str
    held: frozenset[str]
    words: frozenset[str]


def rows_of(asked: Asked, table: Part, language: str, question: str = "") -> tuple[str, ...]:
    """Return the header of a table and the rows that answer a question, in their order.

    None, and no header, if it lists codes of the kind that the question names, but not the one named.
    """
    header, *body = table.text.split("\n")
    named = frozenset(map(_joined, asked.codes))
    held = _codes_held(named, body, language)
    if _lists_others(named, body, held):
        return ()
    in_code = {part for code in asked.codes for part in lexemes(code, language) if _is_no_word(part)}
    columns = _columns(header, body)
    figures = _figures_held(asked, _figures_in(question, asked.codes), columns, language)
    rows = [
        _Row(text, codes_held | figures_held, _words_of(asked, text, language) - in_code)
        for text, codes_held, figures_held in zip(body, held, figures, strict=True)
    ]
    return (header, *_picked(asked, rows))


def _picked(asked: Asked, rows: Sequence[_Row]) -> list[str]:
    """Return the best rows, then those that meet what is still open, as long as they are few.

    Where some hold a code or a figure of the question, words alone make no other row an answer.
    """
    left = {place: row for place, row in enumerate(rows) if row.held} or dict(enumerate(rows))
    shown: list[int] = []
    closed: frozenset[str] = frozenset()
    while left:
        gains = {
            place: (len(row.held - closed), round(weight(asked, row.words - closed), 6))
            for place, row in left.items()
        }
        best = max(gains.values())
        group = [place for place, gain in gains.items() if gain == best]
        if len(group) == len(rows) <= WHOLE:
            return [row.text for row in rows]
        is_nothing_new = not best[0] and best[1] < ADDS
        if shown and (is_nothing_new or len(shown) + len(group) > MOST_ROWS):
            break
        shown += group
        closed = closed.union(*(left[place].held | left[place].words for place in group))
        left = {place: row for place, row in left.items() if place not in group}
    return [rows[place].text for place in sorted(shown)[:MOST_ROWS]]


def _words_of(asked: Asked, row: str, language: str) -> frozenset[str]:
    """Return the words of the question in a row; the 3 of "H3" or "3-5" is no word of it."""
    return frozenset(
        word
        for word in met(asked, row, language)
        if not word.isdecimal() or re.search(rf"(?<![\w.,-]){word}(?![\w-])", row)
    )


def _codes_held(named: frozenset[str], body: Sequence[str], language: str) -> list[frozenset[str]]:
    """Return which codes each row holds; one that has its own row is held by no row that mentions it."""
    own = [named & {_joined(fold(_cells(row)[0]))} for row in body]
    elsewhere = named.difference(*own)
    return [mine | (elsewhere & _codes_of(row, language)) for mine, row in zip(own, body, strict=True)]


def _codes_of(row: str, language: str) -> frozenset[str]:
    return frozenset(map(_joined, lexemes(row, language))) | frozenset(codes_with_blanks(row))


def _joined(code: str) -> str:
    return re.sub(r"[\W_]", "", code)


def _is_no_word(part: str) -> bool:
    return len(part) <= SHORT or any(map(str.isdigit, part))


def _lists_others(named: frozenset[str], body: Sequence[str], held: Sequence[frozenset[str]]) -> bool:
    """Say whether most rows begin with a code of the kind that is named, and none holds the one named."""
    kinds = [{_kind(code) for code in codes(_cells(row)[0])} for row in body]
    sought = {code for code in named if 2 * sum(_kind(code) in one for one in kinds) >= len(body) > 0}
    return bool(sought) and not any(sought & one for one in held)


def _kind(code: str) -> str:
    """Return what codes of one list have in common: the letters of "E-42" and "E7"."""
    return re.sub(r"\d+", "0", _joined(code))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def _columns(header: str, body: Sequence[str]) -> list[_Column]:
    rows = [_cells(row) for row in body]
    return [
        _Column(head, cells, tuple(map(_covered, cells)))
        for place, head in enumerate(_cells(header))
        for cells in [tuple("".join(row[place : place + 1]) for row in rows)]
    ]


def _figures_held(
    asked: Asked, figures: Sequence[Span], columns: Sequence[_Column], language: str
) -> list[frozenset[str]]:
    """Return of each row which figures it holds, numbered."""
    rows = len(columns[0].cells)
    held: list[set[str]] = [set() for _ in range(rows)]
    for number, figure in enumerate(figures):
        for column in _columns_about(asked, figure, columns, language):
            for row, spans in zip(held, column.spans, strict=True):
                row |= {f"figure {number}" for span in spans if figure.meets(span)}
    return [frozenset(row) for row in held]


def _columns_about(asked: Asked, figure: Span, columns: Sequence[_Column], language: str) -> list[_Column]:
    """Return the columns that a figure is about: those in its unit or whose heads the question names."""
    numeric = [column for column in columns if any(column.spans)]
    ranks = [
        (bool(figure.unit) and column.is_in_unit_of(figure), weight(asked, met(asked, column.head, language)))
        for column in numeric
    ]
    best = max(ranks, default=(False, 0.0))
    # Of several columns that the question does not speak of, a number of something else fits none.
    if best == (False, 0.0) and figure.unit and len(numeric) > 1:
        return []
    return [column for column, rank in zip(numeric, ranks, strict=True) if rank == best]


def _figures_in(question: str, named: frozenset[str]) -> list[Span]:
    """Return the figures of a question that are neither codes nor written as words."""
    return [
        span
        for written, span in _spans(question)
        if written[:1].isdigit() and not (span.kind == "count" and written in named)
    ]


def _covered(cell: str) -> tuple[Span, ...]:
    """Return what the numbers of a cell cover; a single one counts where the cell says nothing else."""
    is_bare = len(cell.split()) <= POINT
    return tuple(span for _, span in _spans(cell) if span.low != span.high or is_bare)


def _spans(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the numbers and ranges of a text, each with its first number as written."""
    # Behind a bar a hyphen takes from a number; at the beginning of a line it would be the mark of a list.
    plain = _BETWEEN.sub(r"\1 to ", _DASH.sub(r"\1 to ", f"| {text.replace('*', '')}"))
    last: tuple[str, Span] | None = None
    end = 0
    for quantity in quantities_in(plain):
        span = _span(plain, quantity)
        if last and span and _TO.fullmatch(plain, end, quantity.start):
            last = (last[0], _from_to(last[1], span))
        else:
            if last:
                yield last
            last = (quantity.written, span) if span else None
        end = quantity.end
    if last:
        yield last


def _span(text: str, quantity: Quantity) -> Span | None:
    """Return what a number covers by the words around it; None for a time of day, a ratio or a version."""
    try:
        amount = Decimal(quantity.value)
        written = Decimal(value(quantity.written)) if quantity.written[:1].isdigit() else amount
    except InvalidOperation:
        return None
    before = text[max(quantity.start - LOOKED_AT, 0) : quantity.start]
    is_least = quantity.bound == ">" or _LEAST.search(before) or _OR_MORE.match(text, quantity.end)
    is_most = quantity.bound == "<" or _UTMOST.search(before) or _OR_LESS.match(text, quantity.end)
    behind = _WORD.match(text[quantity.start :].partition(quantity.written)[2].lstrip())
    return Span(
        low=-_ENDLESS if is_most else amount,
        high=_ENDLESS if is_least and not is_most else amount,
        kind=quantity.kind,
        unit=behind[0].casefold() if behind else "",
        factor=abs(amount / written) if written else Decimal(1),
        is_beyond=_BEYOND.search(before) is not None,
    )


def _from_to(first: Span, last: Span) -> Span:
    """Return the range between two; what only one of them says of the unit holds for both."""
    low = first.low if first.low.is_finite() else first.high
    if first.kind == "count":
        return replace(last, low=low * last.factor, is_beyond=False)
    if last.kind == "count":
        return replace(first, low=low, high=last.high * first.factor, is_beyond=False)
    return replace(last, low=low, is_beyond=False)
