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

from knowledge.parsing.pdf.hidden import Sight
from knowledge.parsing.pdf.turning import Box, Turn

# A gap wider than this many line heights separates table cells; justified text stays below 0.7.
WIDE_GAP = 1.1
SAME_BASELINE = 0.45
BOLD_WEIGHT = 600

# PDFium writes one of these for a hyphen and the line break after it.
_BREAK_MARKS = "\x02\ufffe"
_WORD = re.compile(rf"[^\s{_BREAK_MARKS}]+[{_BREAK_MARKS}]?")
_LAM_ALEF = re.compile("[\u0622\u0623\u0625\u0627]\u0644")
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
    """A line of text on a page, or a whole ruled table with its ``rows``."""

    page: int
    words: tuple[Word, ...]
    rows: tuple[tuple[str, ...], ...] = ()

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


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page in the order of its content, and the words on it that nobody sees."""

    lines: list[Line]
    hidden: str = ""


def text_of(page: pdfium.PdfPage, number: int) -> PageText:
    """Return what stands on ``page``."""
    text_page = page.get_textpage()
    try:
        words = list(_placed_words(text_page, Sight(page), Turn(page)))
    finally:
        text_page.close()
    seen = ((word, is_break) for word, is_break, is_hidden in words if not is_hidden)
    hidden = " ".join(word.text for word, _, is_hidden in words if is_hidden)
    return PageText([Line(number, tuple(group)) for group in _grouped(seen)], hidden)


def _cell(words: Sequence[Word]) -> Cell:
    left, right = min(word.left for word in words), max(word.right for word in words)
    return Cell(" ".join(word.text for word in words), left, right)


def _placed_words(
    text_page: pdfium.PdfTextPage, sight: Sight, turn: Turn
) -> Iterator[tuple[Word, bool, bool]]:
    """Yield the words, whether a line break stands before each, and whether it is hidden."""
    text = text_page.get_text_range()
    end = 0
    for match in _WORD.finditer(text):
        first = raw.FPDFText_GetCharIndexFromTextIndex(text_page, match.start())
        if first >= 0:
            box = _box(text_page, first)
            word = _word(text_page, match, first, turn)
            between = text[max(end - 1, 0) : match.start()]
            yield word, any(mark in between for mark in _LINE_ENDS), sight.hides(text_page, first, box)
            end = match.end()


def _word(text_page: pdfium.PdfTextPage, match: re.Match[str], first: int, turn: Turn) -> Word:
    last = raw.FPDFText_GetCharIndexFromTextIndex(text_page, match.end() - 1)
    left, bottom, right, top = _shown(text_page, first, turn)
    end_left, _, end_right, _ = _shown(text_page, last if last >= first else first, turn)
    text = match.group().translate(_HYPHENS)
    return Word(
        text=_unligatured(text_page, text, first) if _LAM_ALEF.search(text) else text,
        left=min(left, end_left),
        right=max(right, end_right),
        baseline=_baseline(text_page, first, turn, bottom),
        height=max(top - bottom, 1.0),
        is_bold=_is_bold(text_page, first),
    )


def _box(text_page: pdfium.PdfTextPage, index: int) -> raw.FS_RECTF:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    return box


def _unligatured(text_page: pdfium.PdfTextPage, text: str, first: int) -> str:
    """Turn "alef lam" into "lam alef" where one glyph is both: PDFium reverses ligatures with their line."""
    letters = list(text)
    for found in _LAM_ALEF.finditer(text):
        place = first + found.start()
        here, following = _box(text_page, place), _box(text_page, place + 1)
        if abs(here.left - following.left) < 0.1 and abs(here.right - following.right) < 0.1:
            letters[found.start() : found.end()] = reversed(found.group())
    return "".join(letters)


def _shown(text_page: pdfium.PdfTextPage, index: int, turn: Turn) -> Box:
    box = _box(text_page, index)
    return turn.box(box.left, box.bottom, box.right, box.top)


def _baseline(text_page: pdfium.PdfTextPage, index: int, turn: Turn, bottom: float) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetCharOrigin(text_page, index, x, y):
        return bottom
    return turn.point(x.value, y.value)[1]


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
