"""Parts: a passage's text as what may be shown of it: sentences, lists, tables, code, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from knowledge.facts import dates_in, negates, quantities_in
from knowledge.passages import Passage
from knowledge.sentences import has_stops, sentences, word_count

_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_ITEM = re.compile(r"\s*(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|[-*+•‣◦▪–])\s+\S")
_CODE_LINE = re.compile(
    r"[{};]\s*$|^\s*(?:[$#>/]|</?\w|\w+\s*[=:]\s*\S+\(|def |class |import |sudo |curl |npm |pip |git )"
    r"|^\s*[\w.]+\("
)
_NUMBERED = re.compile(r"\W*[^\W\d]+\s[\d.]+\W*")
_STOPS = ".!?:;…。！？：؟।,；，、｡។၊။"
MOST_WORDS_OF_A_HEADING = 10
# Where no mark ends a sentence, only its length tells it from a heading: Thai for "return policy" counts 4.5
# words, for "the warranty lasts two years" 5.75. In doubt it is a sentence, for a heading is never quoted.
MOST_WORDS_OF_A_STOPLESS_HEADING = 5


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
    blocks = list(_blocks(text, begin, passage.language))
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


def _blocks(text: str, begin: int, language: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the paragraphs; a table or list that begins within one is a block of its own."""
    start = begin
    for end in [*(match.start() for match in _BREAK.finditer(text, begin)), len(text)]:
        if end > start and text[start:end].strip():
            yield from _lines_apart(text, start, end, language)
        start = end


def _lines_apart(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Part a block where rows or list items begin or end."""
    runs: list[tuple[str, int, int]] = []
    place = start
    for line in text[start:end].splitlines(keepends=True):
        kind = "row" if line.lstrip().startswith("|") else "item" if _ITEM.match(line) else "text"
        if not runs and place + len(line) < end and is_short(line) and not tells(line, language):
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
    is_above = is_short(block) and not is_last and not tells(block, passage.language)
    return Kind.HEADING if is_named or is_above else Kind.SENTENCE


def tells(line: str, language: str) -> bool:
    """Say whether a short line says something itself: "Phone: 0800 123 456", "No returns on sale items".

    The number of a heading tells nothing ("2.1 Safety", "Chapter 2").
    """
    numbers = () if _NUMBERED.fullmatch(line.strip()) else quantities_in(line, language)
    is_measured = any(one.kind != "count" or one.start > 0 for one in numbers)
    return is_measured or "@" in line or bool(dates_in(line, language)) or negates(line, language)


def is_short(block: str) -> bool:
    """Say whether a block is one short line that ends like a heading."""
    line = block.strip()
    most = MOST_WORDS_OF_A_HEADING if has_stops(line) else MOST_WORDS_OF_A_STOPLESS_HEADING
    few = word_count(line) <= most and "\n" not in line
    return few and line.rstrip(" *_\"'”’)»」』）】")[-1:] not in _STOPS and not line.startswith("|")


def _is_code(block: str, passage: Passage) -> bool:
    lines = block.splitlines()
    marked = sum(bool(_CODE_LINE.search(line)) for line in lines)
    if passage.kind == "code":
        return 2 * marked > len(lines)
    return len(lines) > 1 and 3 * marked > 2 * len(lines)
