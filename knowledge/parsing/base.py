"""Blocks: what every parser gives, from a file of any type to one text with marked places.

A ``ParsedDocument`` is one plain text and a list of blocks that point into it, so
that a citation can be traced to a page, a heading path and a character span.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from knowledge.errors import PermanentError
from knowledge.language import detect
from knowledge.parsing.flags import MAX_FLAGS, Flag, FlagKind, excerpt, invisible, marks

Row = tuple[str, ...]

SEPARATOR = "\n\n"
MAX_HEADING_LENGTH = 300
# PostgreSQL refuses NUL; lone surrogates cannot be encoded; the rest of C0/C1, soft
# hyphens and zero-width marks only make equal words look different.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"[^\S\n]+")
_SPACED_BREAK = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{2,}")


class ParsingError(PermanentError):
    """The file cannot be read as a document; the text says why and what to do."""


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUESTION_ANSWER = "question_answer"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, row or heading as parsed; ``parsed.text[start:end] == text``."""

    kind: BlockKind
    text: str
    start: int
    end: int
    page: int | None = None
    heading_path: tuple[str, ...] = ()
    level: int = 0
    rows: tuple[Row, ...] = ()
    question: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the block as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a block back from its JSON object."""
        return cls(
            kind=BlockKind(data["kind"]),
            text=data["text"],
            start=data["start"],
            end=data["end"],
            page=data["page"],
            heading_path=tuple(data["heading_path"]),
            level=data["level"],
            rows=tuple(tuple(row) for row in data["rows"]),
            question=data["question"],
        )


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One text, its blocks in reading order, and what is known of the whole."""

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    language: str = "en"
    pages: int | None = None
    warnings: tuple[Flag, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the document as a JSON object."""
        return {
            "text": self.text,
            "blocks": [block.to_json() for block in self.blocks],
            "title": self.title,
            "language": self.language,
            "pages": self.pages,
            "warnings": [flag.to_json() for flag in self.warnings],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a document back from its JSON object."""
        blocks = tuple(Block.from_json(block) for block in data["blocks"])
        warnings = tuple(Flag.from_json(flag) for flag in data["warnings"])
        return cls(data["text"], blocks, data["title"], data["language"], data["pages"], warnings)


Parser = Callable[[Path], ParsedDocument]


def clean(text: str) -> str:
    """Drop invisible characters, collapse runs of spaces and of line breaks, and strip."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n", _SPACED_BREAK.sub("\n", _SPACES.sub(" ", text))).strip()


def one_line(text: str) -> str:
    """Clean ``text`` and put it on a single line."""
    return clean(text).replace("\n", " ")


class DocumentBuilder:
    """Appends blocks in reading order and keeps spans, heading paths and pages right.

    Empty texts are dropped silently, so that parsers need not look before they append.
    """

    def __init__(self) -> None:
        """Start with nothing, on no page."""
        self.page: int | None = None
        self._blocks: list[Block] = []
        self._texts: list[str] = []
        self._length = 0
        self._headings: list[tuple[int, str]] = []
        self._flags: list[Flag] = []

    @property
    def heading_path(self) -> tuple[str, ...]:
        """The headings that the next block stands under."""
        return tuple(text for _, text in self._headings)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been appended yet."""
        return not self._blocks

    def heading(self, text: str, level: int) -> None:
        """Append a heading; it closes every open heading of its level or deeper."""
        text = one_line(self._seen(text))
        if not text:
            return
        if len(text) > MAX_HEADING_LENGTH:  # a paragraph in a heading's clothes
            self.paragraph(text)
            return
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._append(BlockKind.HEADING, text, level=level)
        self._headings.append((level, text))

    def close_headings(self) -> None:
        """Close every open heading: what comes next stands under none."""
        self._headings.clear()

    def paragraph(self, text: str) -> None:
        """Append a paragraph."""
        self._append(BlockKind.PARAGRAPH, clean(self._seen(text)))

    def list_item(self, text: str, level: int = 1) -> None:
        """Append a list item with its marker, if it has one, in the text."""
        self._append(BlockKind.LIST_ITEM, clean(self._seen(text)), level=level)

    def code(self, text: str) -> None:
        """Append preformatted text; inner spaces and line breaks stay."""
        text = _INVISIBLE.sub("", self._seen(text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4))
        self._append(BlockKind.CODE, text.strip("\n").rstrip() if text.strip() else "")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Append a table, first row the header if there is one; empty rows and columns are dropped."""
        tidy = _without_empty_columns([tuple(one_line(self._seen(cell)) for cell in row) for row in rows])
        if tidy:
            self._append(BlockKind.TABLE, "\n".join(_line(row) for row in tidy), rows=tidy)

    def question_answer(self, question: str, answer: str, heading_path: tuple[str, ...] = ()) -> None:
        """Append a question and its answer, under ``heading_path`` if given."""
        question = one_line(self._seen(question))
        block_path = heading_path or self.heading_path
        text = clean(f"{question}\n{self._seen(answer)}")
        self._append(BlockKind.QUESTION_ANSWER, text, question=question, heading_path=block_path)

    def hidden(self, text: str) -> None:
        """Flag text that a reader of the document does not see; it is not part of what it says."""
        words = excerpt(clean(text))
        if any(character.isalnum() for character in words):
            self._flag(FlagKind.HIDDEN_TEXT, words)

    def finish(self, title: str = "", pages: int | None = None) -> ParsedDocument:
        """Return the document; without a title it is called after its first, highest heading."""
        text = SEPARATOR.join(self._texts)
        return ParsedDocument(
            text=text,
            blocks=tuple(self._blocks),
            title=one_line(title)[:MAX_HEADING_LENGTH] or self._first_heading(),
            language=detect(text),
            pages=pages,
            warnings=tuple([*self._flags, *marks(text)][:MAX_FLAGS]),
        )

    def _seen(self, text: str) -> str:
        """Return ``text`` as it is, having looked for what cannot be seen in it."""
        spelled = invisible(text)
        if spelled:
            self._flag(FlagKind.INVISIBLE_CHARACTERS, spelled)
        return text

    def _flag(self, kind: FlagKind, words: str) -> None:
        if len(self._flags) < MAX_FLAGS and not (self._flags and self._flags[-1].excerpt == words):
            self._flags.append(Flag(kind, words, self._length))

    def _append(self, kind: BlockKind, text: str, **details: Any) -> None:
        if not text:
            return
        start = self._length + (len(SEPARATOR) if self._blocks else 0)
        block = Block(kind, text, start, start + len(text), self.page, self.heading_path)
        self._blocks.append(replace(block, **details))
        self._texts.append(text)
        self._length = start + len(text)

    def _first_heading(self) -> str:
        headings = [block for block in self._blocks if block.kind is BlockKind.HEADING]
        return min(headings, key=lambda block: block.level).text if headings else ""


def _line(row: Row) -> str:
    return "| " + " | ".join(row) + " |"


def _without_empty_columns(rows: list[Row]) -> tuple[Row, ...]:
    width = max((len(row) for row in rows), default=0)
    padded = [row + ("",) * (width - len(row)) for row in rows if any(row)]
    kept = [column for column in range(width) if any(row[column] for row in padded)]
    return tuple(tuple(row[column] for column in kept) for row in padded)
