"""Grids: tables on a PDF page, found by the wide gaps that line up over several lines.

PDF knows no tables. Lines with gaps that follow each other are one if their cells, laid over
each other, leave the same columns free; this holds for cells aligned left, right or centred.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.parsing.pdf.lines import Cell, Line

MIN_ROWS = 3
MAX_PITCH = 3.5
MAX_CELL_WORDS = 14

_MARKER = re.compile(r"\W|\(?\w{1,3}[.)]")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: how many lines of the page it takes, and its rows."""

    length: int
    rows: tuple[tuple[str, ...], ...]


def grid_at(lines: Sequence[Line], start: int) -> Grid | None:
    """Return the table that begins with line ``start``, if one does."""
    if len(lines[start].cells) < 2:
        return None
    run = _run(lines, start)
    while len(run) >= MIN_ROWS:
        columns = _columns(run)
        if len(columns) >= 2 and _is_table(run):
            return Grid(len(run), _rows(run, columns))
        # One line too many can close the gap between two columns.
        run = run[:-1]
    return None


def _run(lines: Sequence[Line], start: int) -> list[Line]:
    """Take lines with gaps, and the wrapped cells under them, while they follow closely."""
    run = [lines[start]]
    for line in lines[start + 1 :]:
        if line.rows:
            break
        pitch = run[-1].baseline - line.baseline
        if not 0 < pitch < MAX_PITCH * line.height:
            break
        wraps = len(line.cells) == 1 and line.left > run[0].cells[0].right
        if len(line.cells) < 2 and not wraps:
            break
        run.append(line)
    while len(run[-1].cells) < 2 and len(run) > 1 and run[-1].left <= run[0].cells[0].right:
        run.pop()
    return run


def _columns(run: Sequence[Line]) -> list[tuple[float, float]]:
    """Return the columns: the unions of all cells that overlap."""
    columns: list[tuple[float, float]] = []
    for cell in sorted((cell for line in run for cell in line.cells), key=lambda cell: cell.left):
        if columns and cell.left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], cell.right))
        else:
            columns.append((cell.left, cell.right))
    return columns


def _is_table(run: Sequence[Line]) -> bool:
    """Tell tables from lists with wide markers and from two columns of prose."""
    full = [line for line in run if len(line.cells) >= 2]
    marked = sum(bool(_MARKER.fullmatch(line.cells[0].text)) and len(line.cells) == 2 for line in full)
    words = sum(len(line.words) for line in full) / sum(len(line.cells) for line in full)
    return len(full) >= MIN_ROWS and marked * 2 <= len(full) and words <= MAX_CELL_WORDS / 2


def _rows(run: Sequence[Line], columns: Sequence[tuple[float, float]]) -> tuple[tuple[str, ...], ...]:
    rows: list[list[str]] = []
    for place, line in enumerate(run):
        row = [""] * len(columns)
        for cell in line.cells:
            column = _place(cell, columns)
            row[column] = f"{row[column]} {cell.text}".strip()
        if rows and (len(line.cells) == 1 or _goes_on(run, place, row)):
            rows[-1] = [f"{above} {below}".strip() for above, below in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return tuple(tuple(row) for row in rows)


def _goes_on(run: Sequence[Line], place: int, row: Sequence[str]) -> bool:
    """Whether several cells of the row above wrap into this line: it begins later and stands closer."""
    if row[0] or place < 1:
        return False
    pitches = [above.baseline - line.baseline for above, line in pairwise(run)]
    return pitches[place - 1] < 0.85 * max(pitches) or all(cell[0].islower() for cell in row if cell)


def _place(cell: Cell, columns: Sequence[tuple[float, float]]) -> int:
    return next(place for place, (left, right) in enumerate(columns) if left <= cell.left <= right)
