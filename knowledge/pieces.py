"""Pieces: from a block to the smallest stretches that chunking moves as a whole.

A piece is a sentence, a short list, a small table, a few table rows or a question with its
answer. None weighs more than a chunk may, whatever the text: without sentence ends it is cut
between words, without words between characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.parsing.base import Block, BlockKind
from knowledge.sentences import Span, sentences

MAX_WEIGHT = 160
MAX_HEADER_WEIGHT = 60

# Weight counts words. Chinese and Japanese have about two characters to a word, Thai, Lao,
# Burmese and Khmer about four; a "word" beyond 24 characters is a URL or a dump and counts
# once for every 24.
_TWO_TO_A_WORD = "\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_FOUR_TO_A_WORD = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"
_LONG = 24
_ATOM = re.compile(
    rf"(?P<two>[{_TWO_TO_A_WORD}])|(?P<four>[{_FOUR_TO_A_WORD}])"
    rf"|[^\s{_TWO_TO_A_WORD}{_FOUR_TO_A_WORD}]{{1,{_LONG}}}"
)
_UNSPACED = re.compile(rf"[{_TWO_TO_A_WORD}{_FOUR_TO_A_WORD}]")
_WEIGHTS = {"two": 0.5, "four": 0.25, None: 1.0}
_LINE = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that stays whole: ``header`` is repeated before it, one ``alone`` is a chunk of its own."""

    start: int
    end: int
    weight: float
    kind: BlockKind
    page: int | None
    is_sentence: bool = False
    alone: bool = False
    header: str = ""
    question: str = ""


def weigh(text: str) -> float:
    """Return how many words ``text`` is worth."""
    if not _UNSPACED.search(text):
        return float(sum((len(word) + _LONG - 1) // _LONG for word in text.split()))
    return sum(_WEIGHTS[match.lastgroup] for match in _ATOM.finditer(text))


def hard_spans(text: str, limit: float = MAX_WEIGHT) -> Iterator[Span]:
    """Yield spans of at most ``limit`` weight, cut between words or, failing that, characters."""
    start = end = 0
    weight = 0.0
    for match in _ATOM.finditer(text):
        atom = _WEIGHTS[match.lastgroup]
        if weight and weight + atom > limit:
            yield start, end
            weight = 0.0
        if not weight:
            start = match.start()
        end = match.end()
        weight += atom
    if weight:
        yield start, end


def pieces_of(block: Block, language: str) -> list[Piece]:
    """Return the pieces of ``block`` in order."""
    weight = weigh(block.text)
    whole = Piece(block.start, block.end, weight, block.kind, block.page, question=block.question)
    if block.kind is BlockKind.QUESTION_ANSWER:
        return [replace(piece, alone=True) for piece in _answer_parts(block, whole, language)]
    if block.kind is BlockKind.TABLE and weight > MAX_WEIGHT:
        return list(_row_groups(block))
    if weight <= MAX_WEIGHT and block.kind is not BlockKind.PARAGRAPH:
        return [whole]
    spans = _lines(block.text) if block.kind is BlockKind.CODE else sentences(block.text, language)
    return [
        replace(
            whole,
            start=block.start + start,
            end=block.start + end,
            weight=part,
            is_sentence=True,
        )
        for start, end, part in _bounded(block.text, spans)
    ]


def glued(pieces: Sequence[Piece]) -> list[Piece]:
    """Join every run of list items, and every small table, with its lead-in, as far as that fits."""
    result: list[Piece] = []
    for is_list, run in groupby(pieces, key=_wants_lead_in):
        members = list(run)
        if is_list:
            members = _with_lead_in(result, members)
        result.extend(members)
    return result


def _wants_lead_in(piece: Piece) -> bool:
    whole_table = piece.kind is BlockKind.TABLE and not piece.alone
    return whole_table or (piece.kind is BlockKind.LIST_ITEM and not piece.is_sentence)


def _with_lead_in(before: list[Piece], items: list[Piece]) -> list[Piece]:
    """Take the sentence before off ``before`` and join it with all ``items``, or with the first."""
    leads = bool(before) and before[-1].is_sentence and before[-1].kind is BlockKind.PARAGRAPH
    lead = [before.pop()] if leads else []
    for count in (len(items), 1):
        group = lead + items[:count]
        if len(group) > 1 and sum(piece.weight for piece in group) <= MAX_WEIGHT:
            return [_joined(group), *items[count:]]
    return lead + items


def _joined(pieces: Sequence[Piece]) -> Piece:
    kind = max(pieces, key=lambda piece: piece.weight).kind
    weight = sum(piece.weight for piece in pieces)
    return Piece(pieces[0].start, pieces[-1].end, weight, kind, pieces[0].page)


def _answer_parts(block: Block, whole: Piece, language: str) -> Iterator[Piece]:
    """Yield the row whole, or sentence by sentence filled up to the limit."""
    if whole.weight <= MAX_WEIGHT:
        yield whole
        return
    parts = _bounded(block.text, sentences(block.text, language))
    for start, end, weight in _filled(parts):
        yield replace(whole, start=block.start + start, end=block.start + end, weight=weight)


def _row_groups(block: Block) -> Iterator[Piece]:
    """Yield the rows of a big table in groups that fit, each with the header to repeat."""
    lines = _lines(block.text)
    header = block.text[slice(*lines[0])]
    header_weight = weigh(header)
    if header_weight > MAX_HEADER_WEIGHT:
        header, header_weight = "", 0.0
    parts = _bounded(block.text, lines[1:] if header else lines, MAX_WEIGHT - header_weight)
    is_first = bool(header)
    for start, end, weight in _filled(parts, MAX_WEIGHT - header_weight):
        yield Piece(
            start=block.start if is_first else block.start + start,
            end=block.start + end,
            weight=weight + header_weight,
            kind=block.kind,
            page=block.page,
            alone=True,
            header=f"{header}\n" if header and not is_first else "",
        )
        is_first = False


def _lines(text: str) -> list[Span]:
    return [match.span() for match in _LINE.finditer(text)]


def _bounded(text: str, spans: Sequence[Span], limit: float = MAX_WEIGHT) -> Iterator[tuple[int, int, float]]:
    """Yield ``spans`` with their weights, cutting those that are too heavy."""
    for start, end in spans:
        weight = weigh(text[start:end])
        if weight <= limit:
            yield start, end, weight
            continue
        for first, last in hard_spans(text[start:end], limit):
            yield start + first, start + last, weigh(text[start + first : start + last])


def _filled(
    parts: Iterator[tuple[int, int, float]], limit: float = MAX_WEIGHT
) -> Iterator[tuple[int, int, float]]:
    """Join neighbours until they would exceed ``limit``."""
    current: tuple[int, int, float] | None = None
    for start, end, weight in parts:
        if current and current[2] + weight <= limit:
            current = (current[0], end, current[2] + weight)
            continue
        if current:
            yield current
        current = (start, end, weight)
    if current:
        yield current
