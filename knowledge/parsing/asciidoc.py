"""AsciiDoc: from its lines to blocks; what manuals use of it, without its macros."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.decoding import decode
from knowledge.parsing.tables import append_table

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ITEM = re.compile(r"(\s*)(\*{1,6}|-|\.{1,6}|\d{1,3}\.)\s+(\S.*)")
_DEFINITION = re.compile(r"(\S.*?)::(?:\s+(.*))?")
_FENCES = {"----": True, "....": True, "```": True, "====": False, "****": False, "____": False, "--": False}
_PASSED_OVER = re.compile(
    r"//(?!/).*|:!?[\w-]+!?:.*|\[.*\]|(?:image|video|audio|include|toc)::?\S*\[.*\]|'''|<<<|\+"
)
_CAPTION = re.compile(r"\.(?![\s.])(\S.*)")
_TABLE = re.compile(r"[|,!]={3,}")
_LINK = re.compile(r"(?:link:|https?://|mailto:|xref:)[^\s\[]*\[([^\]]+?)(?:,[^\]]*)?\]")
_REFERENCE = re.compile(r"<<[^,>]*,([^>]+)>>|<<([^>]+)>>|\[\[[^\]]*\]\]|image:\S+\[[^\]]*\]|\{nbsp\}")
_EMPHASIS = re.compile(r"(?<![\w*_`#])([*_`#]{1,2})(?=\S)(.+?)(?<=\S)\1(?![\w*_`#])")
# "2+|" spans, "a|" holds blocks: what stands before a cell's bar is how, not what.
_CELL = re.compile(r"(?:^|\s)(?:\d+(?:\.\d+)?[+*]|\.\d+\+)?[<^>.]*[aehlmdsv]?\|")


def parse_asciidoc(path: Path) -> ParsedDocument:
    """Parse an AsciiDoc file."""
    reader = _Reader(iter(decode(path.read_bytes()).replace("\r\n", "\n").split("\n")))
    reader.read()
    return reader.builder.finish()


class _Reader:
    """Reads line by line; a paragraph goes on until something else begins."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.builder = DocumentBuilder()
        self._lines = lines
        self._open: list[str] = []
        self._rows: list[list[str]] = []
        self._item: int | None = None

    def read(self) -> None:
        """Append all blocks."""
        for line in self._lines:
            if not self._take(line.rstrip()):
                self._open.append(line.strip())
        self._flush()

    def _take(self, line: str) -> bool:
        """Append what ``line`` begins; say whether it begins anything."""
        if not line or _PASSED_OVER.fullmatch(line):
            self._flush()
            return True
        if line in _FENCES:
            return self._fence(line)
        if _TABLE.fullmatch(line):
            self._flush()
            body = list(takewhile(lambda below: below.rstrip() != line, self._lines))
            append_table(self.builder, _rows(body))
            return True
        if line.startswith("|"):
            self._rows.append(_split(line.strip().removesuffix("|")))
            return True
        return self._take_marked(line)

    def _take_marked(self, line: str) -> bool:
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        caption, definition = _CAPTION.fullmatch(line), _DEFINITION.fullmatch(line)
        if not (heading or item or caption or definition):
            return False
        self._flush()
        if heading:
            self.builder.heading(_plain(heading.group(2)), len(heading.group(1)))
        elif item:
            marker = item.group(2) if item.group(2)[0].isdigit() else "-"
            self._item = max(len(item.group(2)) if marker == "-" else 1, len(item.group(1)) // 2 + 1)
            self._open = [f"{marker} {item.group(3)}"]
        elif definition:
            self._item = 1
            self._open = [f"{definition.group(1)}: {definition.group(2) or ''}".strip()]
        elif caption:
            self.builder.paragraph(_plain(caption.group(1)))
        return True

    def _fence(self, line: str) -> bool:
        """Take listings whole; the fences of notes and quotations fall away."""
        self._flush()
        if _FENCES[line]:
            self.builder.code("\n".join(takewhile(lambda below: below.rstrip() != line, self._lines)))
        return True

    def _flush(self) -> None:
        text = _plain(" ".join(self._open))
        if self._item is not None:
            self.builder.list_item(text, self._item)
        else:
            self.builder.paragraph(text)
        self._open, self._item = [], None
        append_table(self.builder, self._rows)
        self._rows = []


def _rows(lines: list[str]) -> list[list[str]]:
    """Return a table's rows: a line each, or as many cells as the first line has."""
    found = [_split(line.strip()) if "|" in line else [line.strip()] for line in lines if line.strip()]
    width = max((len(row) for row in found[:1]), default=0)
    rows: list[list[str]] = []
    for line, cells in zip([line for line in lines if line.strip()], found, strict=True):
        if "|" not in line and rows:
            rows[-1][-1] = f"{rows[-1][-1]} {_plain(line.strip())}"
        elif rows and len(rows[-1]) < width and len(cells) == 1:
            rows[-1] += cells
        else:
            rows.append(cells)
    return rows


def _split(line: str) -> list[str]:
    return [_plain(cell.strip()) for cell in _CELL.split(line)[1:]]


def _plain(text: str) -> str:
    """Return ``text`` without markup."""
    text = _REFERENCE.sub(lambda found: found.group(1) or found.group(2) or "", _LINK.sub(r"\1", text))
    while (without := _EMPHASIS.sub(r"\2", text)) != text:
        text = without
    return text
