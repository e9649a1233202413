"""Reading: from a version's stored blocks to what the reader page shows, with the passage marked.

Pure: blocks and a span in, plain dictionaries for the template out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from knowledge.parsing.base import Block

MOST_BLOCKS = 400  # shown at once of a document without pages; the passage is always among them


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a version's text, in characters; empty when nothing is to be marked."""

    start: int = 0
    end: int = 0

    def touches(self, start: int, end: int) -> bool:
        """Say whether it shares a character with another stretch."""
        return self.start < end and start < self.end


def page_of(blocks: Sequence[Block], span: Span) -> int | None:
    """Return the page on which a passage begins."""
    return next((block.page for block in blocks if span.touches(block.start, block.end)), None)


def visible(blocks: Sequence[Block], page: int | None, span: Span) -> list[Block]:
    """Return the blocks of a page, or a long document's blocks around the passage."""
    if page is not None:
        return [block for block in blocks if block.page == page]
    first = next((i for i, block in enumerate(blocks) if span.touches(block.start, block.end)), 0)
    begin = max(0, min(first - MOST_BLOCKS // 2, len(blocks) - MOST_BLOCKS))
    return list(blocks[begin : begin + MOST_BLOCKS])


def shown(blocks: Sequence[Block], span: Span) -> list[dict[str, Any]]:
    """Return blocks as the template wants them: text in segments, marked where the passage is."""
    views = [
        {
            "kind": block.kind.value,
            "level": block.level,
            "page": block.page,
            "question": block.question,
            "segments": list(_segments(block.text, block.start, span)),
            "rows": [list(row) for row in _rows(block, span)],
        }
        for block in blocks
    ]
    _name_the_first(views)
    return views


def _name_the_first(views: list[dict[str, Any]]) -> None:
    """Tell the first marked piece, so that the page can carry one anchor without a script."""
    for view in views:
        # A table shows its cells, every other block its segments.
        cells = [cell for row in view["rows"] for cell in row] or view["segments"]
        for piece in cells:
            if piece["marked"]:
                piece["first"] = True
                return


def _segments(text: str, offset: int, span: Span) -> Iterator[dict[str, Any]]:
    """Cut a text at the ends of the passage."""
    cuts = sorted({0, len(text), *(min(max(at - offset, 0), len(text)) for at in (span.start, span.end))})
    for start, end in pairwise(cuts):
        yield {"text": text[start:end], "marked": span.touches(offset + start, offset + end)}


def _rows(block: Block, span: Span) -> Iterator[list[dict[str, Any]]]:
    """Give a table's rows; a row is one line of the block's text, marked as a whole."""
    place = block.start
    for row, line in zip(block.rows, block.text.split("\n"), strict=False):
        marked = span.touches(place, place + len(line))
        yield [{"text": cell, "marked": marked} for cell in row]
        place += len(line) + 1
