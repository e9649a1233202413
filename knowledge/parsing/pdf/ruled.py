"""Ruled tables: from the lines drawn on a PDF page to the cells between them.

Where people drew a table, the words of a cell belong together however they wrap. Rules that
touch form a frame; its horizontal and vertical places cut it into cells, and cells without a
rule between them are one.
"""

import ctypes
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from knowledge.parsing.pdf.lines import Line, Word
from knowledge.parsing.pdf.turning import Turn
from knowledge.parsing.spans import MAX_REPEATED

TOLERANCE = 3.0
MIN_LENGTH = 6.0
MAX_PATHS = 4_000
MAX_RULES = 3_000
MIN_FILLED = 0.3
# So many times its own length a table may have when what spans is written in each row and column.
MAX_GROWTH = 2.0
MAX_PLACES = 200
Point = tuple[float, float]


class Rule(NamedTuple):
    """A line drawn along one axis: its place on the other, and from where to where it goes."""

    is_level: bool
    place: float
    start: float
    end: float


def with_tables(page: pdfium.PdfPage, lines: list[Line]) -> list[Line]:
    """Return the lines of a page, those in a ruled table replaced by a line that holds its rows."""
    for frame in _frames(_joined(_rules(page))):
        lines = _replaced(lines, frame)
    return lines


def _rules(page: pdfium.PdfPage) -> Iterator[Rule]:
    """Yield the straight edges of all paths that are drawn."""
    turn = Turn(page)
    for count, path in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=1)):
        if count > MAX_PATHS:
            return
        for begin, end in _points(path):
            (x, y), (right, top) = turn.point(*begin), turn.point(*end)
            if abs(y - top) < 1.0 and abs(right - x) >= MIN_LENGTH:
                yield Rule(True, (y + top) / 2, min(x, right), max(x, right))
            elif abs(x - right) < 1.0 and abs(top - y) >= MIN_LENGTH:
                yield Rule(False, (x + right) / 2, min(y, top), max(y, top))


def _points(path: pdfium.PdfObject) -> Iterator[tuple[Point, Point]]:
    """Yield the straight segments of a path, in points on the page."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, fill, stroke) or not (fill.value or stroke.value):
        return
    matrix = path.get_matrix()
    start: Point = (0.0, 0.0)
    last = start
    for index in range(min(raw.FPDFPath_CountSegments(path), 400)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, start
            last = start


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Join the rules that continue each other or lie on each other."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (rule.is_level, round(rule.place / TOLERANCE), rule.start)):
        last = found[-1] if found else None
        if (
            last
            and last.is_level == rule.is_level
            and abs(last.place - rule.place) <= TOLERANCE
            and rule.start <= last.end + TOLERANCE
        ):
            found[-1] = last._replace(end=max(last.end, rule.end))
        else:
            found.append(rule)
    return found[:MAX_RULES]


class Frame:
    """Rules that touch each other: a grid of places, if it is one."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Find the rows and columns."""
        self._level = [rule for rule in rules if rule.is_level]
        self._upright = [rule for rule in rules if not rule.is_level]
        # A table may be open at its sides: then its level rules say where it ends.
        xs = [rule.place for rule in self._upright] + [
            edge for rule in self._level for edge in (rule.start, rule.end)
        ]
        ys = [rule.place for rule in self._level] + [
            edge for rule in self._upright for edge in (rule.start, rule.end)
        ]
        self.columns = _places(xs)
        self.rows = _places(ys)[::-1]

    @property
    def is_grid(self) -> bool:
        """Whether there are at least two rows and two columns, and not a drawing's worth of them."""
        return 3 <= len(self.columns) <= MAX_PLACES and 3 <= len(self.rows) <= MAX_PLACES

    def cell(self, word: Word) -> tuple[int, int] | None:
        """Return the row and the column that a word stands in."""
        across, up = (word.left + word.right) / 2, word.baseline + 0.3 * word.height
        column = sum(place <= across for place in self.columns) - 1
        row = sum(place >= up for place in self.rows) - 1
        is_inside = 0 <= column < len(self.columns) - 1 and 0 <= row < len(self.rows) - 1
        return (row, column) if is_inside else None

    def owners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return for every cell the first of those that no rule parts it from."""
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(len(self.rows) - 1):
            for column in range(len(self.columns) - 1):
                owner[row, column] = (row, column)
                if column and not self._parts(self._upright, self.columns[column], self._middle_row(row)):
                    owner[row, column] = owner[row, column - 1]
                elif row and not self._parts(self._level, self.rows[row], self._middle_column(column)):
                    owner[row, column] = owner[row - 1, column]
        return owner

    def _middle_row(self, row: int) -> float:
        return (self.rows[row] + self.rows[row + 1]) / 2

    def _middle_column(self, column: int) -> float:
        return (self.columns[column] + self.columns[column + 1]) / 2

    def _parts(self, rules: Sequence[Rule], place: float, middle: float) -> bool:
        return any(
            abs(rule.place - place) <= 2 * TOLERANCE and rule.start - 1 <= middle <= rule.end + 1
            for rule in rules
        )


def _frames(rules: Sequence[Rule]) -> Iterator[Frame]:
    """Yield the grids among the groups of rules that touch."""
    groups = _Groups(len(rules))
    upright = [index for index, rule in enumerate(rules) if not rule.is_level]
    for index in [index for index, rule in enumerate(rules) if rule.is_level]:
        for other in upright:
            if _touch(rules[index], rules[other]):
                groups.join(index, other)
    members: defaultdict[int, list[Rule]] = defaultdict(list)
    for index, rule in enumerate(rules):
        members[groups.first(index)].append(rule)
    frames = (Frame(found) for found in members.values())
    return (frame for frame in frames if frame.is_grid)


class _Groups:
    """Numbers that belong together, each group known by one of them."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def first(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = self._above[self._above[number]]
            number = self._above[number]
        return number

    def join(self, number: int, other: int) -> None:
        self._above[self.first(other)] = self.first(number)


def _touch(level: Rule, upright: Rule) -> bool:
    return (
        level.start - TOLERANCE <= upright.place <= level.end + TOLERANCE
        and upright.start - TOLERANCE <= level.place <= upright.end + TOLERANCE
    )


def _places(values: Iterable[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > 2 * TOLERANCE:
            places.append(value)
    return places


def _replaced(lines: list[Line], frame: Frame) -> list[Line]:
    """Put the table of ``frame`` where its first line stands; leave ``lines`` alone if it is none."""
    owners = frame.owners()
    cells: defaultdict[tuple[int, int], list[Word]] = defaultdict(list)
    kept: list[Line] = []
    taken: list[Word] = []
    first = 0
    for line in lines:
        inside = [(word, place) for word in line.words if (place := frame.cell(word)) is not None]
        for word, place in inside:
            cells[owners[place]].append(word)
        if inside:
            first = first if taken else len(kept)
            taken += [word for word, _ in inside]
        outside = tuple(word for word in line.words if frame.cell(word) is None)
        if outside:
            kept.append(line if not inside else Line(line.page, outside))
    rows = _rows(cells, owners, frame)
    if not taken or not _is_table(rows, cells):
        return lines
    kept.insert(first, Line(lines[0].page, tuple(taken), rows))
    return kept


def _rows(
    cells: dict[tuple[int, int], list[Word]], owners: dict[tuple[int, int], tuple[int, int]], frame: Frame
) -> tuple[tuple[str, ...], ...]:
    """Write the rows; what spans several is written in each, in several columns only if short.

    A drawing has cells that span half of it: there everything is written once.
    """
    texts = {place: _text(words) for place, words in cells.items() if words}
    heads = {row for row, _ in texts}
    # A place where no cell with words begins is a border of something else.
    columns = sorted({column for _, column in texts})
    own = {
        row: [owners[row, column] for column in columns] for row in range(len(frame.rows) - 1) if row in heads
    }
    rows = [_written(places, columns, texts) for row, places in own.items()]
    length = sum(len(cell) for row in rows for cell in row)
    if length > MAX_GROWTH * sum(len(text) for text in texts.values()):
        rows = [
            tuple(
                texts.get(place, "") if place == (row, column) else ""
                for place, column in zip(places, columns, strict=True)
            )
            for row, places in own.items()
        ]
    return tuple(row for row in rows if any(row))


def _written(
    places: list[tuple[int, int]], columns: list[int], texts: dict[tuple[int, int], str]
) -> tuple[str, ...]:
    is_alone = len(set(places)) == 1
    return tuple(
        texts.get(place, "")
        if place[1] == column or (len(texts.get(place, "")) <= MAX_REPEATED and not is_alone)
        else ""
        for column, place in zip(columns, places, strict=True)
    )


def _text(words: Sequence[Word]) -> str:
    """Join the words of a cell line by line, in the order in which the page writes them."""
    text = ""
    for place, word in enumerate(words):
        last = words[place - 1]
        is_hyphenated = place and text.endswith("-") and len(text) > 2 and text[-2].isalpha()
        if is_hyphenated and abs(last.baseline - word.baseline) > 2 and word.text[:1].islower():
            text = text[:-1] + word.text
        else:
            text = f"{text} {word.text}" if text else word.text
    return text


def _is_table(rows: Sequence[tuple[str, ...]], cells: dict[tuple[int, int], list[Word]]) -> bool:
    """Tell tables from frames round prose and from drawings."""
    columns = {place for row in rows for place, cell in enumerate(row) if cell}
    filled = sum(bool(cell) for row in rows for cell in row)
    # Boxes that hold whole paragraphs side by side lay out a page.
    longest = max((len(words) for words in cells.values()), default=0)
    total = sum(len(words) for words in cells.values())
    is_layout = longest > 120 and longest * 2 > total
    share = filled / max(sum(len(row) for row in rows), 1)
    return len(rows) >= 2 and len(columns) >= 2 and share >= MIN_FILLED and not is_layout
