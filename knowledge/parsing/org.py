"""Org: from the lines of an Org file to blocks; properties and comments are left out."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.decoding import decode
from knowledge.parsing.tables import append_table
from knowledge.parsing.text import unwrap

_HEADING = re.compile(r"(\*+)\s+(?:(?:T[O]DO|DONE)\s+)?(?:\[#\w\]\s+)?(\S.*?)(?:\s+:[\w@#%:]+:)?")
_ITEM = re.compile(r"(\s*)([-+]|\d{1,3}[.)]|(?<=\s)\*)\s+(?:\[[ X-]\]\s+)?(\S.*)")
_BEGIN = re.compile(r"\s*#\+begin_(\w+)\b.*", re.IGNORECASE)
_TITLE = re.compile(r"#\+title:\s*(\S.*)", re.IGNORECASE)
_PASSED_OVER = re.compile(r"\s*(?:#(?:\s.*|\+.*)?|(?:CLOSED|DEADLINE|SCHEDULED):.*|:\S+:.*|-{5,})")
_RULE = re.compile(r"\s*\|[-+|]+\s*")
_LINK = re.compile(r"\[\[[^\[\]]*\]\[([^\[\]]*)\]\]|\[\[([^\[\]]*)\]\]")
_EMPHASIS = re.compile(r"(?<![\w*/_+=~])([*/_+=~])(?=\S)(.+?)(?<=\S)\1(?![\w*/_+=~])")
_DEFINED = re.compile(r"(\S.*?)\s+::\s+")
_LITERAL = ("src", "example", "export")


def parse_org(path: Path) -> ParsedDocument:
    """Parse an Org file."""
    reader = _Reader(iter(decode(path.read_bytes()).replace("\r\n", "\n").split("\n")))
    reader.read()
    return reader.builder.finish(reader.title)


class _Reader:
    """Reads line by line; a paragraph goes on until something else begins."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.builder = DocumentBuilder()
        self.title = ""
        self._lines = lines
        self._open: list[str] = []
        self._depth = 0
        self._rows: list[list[str]] = []

    def read(self) -> None:
        """Append all blocks."""
        for line in self._lines:
            if not (self._take(line.rstrip()) or self._take_fenced(line.rstrip())):
                self._open.append(line.strip())
        self._flush()

    def _take(self, line: str) -> bool:
        """Append what ``line`` begins; say whether it begins anything."""
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if line.lstrip().startswith("|"):
            if not _RULE.fullmatch(line):
                self._rows.append([_plain(cell.strip()) for cell in line.strip().strip("|").split("|")])
        elif heading:
            self._flush()
            self.builder.heading(_plain(heading.group(2)), len(heading.group(1)))
        elif item:
            self._flush()
            marker = item.group(2) if item.group(2)[0].isdigit() else "-"
            self._open = [f"{marker} " + _DEFINED.sub(r"\1: ", item.group(3), count=1)]
            self._depth = len(item.group(1)) // 2 + 1
        elif not line.strip():
            self._flush()
        else:
            return False
        return True

    def _take_fenced(self, line: str) -> bool:
        """Take listings whole; other fences fall away, and what they hold stays."""
        begin, title = _BEGIN.fullmatch(line), _TITLE.fullmatch(line)
        if begin and begin.group(1).lower() in _LITERAL:
            self._flush()
            end = f"#+end_{begin.group(1)}".lower()
            self.builder.code("\n".join(takewhile(lambda below: below.strip().lower() != end, self._lines)))
        elif title:
            self.title = _plain(title.group(1))
        elif not _PASSED_OVER.fullmatch(line):
            return False
        return True

    def _flush(self) -> None:
        text = _plain(unwrap(self._open))
        if self._depth:
            self.builder.list_item(text, self._depth)
        else:
            self.builder.paragraph(text)
        self._open, self._depth = [], 0
        append_table(self.builder, self._rows)
        self._rows = []


def _plain(text: str) -> str:
    """Return ``text`` without markup."""
    text = _LINK.sub(lambda found: found.group(1) or found.group(2) or "", text)
    return _EMPHASIS.sub(r"\2", text)
