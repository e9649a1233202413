"""Splicing: from pieces of text put into a document to blocks that are true again.

Pure, and the lower half of ``overlays``. A block keeps its kind, page and place under its
headings as far as its text is still one of that kind; new paragraphs stand where they were put.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from knowledge.parsing.base import SEPARATOR, Block, BlockKind, ParsedDocument, Row, clean, one_line
from knowledge.placements import Placement, forward
from knowledge.sentences import Span

_PARTS = re.compile(r"\n[^\S\n]*\n\s*")
_PIECE = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n\n|\Z))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Splice:
    """A text that takes the place of a span of the source; an empty span is a place to put it."""

    id: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A heading that reads otherwise now: what stood in paths below it, and what stands there now."""

    level: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def tidied(parsed: ParsedDocument, splice: Splice, takes_gap: bool = True) -> Splice:
    """Return ``splice`` in the form parsers give text; one that takes all away takes the gap with it."""
    if splice.start == splice.end:
        return replace(splice, text=SEPARATOR + _paragraphs(splice.text))
    touched = [block for block in parsed.blocks if block.start < splice.end and splice.start < block.end]
    text = _fitting(splice.text, touched)
    if text or not touched or not takes_gap:
        return replace(splice, text=text)
    return _without(parsed, splice, touched)


def _fitting(text: str, touched: Sequence[Block]) -> str:
    if len(touched) != 1:
        return _paragraphs(text)
    match touched[0].kind:
        case BlockKind.PARAGRAPH:
            return _paragraphs(text)
        case BlockKind.CODE:
            return text.strip("\n").rstrip()
        case BlockKind.HEADING:
            return one_line(text)
        case _:
            return clean(text)


def _paragraphs(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SEPARATOR.join(part for part in map(clean, _PARTS.split(text)) if part)


def _without(parsed: ParsedDocument, splice: Splice, touched: Sequence[Block]) -> Splice:
    """Take a gap along, so that no two are left side by side."""
    text, start, end = parsed.text, splice.start, splice.end
    first, last = touched[0], touched[-1]
    if start > first.start and end < last.end and first is not last:
        return replace(splice, text=SEPARATOR)
    if start > first.start or (start == first.start and end == last.end == len(text)):
        start = len(text[:start].rstrip())
    else:
        end += len(text[end:]) - len(text[end:].lstrip())
    return replace(splice, start=start, end=end, text="")


def rebuilt(blocks: Sequence[Block], text: str, placements: Sequence[Placement]) -> tuple[Block, ...]:
    """Return the blocks of the spliced ``text``; ``placements`` are those of its splices, in order."""
    made: list[Block] = []
    renamed: list[_Renamed] = []
    for group in _groups(blocks, placements):
        region = (forward(placements, group[0].start), forward(placements, group[-1].end, is_end=True))
        is_same = text[slice(*region)] == group[0].text and len(group) == 1
        pairs = [(group[0], region)] if is_same else _pairs(group, text, region)
        for old, span in pairs:
            if old.kind is BlockKind.HEADING:
                renamed = [entry for entry in renamed if entry.level < old.level]
            path = _path(old.heading_path, renamed)
            block = _block(old, text, span, path) if span else None
            if block:
                made.append(block)
            if old.kind is BlockKind.HEADING and (block is None or block.text != old.text):
                title = (block.text,) if block and block.kind is BlockKind.HEADING else ()
                renamed.append(_Renamed(old.level, (*old.heading_path, old.text), (*path, *title)))
        last = made[-1] if made else replace(group[-1], text="")
        made.extend(_added(group[-1].end, text, placements, last))
    return tuple(made)


def _groups(blocks: Sequence[Block], placements: Sequence[Placement]) -> Iterator[list[Block]]:
    """Yield blocks one by one, those that one splice touches together."""
    rows = [row for row in placements if row.start < row.end]
    group: list[Block] = []
    reach = place = 0
    for block in blocks:
        if group and block.start >= reach:
            yield group
            group = []
        group.append(block)
        reach = max(reach, block.end)
        while place < len(rows) and rows[place].start < block.end:
            # A splice that only takes the gap after its block along does not touch the next one.
            reach = max(reach, rows[place].end)
            place += 1
    if group:
        yield group


def _pairs(group: Sequence[Block], text: str, region: Span) -> list[tuple[Block, Span | None]]:
    """Return each old block with what it became; new paragraphs count as the block before them."""
    spans = _pieces(group, text, region)
    matcher = SequenceMatcher(
        None, [block.text for block in group], [text[slice(*span)] for span in spans], autojunk=False
    )
    pairs: list[tuple[Block, Span | None]] = []
    for _, first, last, start, end in matcher.get_opcodes():
        olds, news = group[first:last], spans[start:end]
        pairs += list(zip(olds, news, strict=False))
        pairs += [(old, None) for old in olds[len(news) :]]
        model = olds[-1] if olds else group[max(first - 1, 0)]
        inside = (*model.heading_path, model.text) if model.kind is BlockKind.HEADING else model.heading_path
        plain = Block(BlockKind.PARAGRAPH, "", 0, 0, model.page, inside)
        pairs += [(plain, span) for span in news[len(olds) :]]
    return pairs


def _pieces(group: Sequence[Block], text: str, region: Span) -> list[Span]:
    start, end = region
    if len(group) == 1 and group[0].kind is not BlockKind.PARAGRAPH:
        piece = text[start:end]
        begin = start + len(piece) - len(piece.lstrip("\n"))
        return [(begin, begin + len(piece.strip("\n")))] if piece.strip() else []
    return [match.span() for match in _PIECE.finditer(text, start, end)]


def _block(old: Block, text: str, span: Span, path: tuple[str, ...]) -> Block:
    piece = text[slice(*span)]
    block = replace(old, text=piece, start=span[0], end=span[1], heading_path=path)
    if piece == old.text:
        return block
    match old.kind:
        case BlockKind.TABLE:
            rows = _rows(piece, old)
            return replace(block, rows=rows) if rows else replace(block, kind=BlockKind.PARAGRAPH, rows=())
        case BlockKind.QUESTION_ANSWER if not piece.startswith(old.question):
            return replace(block, question=piece.partition("\n")[0])
        case BlockKind.HEADING if "\n" in piece:
            return replace(block, kind=BlockKind.PARAGRAPH, level=0)
    return block


def _rows(text: str, old: Block) -> tuple[Row, ...]:
    """Read a table's lines; none when a line is no row any more. Unchanged rows stay as they were."""
    known = dict(zip(old.text.split("\n"), old.rows, strict=False))
    rows: list[Row] = []
    for line in text.split("\n"):
        if line not in known and not (line.startswith("|") and line.endswith("|")):
            return ()
        cells = tuple(cell.strip() for cell in line[1:-1].split(" | "))
        rows.append(known.get(line, cells))
    return tuple(rows)


def _added(place: int, text: str, placements: Sequence[Placement], before: Block) -> Iterator[Block]:
    """Yield the paragraphs that were put after a block."""
    path = before.heading_path
    if before.kind is BlockKind.HEADING and before.text:
        path = (*path, before.text)
    for row in placements:
        if row.start == row.end == place:
            for match in _PIECE.finditer(text, row.new_start, row.new_end):
                yield Block(BlockKind.PARAGRAPH, match.group(), *match.span(), before.page, path)


def _path(path: tuple[str, ...], renamed: Sequence[_Renamed]) -> tuple[str, ...]:
    """Return a heading path as it reads now; the deepest renamed heading knows those above it."""
    for entry in reversed(renamed):
        if path[: len(entry.old)] == entry.old:
            return (*entry.new, *path[len(entry.old) :])
    return path
