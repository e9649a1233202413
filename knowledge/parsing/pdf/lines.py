"""Lines: from a PDF page to its lines of text, where they stand and how they look.

The page's text is taken in one call; positions are asked for only twice a word, because a
call for every character would take a second for ten pages.
"""

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

# A gap wider than this many line heights separates table cells; justified text stays below 0.7.
WIDE_GAP = 1.1
SAME_BASELINE = 0.45
BOLD_WEIGHT = 600

# PDFium writes one of these for a hyphen and the line break after it.
_BREAK_MARKS = "\x02\ufffe"
_WORD = re.compile(rf"[^\s{_BREAK_MARKS}]+[{_BREAK_MARKS}]?")
_LINE_ENDS = ("\n", *_BREAK_MARKS)
_HYPHENS = str.maketrans(dict.fromkeys(_BREAK_MARKS, "-"))


class Word(NamedTuple):
    """A word and its place on the page, in points from the lower left corner."""

    text: str
    left: float
    right: float
    baseline: float
    height: float
    is_bold: bool


class Cell(NamedTuple):
    """Words of one line without a wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class Line:
    """A line of text on a page."""

    page: int
    words: tuple[Word, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The stretches of the line between wide gaps, left to right as written."""
        groups: list[list[Word]] = [[self.words[0]]]
        for word, following in pairwise(self.words):
            if following.left - word.right > WIDE_GAP * self.height:
                groups.append([])
            groups[-1].append(following)
        return tuple(_cell(group) for group in groups)

    @cached_property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def height(self) -> float:
        """The height of most of its characters."""
        return max(self.words, key=lambda word: len(word.text)).height

    @cached_property
    def is_bold(self) -> bool:
        """Whether every word is bold."""
        return all(word.is_bold for word in self.words)

    @cached_property
    def left(self) -> float:
        """Where the line begins."""
        return min(word.left for word in self.words)

    @cached_property
    def right(self) -> float:
        """Where the line ends."""
        return max(word.right for word in self.words)

    @property
    def baseline(self) -> float:
        """The height of the line on the page."""
        return self.words[0].baseline


def lines_of(page: pdfium.PdfPage, number: int) -> list[Line]:
    """Return the lines of ``page`` in the order of its content."""
    text_page = page.get_textpage()
    try:
        return [Line(number, tuple(words)) for words in _grouped(_placed_words(text_page))]
    finally:
        text_page.close()


def _cell(words: Sequence[Word]) -> Cell:
    left, right = min(word.left for word in words), max(word.right for word in words)
    return Cell(" ".join(word.text for word in words), left, right)


def _placed_words(text_page: pdfium.PdfTextPage) -> Iterator[tuple[Word, bool]]:
    """Yield the words, and whether a line break stands before each."""
    text = text_page.get_text_range()
    end = 0
    for match in _WORD.finditer(text):
        word = _word(text_page, match)
        if word is not None:
            between = text[max(end - 1, 0) : match.start()]
            yield word, any(mark in between for mark in _LINE_ENDS)
            end = match.end()


def _word(text_page: pdfium.PdfTextPage, match: re.Match[str]) -> Word | None:
    first = raw.FPDFText_GetCharIndexFromTextIndex(text_page, match.start())
    last = raw.FPDFText_GetCharIndexFromTextIndex(text_page, match.end() - 1)
    if first < 0:
        return None
    box, end_box = _box(text_page, first), _box(text_page, last if last >= first else first)
    return Word(
        text=match.group().translate(_HYPHENS),
        left=min(box.left, end_box.left),
        right=max(box.right, end_box.right),
        baseline=_baseline(text_page, first, box),
        height=max(box.top - box.bottom, 1.0),
        is_bold=_is_bold(text_page, first),
    )


def _box(text_page: pdfium.PdfTextPage, index: int) -> raw.FS_RECTF:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    return box


def _baseline(text_page: pdfium.PdfTextPage, index: int, box: raw.FS_RECTF) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetCharOrigin(text_page, index, x, y):
        return float(box.bottom)
    return y.value


def _is_bold(text_page: pdfium.PdfTextPage, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(text_page, index) >= BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
    return b"bold" in name.value.lower() or b"black" in name.value.lower()


def _grouped(words: Iterator[tuple[Word, bool]]) -> Iterator[list[Word]]:
    """Group words into lines: by the page's own breaks, unless two words share a baseline."""
    current: list[Word] = []
    for word, is_break in words:
        if current and is_break and not _goes_on(current[-1], word):
            yield current
            current = []
        current.append(word)
    if current:
        yield current


def _goes_on(word: Word, following: Word) -> bool:
    height = max(word.height, following.height)
    is_level = abs(word.baseline - following.baseline) < SAME_BASELINE * height
    return is_level and following.left >= word.right - 0.3 * height
