"""RTF: from rich text to blocks.

Groups nest and remember their state; what is in a destination that readers do not see (fonts,
styles, pictures, headers) is passed over, and text that is formatted as hidden is flagged.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
)
_PASSED_OVER = frozenset(
    b"fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf "
    b"object listtable listoverridetable rsidtbl generator themedata colorschememapping datastore "
    b"xmlnstbl fldinst "
    b"latentstyles pgptbl mmathPr filetbl revtbl bkmkstart bkmkend annotation atnid atnauthor private".split()
)
_SIGNS = {
    **{b"tab": " ", b"line": "\n", b"emspace": " ", b"enspace": " ", b"bullet": "•"},
    **{b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"},
}
_BREAKS = frozenset((b"par", b"sect", b"page"))
_ESCAPED = {b"~": " ", b"_": "-", b"-": "", b"{": "{", b"}": "}", b"\\": "\\"}
# Bullets of common lists come as text before a tab.
_BULLET = re.compile(r"^\s*[•·\uf0b7]\s*")
MAX_DEPTH = 2_000
MIN_SIZE = 4  # half points


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and forgets at its end."""

    is_passed_over: bool = False
    is_hidden: bool = False
    skip: int = 1


def parse_rtf(path: Path) -> ParsedDocument:
    """Parse a rich text file."""
    data = path.read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ParsingError("This file is no rich text. Save it as .docx and upload it again.")
    reader = _Reader()
    reader.read(data)
    return reader.builder.finish()


class _Reader:
    """Reads the tokens one by one."""

    def __init__(self) -> None:
        self.builder = DocumentBuilder()
        self._states = [_State()]
        self._codec = "cp1252"
        self._seen: list[str] = []
        self._hidden: list[str] = []
        self._bytes = bytearray()
        self._cells: list[str] = []
        self._rows: list[list[str]] = []
        self._is_in_table = False
        self._level = 0
        self._left_out = 0

    def read(self, data: bytes) -> None:
        """Append everything in ``data``."""
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "number":
                kind = "word"
            if kind != "hex":
                self._write_bytes()
            if kind is not None:
                self._take(kind, token)
        self._write_bytes()
        self._end_paragraph()
        self._end_table()

    def _take(self, kind: str, token: re.Match[bytes]) -> None:
        state = self._states[-1]
        match kind:
            case "brace" if token.group() == b"{":
                self._states.append(state if len(self._states) < MAX_DEPTH else _State(True))
            case "brace":
                self._states = self._states[:-1] or [_State()]
            case "hex":
                if not self._is_left_out(1):
                    self._bytes.append(int(token["hex"], 16))
            case "sign" if token["sign"] == b"*":
                self._states[-1] = replace(state, is_passed_over=True)
            case "sign":
                self._write(_ESCAPED.get(token["sign"], ""))
            case "text":
                text = token["text"]
                self._bytes += text[self._consume(len(text)) :]
                self._write_bytes()
            case _:
                self._word(token["word"], token["number"], state)

    def _word(self, word: bytes, number: bytes | None, state: _State) -> None:
        count = int(number) if number else None
        if word in _PASSED_OVER:
            self._states[-1] = replace(state, is_passed_over=True)
        elif word in _SIGNS:
            self._write(_SIGNS[word])
        elif word in _BREAKS:
            self._end_paragraph()
        elif word in (b"v", b"fs"):
            is_hidden = count != 0 if word == b"v" else (count or 24) < MIN_SIZE
            self._states[-1] = replace(state, is_hidden=is_hidden)
        else:
            self._structure(word, count, state)

    def _structure(self, word: bytes, count: int | None, state: _State) -> None:
        match word:
            case b"u" if count is not None:
                self._write(chr(count % 0x10000))
                self._left_out = state.skip
            case b"uc":
                self._states[-1] = replace(state, skip=min(count or 0, 8))
            case b"ansicpg" if count:
                self._codec = f"cp{count}" if count in range(437, 1259) else "cp1252"
            case b"plain":
                self._states[-1] = replace(state, is_hidden=False)
            case _:
                self._look(word, count)

    def _look(self, word: bytes, count: int | None) -> None:
        """Note what a paragraph is: a heading, or a cell of a table."""
        match word:
            case b"pard":
                self._level, self._is_in_table = 0, False
            case b"outlinelevel" if count is not None:
                self._level = count + 1 if count < 9 else 0
            case b"intbl":
                self._is_in_table = True
            case b"cell":
                self._cells.append(self._paragraph())
            case b"row":
                self._rows.append(self._cells)
                self._cells = []

    def _consume(self, length: int) -> int:
        """Return how many characters to leave out: they stand in for the last Unicode one."""
        left_out = min(self._left_out, length)
        self._left_out -= left_out
        return left_out

    def _is_left_out(self, length: int) -> bool:
        return self._consume(length) > 0

    def _write_bytes(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            try:
                self._write(data.decode(self._codec, errors="replace"))
            except LookupError:
                self._write(data.decode("cp1252", errors="replace"))

    def _write(self, text: str) -> None:
        state = self._states[-1]
        if not state.is_passed_over:
            (self._hidden if state.is_hidden else self._seen).append(text)

    def _paragraph(self) -> str:
        text = "".join(self._seen).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self._seen.clear()
        self.builder.hidden("".join(self._hidden))
        self._hidden.clear()
        return text

    def _end_paragraph(self) -> None:
        if self._is_in_table:
            self._seen.append("\n")
            return
        text = self._paragraph()
        if text.strip():
            self._end_table()
        if self._level:
            self.builder.heading(text, self._level)
        elif _BULLET.match(text):
            self.builder.list_item(_BULLET.sub("- ", text))
        else:
            self.builder.paragraph(text)

    def _end_table(self) -> None:
        self.builder.table(self._rows)
        self._rows = []
