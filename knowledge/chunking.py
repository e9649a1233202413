"""Chunking: from a parsed document to the stretches of text that are stored and searched.

A chunk never crosses a heading, so its heading path is true for all of it. It is cut where
a sentence ends, keeps a list with the paragraph that leads into it and a table row with its
header, and repeats one sentence of its forerunner so that no thought is lost at the seam.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import takewhile

from knowledge.language import detect
from knowledge.parsing.base import Block, BlockKind, ParsedDocument
from knowledge.pieces import MAX_WEIGHT, Piece, glued, pieces_of, weigh
from knowledge.sentences import Span

TARGET_WEIGHT = 110
MAX_OVERLAP = 30
TINY_SECTION = 25
MIN_WEIGHT_TO_DETECT = 25
# Detection is half the cost of chunking; this much tells a language as well as all of it.
TELLING_LENGTH = 400
# Staff may join two full chunks and no more: models read about 512 tokens and forget the rest.
MAX_JOINED_WEIGHT = 2 * MAX_WEIGHT


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

    @property
    def start(self) -> int:
        """Return where it begins, with its heading."""
        return (self.heading or self.body[0]).start

    @property
    def end(self) -> int:
        """Return where it ends."""
        last = self.body[-1] if self.body else self.heading
        return last.end if last else 0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The pieces that will be one chunk, and where they stand; ``heading`` is the one right before them."""

    pieces: tuple[Piece, ...]
    path: tuple[str, ...]
    heading: Block | None = None

    @property
    def start(self) -> int:
        """Return where it begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.pieces[-1].end


def split(parsed: ParsedDocument, cuts: Sequence[int] = (), joins: Sequence[Span] = ()) -> list[ChunkDraft]:
    """Return the chunks of ``parsed`` in reading order; the same document gives the same chunks.

    At each of ``cuts`` a chunk ends, and none ends within a span of ``joins`` that is not too
    heavy for one; within a join there are no cuts.
    """
    joins = [span for span in joins if weigh(parsed.text[slice(*span)]) <= MAX_JOINED_WEIGHT]
    cuts = [cut for cut in cuts if not any(start < cut < end for start, end in joins)]
    stretches: Iterator[_Stretch] = (
        stretch
        for section in _merged(_sections(parsed.blocks), cuts)
        for stretch in _chunked(section, cuts, parsed)
    )
    stretches = _united(joins, stretches) if joins else stretches
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
    return len(inner.path) > len(outer.path) and inner.path[: len(outer.path)] == outer.path


def _section(path: tuple[str, ...], members: list[Block]) -> _Section:
    heading = members[0] if members[0].kind is BlockKind.HEADING else None
    body = tuple(members[1:] if heading else members)
    return _Section(path, heading, body, sum(weigh(block.text) for block in body))


def _merged(sections: Iterable[_Section], cuts: Sequence[int]) -> Iterator[_Section]:
    """Join a tiny section with the sibling after it; both headings then stand in the text."""
    waiting: _Section | None = None
    for section in sections:
        if waiting is None:
            waiting = section
        elif _may_join(waiting, section) and not any(waiting.end <= cut <= section.start for cut in cuts):
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


def _chunked(section: _Section, cuts: Sequence[int], parsed: ParsedDocument) -> Iterator[_Stretch]:
    blocks = section.body or ((section.heading,) if section.heading else ())
    pieces = [piece for block in blocks for piece in pieces_of(block, parsed.language)]
    heading = section.heading if section.body else None
    for group in _between(cuts, pieces, parsed):
        for stretch in _pack(glued(group), section.path):
            yield replace(stretch, heading=heading) if heading else stretch
            heading = None


def _between(cuts: Sequence[int], pieces: Sequence[Piece], parsed: ParsedDocument) -> Iterator[list[Piece]]:
    """Yield the pieces from cut to cut; one that a cut goes through is divided there."""
    group: list[Piece] = []
    waiting = list(reversed(pieces))
    while waiting:
        piece = waiting.pop()
        cut = next((cut for cut in cuts if piece.start < cut < piece.end), None)
        if cut is not None:
            waiting += reversed(_divided(piece, cut, parsed.text))
            continue
        if group and any(group[-1].end <= cut <= piece.start for cut in cuts):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _divided(piece: Piece, cut: int, text: str) -> list[Piece]:
    """Return the two parts of a piece; the second one of a table gets the header too."""
    first_end = piece.start + len(text[piece.start : cut].rstrip())
    second = piece.end - len(text[cut : piece.end].lstrip())
    header = piece.header
    if piece.kind is BlockKind.TABLE and not header:
        header = text[piece.start : piece.end].partition("\n")[0] + "\n"
    parts = [
        replace(piece, end=first_end, weight=weigh(text[piece.start : first_end])),
        replace(piece, start=second, weight=weigh(text[second : piece.end]), header=header),
    ]
    return [part for part in parts if part.start < part.end]


def _united(joins: Sequence[Span], stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    """Make one stretch of those within a join; the headings it reaches over stand in its text."""
    waiting: _Stretch | None = None
    for stretch in stretches:
        if waiting and any(start <= waiting.start and stretch.end <= end for start, end in joins):
            waiting = _unite(waiting, stretch)
            continue
        if waiting:
            yield waiting
        waiting = stretch
    if waiting:
        yield waiting


def _unite(first: _Stretch, second: _Stretch) -> _Stretch:
    pieces = (*first.pieces, *second.pieces)
    if first.path == second.path:
        return replace(first, pieces=pieces)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first.path, second.path, strict=False))
    if first.heading:
        heading = first.heading
        title = Piece(heading.start, heading.end, weigh(heading.text), heading.kind, heading.page)
        pieces = (title, *pieces)
    return _Stretch(pieces, tuple(one for one, _ in same))


def _pack(pieces: Sequence[Piece], path: tuple[str, ...]) -> Iterator[_Stretch]:
    """Fill chunks up to the target; what is left over joins the last one where it fits."""
    remaining = sum(piece.weight for piece in pieces)
    current: list[Piece] = []
    weight = 0.0
    for piece in pieces:
        is_full = weight >= TARGET_WEIGHT and weight + remaining > MAX_WEIGHT
        if current and (is_full or weight + piece.weight > MAX_WEIGHT or piece.alone or current[-1].alone):
            yield _Stretch(tuple(current), path)
            current = _overlap(current, piece)
            weight = sum(kept.weight for kept in current)
        current.append(piece)
        weight += piece.weight
        remaining -= piece.weight
    if current:
        yield _Stretch(tuple(current), path)


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
