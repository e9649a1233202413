"""Plain text: from paragraphs set apart by blank lines to blocks.

Headings are what people type for want of a style: underlined, numbered or in capitals.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.decoding import decode

MAX_HEADING = 80
# Lines at least this long were broken by an editor, shorter ones by a person.
WRAPPED_LENGTH = 50

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,}|\*{3,})\s*")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+\S")
_ITEM = re.compile(r"\s*(?:[-*•‣▪–]|\d{1,3}[.)]|[a-z]\))\s+\S")
_CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


def parse_text(path: Path) -> ParsedDocument:
    """Parse a plain text file."""
    builder = DocumentBuilder()
    append_text(builder, decode(path.read_bytes()))
    return builder.finish()


def append_text(builder: DocumentBuilder, text: str) -> None:
    """Append the paragraphs of plain text, as found in a file or in a mail."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    paragraphs = [part.strip("\n") for part in _BLANK.split(text) if part.strip()]
    for paragraph, following in pairwise([*paragraphs, ""]):
        _append(builder, paragraph.split("\n"), following)


def _append(builder: DocumentBuilder, lines: list[str], following: str) -> None:
    level = _underlined_level(lines)
    if level:
        builder.heading(lines[0], level)
        lines = lines[2:]
    elif len(lines) == 1:
        level = _heading_level(lines[0].strip(), following)
        if level:
            builder.heading(lines[0], level)
            return
    for group in _items(lines):
        if _ITEM.match(group[0]):
            builder.list_item(unwrap(group))
        else:
            builder.paragraph(unwrap(group))


def _underlined_level(lines: list[str]) -> int:
    if len(lines) < 2 or not lines[0].strip() or len(lines[0]) > MAX_HEADING:
        return 0
    underline = _UNDERLINE.fullmatch(lines[1])
    if not underline or _UNDERLINE.fullmatch(lines[0]):
        return 0
    return 1 if underline.group(1)[0] in "=*" else 2


def _heading_level(line: str, following: str) -> int:
    """Return the level of a lone line that is a heading, otherwise 0."""
    if not following or len(line) > MAX_HEADING or line.endswith((".", ",", ";", ":", "!")):
        return 0
    numbered = _NUMBERED.match(line)
    if numbered:
        depth = numbered.group(1).count(".") + 1
        after = _NUMBERED.match(following.strip())
        # Numbered lines one after the other are the steps of a list.
        is_list = after is not None and after.group(1).count(".") + 1 == depth
        return 0 if is_list else depth
    letters = [character for character in line if character.isalpha()]
    return 1 if len(letters) >= 4 and line.isupper() else 0


def _items(lines: list[str]) -> list[list[str]]:
    """Group ``lines`` so that every list item begins a group of its own."""
    groups: list[list[str]] = []
    for line in lines:
        if not line.strip():
            continue
        if not groups or _ITEM.match(line):
            groups.append([])
        groups[-1].append(line.strip())
    return groups


def unwrap(lines: Sequence[str]) -> str:
    """Join lines that an editor broke and keep the breaks that a person made."""
    longest = max((len(line) for line in lines), default=0)
    text = lines[0] if lines else ""
    for line, following in pairwise(lines):
        is_wrapped = longest >= WRAPPED_LENGTH and len(line) >= 0.6 * longest
        text += (_glue(line, following) if is_wrapped else "\n") + following
    return text


def _glue(line: str, following: str) -> str:
    both_unspaced = _CJK.match(line[-1:]) and _CJK.match(following[:1])
    return "" if both_unspaced else " "
