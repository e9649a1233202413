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
# Between letters that are written from right to left and those that are not there is always a gap.
_SCRIPTS = re.compile("(?<=[\u0590-\u06ff])(?=[a-zA-Z])|(?<=[a-zA-Z])(?=[\u0590-\u06ff])")
# "Center1", but not "km2": that one is a square.
_FOOTNOTE = re.compile(r"(?<=[^\W\d_]{2})\d{1,3}\)?[.,;:]?")
_UNITS = frozenset("mm cm dm km ft in yd mi".split())
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
        for start, first, word in _words(text_page, match, turn):
            between = text[max(end - 1, 0) : start]
            is_hidden = sight.hides(text_page, first, _box(text_page, first))
            yield word, any(mark in between for mark in _LINE_ENDS), is_hidden
            end = start + len(word.text)


def _words(
    text_page: pdfium.PdfTextPage, match: re.Match[str], turn: Turn
) -> Iterator[tuple[int, int, Word]]:
    """Yield where in the text and on the page each word begins that PDFium wrote as one, and the word."""
    text, offset = match.group(), match.start()
    first = raw.FPDFText_GetCharIndexFromTextIndex(text_page, offset)
    if first < 0:
        return
    last = raw.FPDFText_GetCharIndexFromTextIndex(text_page, match.end() - 1)
    whole = _word(text_page, text, first, last, turn)
    cuts = {found.start() for found in _SCRIPTS.finditer(text)}
    if last - first == len(text) - 1:  # else its letters are not where its text says
        if whole.right - whole.left > len(text) * whole.height:
            cuts |= set(_gaps(text_page, text, first, turn))
        cuts |= set(_marked(text_page, text, first, turn))
    if not cuts:
        yield offset, first, whole
        return
    for start, stop in pairwise((0, *sorted(cuts), len(text))):
        first, last = (
            raw.FPDFText_GetCharIndexFromTextIndex(text_page, offset + place) for place in (start, stop - 1)
        )
        if first >= 0:
            yield offset + start, first, _word(text_page, text[start:stop], first, last, turn)


def _gaps(text_page: pdfium.PdfTextPage, text: str, first: int, turn: Turn) -> Iterator[int]:
    """Yield where a gap between two letters is as wide as one between the cells of a table."""
    _, bottom, _, top = _shown(text_page, first, turn)
    for place in range(1, len(text)):
        before, here = (_shown(text_page, first + index, turn) for index in (place - 1, place))
        is_level = abs(here[1] - before[1]) < SAME_BASELINE * (top - bottom)  # else a line ends here
        if is_level and max(here[0] - before[2], before[0] - here[2]) > WIDE_GAP * (top - bottom):
            yield place


def _marked(text_page: pdfium.PdfTextPage, text: str, first: int, turn: Turn) -> Iterator[int]:
    """Yield where the mark of a footnote, small and raised, begins and ends."""
    for found in _FOOTNOTE.finditer(text):
        if text[: found.start()] in _UNITS:
            continue
        _, bottom, _, top = _shown(text_page, first, turn)
        _, mark_bottom, _, mark_top = _shown(text_page, first + found.start(), turn)
        raised = _baseline(text_page, first + found.start(), turn, 0) - _baseline(text_page, first, turn, 0)
        if mark_top - mark_bottom < 0.85 * (top - bottom) and raised > 0.15 * (top - bottom):
            yield from found.span() if found.end() < len(text) else found.span()[:1]


def _word(text_page: pdfium.PdfTextPage, text: str, first: int, last: int, turn: Turn) -> Word:
    left, bottom, right, top = _shown(text_page, first, turn)
    end_left, _, end_right, _ = _shown(text_page, last if last >= first else first, turn)
    text = text.translate(_HYPHENS)
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
