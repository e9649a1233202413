"""Spans: from cells that reach over rows and columns to rows that read alone.

A row is found and quoted without its neighbours. So what hangs down from above is written in
every row, and a short head over several columns in every column; a long text is not, since
saying it five times helps nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_SPAN = 50
MAX_REPEATED = 60
# In a table that holds other tables, a cell of more characters is a part of a page.
MAX_RICH_CELL = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words, and how many columns and rows it takes."""

    text: str
    right: int = 1
    down: int = 1


def lay(rows: Iterable[list[Cell]]) -> Iterator[list[str]]:
    """Yield the rows as texts, column by column."""
    hanging: dict[int, tuple[int, str]] = {}
    for cells in rows:
        texts: list[str] = []
        for cell in cells:
            _hang(texts, hanging)
            written = [cell.text] if len(cells) == 1 and not texts else spread(cell.text, cell.right)
            for text in written:
                if cell.down > 1:
                    hanging[len(texts)] = (min(cell.down, MAX_SPAN) - 1, text)
                texts.append(text)
        _hang(texts, hanging)
        yield texts


def spread(text: str, columns: int) -> list[str]:
    """Return what stands in each of the columns that a cell spans."""
    more = min(max(columns, 1), MAX_SPAN) - 1
    return [text, *[text if len(text) <= MAX_REPEATED else ""] * more]


def _hang(texts: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Append what hangs down from the rows above into the next columns."""
    while hanging.get(len(texts), (0, ""))[0] > 0:
        left, text = hanging[len(texts)]
        hanging[len(texts)] = (left - 1, text)
        texts.append(text)
