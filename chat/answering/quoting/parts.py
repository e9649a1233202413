"""Parts: a passage's text as what may be shown of it: sentences, lists, tables, code, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from knowledge.passages import Passage
from knowledge.sentences import sentences

_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_ITEM = re.compile(r"\s*(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|[-*+•‣◦▪–])\s+\S")
_CODE_LINE = re.compile(
    r"[{};]\s*$|^\s*(?:[$#>/]|</?\w|\w+\s*[=:]\s*\S+\(|def |class |import |sudo |curl |npm |pip |git )"
    r"|^\s*[\w.]+\("
)
_STOPS = ".!?:;…。！？：؟।,"
MOST_WORDS_OF_A_HEADING = 10


class Kind(Enum):
    """What a part is on the page."""

    SENTENCE = "sentence"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a passage's text that is shown whole, but for a table; ``block`` is its paragraph."""

    kind: Kind
    start: int
    end: int
    text: str
    block: int

    @property
    def leads_on(self) -> bool:
        """Say whether it makes no sense without what follows ("Do this:")."""
        return self.kind is Kind.SENTENCE and self.text.rstrip("*_ ").endswith((":", "："))


def parts_of(passage: Passage) -> list[Part]:
    """Return the parts of a passage in order; of a Q&A row those of its answer."""
    text = passage.text
    begin = len(passage.question) if passage.question and text.startswith(passage.question) else 0
    blocks = list(_blocks(text, begin))
    found: list[Part] = []
    for number, (start, end) in enumerate(blocks):
        kind = _kind(text[start:end], passage, is_last=number == len(blocks) - 1)
        last = found[-1] if found else None
        if kind is Kind.SENTENCE:
            found += [
                Part(kind, start + a, start + b, text[start + a : start + b], number)
                for a, b in sentences(text[start:end], passage.language)
            ]
        elif last is not None and kind is last.kind and kind in (Kind.LIST, Kind.CODE):
            found[-1] = Part(kind, last.start, end, text[last.start : end], last.block)
        else:
            found.append(Part(kind, start, end, text[start:end], number))
    return found


def _blocks(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the paragraphs; a table or list that begins within one is a block of its own."""
    start = begin
    for end in [*(match.start() for match in _BREAK.finditer(text, begin)), len(text)]:
        if end > start and text[start:end].strip():
            yield from _lines_apart(text, start, end)
        start = end


def _lines_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a block where rows or list items begin or end."""
    runs: list[tuple[str, int, int]] = []
    place = start
    for line in text[start:end].splitlines(keepends=True):
        kind = "row" if line.lstrip().startswith("|") else "item" if _ITEM.match(line) else "text"
        if not runs and is_short(line) and place + len(line) < end:
            kind = "heading"
        first = place + len(line) - len(line.lstrip())
        last = place + len(line.rstrip())
        place += len(line)
        if first >= last:
            continue
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1], last)
        else:
            runs.append((kind, first, last))
    for _, first, last in runs:
        yield first, last


def _kind(block: str, passage: Passage, is_last: bool) -> Kind:
    if block.startswith("|"):
        return Kind.TABLE
    if _ITEM.match(block):
        return Kind.LIST
    if _is_code(block, passage):
        return Kind.CODE
    is_named = block.strip() in (passage.title, *passage.heading_path)
    # A short line without a stop is what stands above something; the last one stands above nothing.
    return Kind.HEADING if is_named or (is_short(block) and not is_last) else Kind.SENTENCE


def is_short(block: str) -> bool:
    """Say whether a block is one short line that ends like a heading."""
    line = block.strip()
    few = len(line.split()) <= MOST_WORDS_OF_A_HEADING and "\n" not in line
    return few and line.rstrip(" *_\"'”’)»")[-1:] not in _STOPS and not line.startswith("|")


def _is_code(block: str, passage: Passage) -> bool:
    lines = block.splitlines()
    marked = sum(bool(_CODE_LINE.search(line)) for line in lines)
    if passage.kind == "code":
        return 2 * marked > len(lines)
    return len(lines) > 1 and 3 * marked > 2 * len(lines)
