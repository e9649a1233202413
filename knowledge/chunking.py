"""Chunking: from a parsed document to the stretches of text that are stored and searched.

A chunk never crosses a heading, so its heading path is true for all of it. It is cut where
a sentence ends, keeps a list with the paragraph that leads into it and a table row with its
header, and repeats one sentence of its forerunner so that no thought is lost at the seam.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from knowledge.language import detect
from knowledge.parsing.base import Block, BlockKind, ParsedDocument
from knowledge.pieces import MAX_WEIGHT, Piece, glued, pieces_of, weigh

TARGET_WEIGHT = 110
MAX_OVERLAP = 30
TINY_SECTION = 25
MIN_WEIGHT_TO_DETECT = 25
# Detection is half the cost of chunking; this much tells a language as well as all of it.
TELLING_LENGTH = 400


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A chunk before it is stored; ``text == parsed.text[start:end]`` but for table parts."""

    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page: int | None
    last_page: int | None
    start: int
    end: int
    kind: BlockKind
    question: str
    language: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class _Section:
    """The blocks under one heading; ``heading`` is None where the document begins without one."""

    path: tuple[str, ...]
    heading: Block | None
    body: tuple[Block, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The pieces that will be one chunk, and where they stand."""

    pieces: tuple[Piece, ...]
    path: tuple[str, ...]


def split(parsed: ParsedDocument) -> list[ChunkDraft]:
    """Return the chunks of ``parsed`` in reading order; the same document gives the same chunks."""
    stretches = (
        stretch for section in _merged(_sections(parsed.blocks)) for stretch in _pack(section, parsed)
    )
    return [_draft(ordinal, stretch, parsed) for ordinal, stretch in enumerate(stretches)]


def _sections(blocks: Sequence[Block]) -> list[_Section]:
    """Group blocks by heading; a heading with nothing under it but deeper headings has no section."""
    groups: list[tuple[tuple[str, ...], list[Block]]] = []
    for block in blocks:
        is_heading = block.kind is BlockKind.HEADING
        path = (*block.heading_path, block.text) if is_heading else block.heading_path
        if is_heading or not groups or groups[-1][0] != path:
            groups.append((path, []))
        groups[-1][1].append(block)
    sections = [_section(path, members) for path, members in groups]
    return [
        section
        for place, section in enumerate(sections)
        if section.body or not any(_is_below(after, section) for after in sections[place + 1 : place + 2])
    ]


def _is_below(inner: _Section, outer: _Section) -> bool:
    return inner.path[: len(outer.path)] == outer.path


def _section(path: tuple[str, ...], members: list[Block]) -> _Section:
    heading = members[0] if members[0].kind is BlockKind.HEADING else None
    body = tuple(members[1:] if heading else members)
    return _Section(path, heading, body, sum(weigh(block.text) for block in body))


def _merged(sections: Iterable[_Section]) -> Iterator[_Section]:
    """Join a tiny section with the sibling after it; both headings then stand in the text."""
    waiting: _Section | None = None
    for section in sections:
        if waiting is None:
            waiting = section
        elif _may_join(waiting, section):
            waiting = _join(waiting, section)
        else:
            yield waiting
            waiting = section
    if waiting is not None:
        yield waiting


def _may_join(first: _Section, second: _Section) -> bool:
    opening = first.heading or first.body[0]
    if second.heading is None or opening.kind is not BlockKind.HEADING or first.weight >= TINY_SECTION:
        return False
    # A joined section has already moved up to its parent; otherwise both need the same parent.
    parent = first.path[:-1] if first.heading else first.path
    is_sibling = second.path[:-1] == parent and opening.level == second.heading.level
    is_mixed = _stands_alone(first) or _stands_alone(second)
    return is_sibling and not is_mixed and _joined_weight(first, second) <= MAX_WEIGHT


def _stands_alone(section: _Section) -> bool:
    """Questions and their answers are never mixed with the next ones."""
    if section.heading is not None and section.heading.text.rstrip().endswith(("?", "？", "؟")):
        return True
    return any(block.kind is BlockKind.QUESTION_ANSWER for block in section.body)


def _joined_weight(first: _Section, second: _Section) -> float:
    headings = (section.heading.text for section in (first, second) if section.heading)
    return first.weight + second.weight + sum(map(weigh, headings))


def _join(first: _Section, second: _Section) -> _Section:
    members = [block for block in (first.heading, *first.body, second.heading, *second.body) if block]
    path = first.path[:-1] if first.heading else first.path
    return _Section(path, None, tuple(members), _joined_weight(first, second))


def _pack(section: _Section, parsed: ParsedDocument) -> Iterator[_Stretch]:
    """Fill chunks up to the target; what is left over joins the last one where it fits."""
    blocks = section.body or ((section.heading,) if section.heading else ())
    pieces = glued([piece for block in blocks for piece in pieces_of(block, parsed.language)])
    remaining = sum(piece.weight for piece in pieces)
    current: list[Piece] = []
    weight = 0.0
    for piece in pieces:
        is_full = weight >= TARGET_WEIGHT and weight + remaining > MAX_WEIGHT
        if current and (is_full or weight + piece.weight > MAX_WEIGHT or piece.alone or current[-1].alone):
            yield _Stretch(tuple(current), section.path)
            current = _overlap(current, piece)
            weight = sum(kept.weight for kept in current)
        current.append(piece)
        weight += piece.weight
        remaining -= piece.weight
    if current:
        yield _Stretch(tuple(current), section.path)


def _overlap(ended: Sequence[Piece], following: Piece) -> list[Piece]:
    """Return the last sentence of the chunk just ended, if it is short and prose goes on."""
    last = ended[-1]
    repeats = len(ended) > 1 and last.is_sentence and not following.alone
    fits = last.weight <= MAX_OVERLAP and last.weight + following.weight <= MAX_WEIGHT
    return [last] if repeats and fits else []


def _draft(ordinal: int, stretch: _Stretch, parsed: ParsedDocument) -> ChunkDraft:
    first, last = stretch.pieces[0], stretch.pieces[-1]
    text = first.header + parsed.text[first.start : last.end]
    heaviest = max(stretch.pieces, key=lambda piece: piece.weight)
    is_telling = sum(piece.weight for piece in stretch.pieces) >= MIN_WEIGHT_TO_DETECT
    return ChunkDraft(
        ordinal=ordinal,
        text=text,
        heading_path=stretch.path,
        page=first.page,
        last_page=last.page,
        start=first.start,
        end=last.end,
        kind=heaviest.kind,
        question=first.question,
        language=detect(text[:TELLING_LENGTH], parsed.language) if is_telling else parsed.language,
        content_hash=content_hash(stretch.path, first.question, text),
    )


def content_hash(heading_path: Sequence[str], question: str, text: str) -> str:
    """Return the SHA-256 of all that is embedded: equal chunks need one embedding only."""
    return sha256("\x1e".join(("\x1f".join(heading_path), question, text)).encode()).hexdigest()
