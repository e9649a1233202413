"""Layout: from lines to headings, paragraphs, list items and tables.

What most characters look like is the body; larger lines, and lone bold ones, are headings.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from knowledge.parsing.base import DocumentBuilder
from knowledge.parsing.pdf.grids import Grid, grid_at
from knowledge.parsing.pdf.lines import Line

LARGER = 1.12
SAME_HEIGHT = 0.06
MAX_BOLD_HEADING = 100
MAX_HEADING = 200
MAX_HEADING_LEVEL = 6
MOSTLY_BOLD = 0.4
PARAGRAPH_GAP = 1.3
DEFAULT_PITCH = 1.2

_ITEM = re.compile(r"[•‣◦▪●○■□–*·\uf0b7\uf0a7-]\s+\S|\(?(?:\d{1,2}|[a-z])[.)]\s+\S")
_SYMBOL_BULLET = re.compile(r"^[•‣◦▪●○■□·\uf0b7\uf0a7]\s*")
_STOPS = (".", "!", "?", ":", ";", "。", "！", "？", "؟", "।", ".”", '."', ".)")
_HYPHENATED = re.compile(r"[^\W\d_]-$")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


class Layout:
    """Knows the measures of one document and appends its lines to a builder as blocks."""

    def __init__(self, pages: Sequence[list[Line]]) -> None:
        """Measure ``pages``."""
        lines = [line for page in pages for line in page if not line.rows]
        self._body = _weighted(lines)
        bold = sum(len(line.text) for line in lines if line.is_bold)
        self._trusts_bold = bold <= MOSTLY_BOLD * sum(len(line.text) for line in lines)
        self._pitch = _pitch(pages, self._body)
        self._sizes = _steps([line.height for line in lines if self._is_larger(line)])

    def append(self, builder: DocumentBuilder, pages: Sequence[list[Line]]) -> None:
        """Append all pages; a sentence that runs over a page break stays in one block."""
        paragraph: list[Line] = []
        for lines in pages:
            place = 0
            while place < len(lines):
                line = lines[place]
                grid = Grid(1, line.rows) if line.rows else grid_at(lines, place)
                if paragraph and (grid or not self._continues(paragraph, line)):
                    self._flush(builder, paragraph)
                    paragraph = []
                if grid:
                    builder.page = line.page
                    builder.table(grid.rows)
                else:
                    paragraph.append(line)
                place += grid.length if grid else 1
        self._flush(builder, paragraph)

    def _flush(self, builder: DocumentBuilder, lines: list[Line]) -> None:
        if not lines:
            return
        builder.page = lines[0].page
        text = join(lines)
        level = self._heading_level(lines, text)
        if level:
            builder.heading(text, level)
        elif _ITEM.match(text):
            builder.list_item(_SYMBOL_BULLET.sub("- ", text))
        else:
            builder.paragraph(text)

    def _heading_level(self, lines: Sequence[Line], text: str) -> int:
        """Return the level of the heading that ``lines`` are, 0 for anything else."""
        letters = sum(character.isalpha() for character in text)
        if letters < 2 or len(text) > MAX_HEADING or _SYMBOL_BULLET.match(text):
            return 0
        height = lines[0].height
        if self._is_larger(lines[0]):
            nearest = min(range(len(self._sizes)), key=lambda place: abs(self._sizes[place] - height))
            return min(nearest + 1, MAX_HEADING_LEVEL)
        is_bold = self._trusts_bold and all(line.is_bold for line in lines) and height >= 0.95 * self._body
        is_short = len(text) <= MAX_BOLD_HEADING and not text.endswith((".", ",", ";", ":"))
        return min(len(self._sizes) + 1, MAX_HEADING_LEVEL) if is_bold and is_short else 0

    def _is_larger(self, line: Line) -> bool:
        return line.height >= LARGER * self._body

    def _continues(self, paragraph: Sequence[Line], line: Line) -> bool:
        """Whether ``line`` goes on with ``paragraph``."""
        last = paragraph[-1]
        if not _looks_alike(last, line) or _ITEM.match(line.text):
            return False
        is_open = not last.text.endswith(_STOPS)
        if last.page != line.page:
            return is_open and not self._is_larger(line) and line.text[0].islower()
        pitch = last.baseline - line.baseline
        if pitch <= 0:  # the next column
            return is_open and not self._is_larger(line) and not line.is_bold
        if pitch > PARAGRAPH_GAP * self._pitch * max(last.height, line.height):
            return False
        return is_open or not _begins_paragraph(paragraph, line)


def join(lines: Sequence[Line]) -> str:
    """Join the lines of a paragraph: hyphens at line ends go, and Chinese needs no spaces."""
    text = ""
    for line in lines:
        starts_lower = line.text[0].islower()
        if _HYPHENATED.search(text):
            text = text[:-1] + line.text if starts_lower else text + line.text
        elif _UNSPACED.match(text[-1:]) and _UNSPACED.match(line.text[0]):
            text += line.text
        else:
            text = f"{text} {line.text}" if text else line.text
    return text


def _looks_alike(last: Line, line: Line) -> bool:
    difference = abs(last.height - line.height)
    return difference <= 2 * SAME_HEIGHT * last.height and last.is_bold == line.is_bold


def _begins_paragraph(paragraph: Sequence[Line], line: Line) -> bool:
    """After a full stop: an indented line, or any line after one that ended early."""
    last = paragraph[-1]
    widest = max(previous.right for previous in (*paragraph, line))
    left = min(previous.left for previous in (*paragraph, line))
    ended_early = widest - last.right > 0.2 * (widest - left)
    is_indented = line.left - last.left > 0.8 * line.height
    return ended_early or is_indented


def _weighted(lines: Sequence[Line]) -> float:
    """Return the height of most characters."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.height * 4) / 4] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 1.0


def _pitch(pages: Sequence[list[Line]], body: float) -> float:
    """Return the usual distance of two lines of a paragraph, in line heights."""
    pitches = [
        (above.baseline - below.baseline) / below.height
        for lines in pages
        for above, below in pairwise(lines)
        if abs(below.height - body) <= SAME_HEIGHT * body and abs(above.height - body) <= SAME_HEIGHT * body
    ]
    usual = [pitch for pitch in pitches if 0.7 < pitch < 2.2]
    return median(usual) if usual else DEFAULT_PITCH


def _steps(heights: Sequence[float]) -> list[float]:
    """Return the distinct sizes of headings, largest first."""
    steps: list[float] = []
    for height in sorted(heights, reverse=True):
        if not steps or height < (1 - SAME_HEIGHT) * steps[-1]:
            steps.append(height)
    return steps
