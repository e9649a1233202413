"""What the parsing tests share: the sample documents and the span rule."""

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.parsing.base import Block, BlockKind, ParsedDocument

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def samples() -> Path:
    """The folder of sample documents."""
    return SAMPLES


@pytest.fixture
def blocks_of() -> Callable[[ParsedDocument, BlockKind], list[Block]]:
    """Return a function that picks the blocks of one kind and checks all spans on the way."""

    def pick(parsed: ParsedDocument, kind: BlockKind) -> list[Block]:
        assert [parsed.text[block.start : block.end] for block in parsed.blocks] == [
            block.text for block in parsed.blocks
        ]
        return [block for block in parsed.blocks if block.kind is kind]

    return pick
