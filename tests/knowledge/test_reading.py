"""Reading: blocks as the reader page shows them, with the passage marked."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.parsing.base import Block, BlockKind, DocumentBuilder
from knowledge.reading import MOST_BLOCKS, Span, page_of, shown, visible


def blocks_of_two_pages() -> list[Block]:
    """Return a heading and two paragraphs, one on the next page."""
    builder = DocumentBuilder()
    builder.page = 1
    builder.heading("Reset", 1)
    builder.paragraph("Hold the button.")
    builder.page = 2
    builder.paragraph("The lamp blinks.")
    return list(builder.finish().blocks)


def test_the_page_is_that_on_which_the_passage_begins() -> None:
    blocks = blocks_of_two_pages()
    last = blocks[-1]

    assert page_of(blocks, Span(last.start, last.end)) == 2
    assert page_of(blocks, Span(0, last.end)) == 1
    assert page_of(blocks, Span()) is None


def test_a_page_shows_its_blocks_only() -> None:
    blocks = blocks_of_two_pages()

    assert visible(blocks, 2, Span()) == blocks[-1:]


def test_a_long_document_without_pages_shows_the_blocks_around_the_passage() -> None:
    builder = DocumentBuilder()
    for number in range(3 * MOST_BLOCKS):
        builder.paragraph(f"Paragraph {number}.")
    blocks = list(builder.finish().blocks)
    wanted = blocks[2 * MOST_BLOCKS]

    near = visible(blocks, None, Span(wanted.start, wanted.end))

    assert wanted in near
    assert len(near) == MOST_BLOCKS
    assert visible(blocks, None, Span())[0] == blocks[0]


def test_the_passage_is_marked_and_nothing_else() -> None:
    blocks = blocks_of_two_pages()
    start = blocks[1].start + len("Hold ")

    segments = shown(blocks, Span(start, start + len("the button")))[1]["segments"]

    assert [(segment["text"], segment["marked"]) for segment in segments] == [
        ("Hold ", False),
        ("the button", True),
        (".", False),
    ]


def test_a_row_of_a_table_is_marked_as_a_whole() -> None:
    builder = DocumentBuilder()
    builder.table([["Code", "Meaning"], ["E-42", "Pump"], ["E-43", "Lid"]])
    blocks = list(builder.finish().blocks)
    start = blocks[0].text.index("E-42")

    rows = shown(blocks, Span(start, start + 4))[0]["rows"]

    assert [[cell["marked"] for cell in row] for row in rows] == [[False] * 2, [True] * 2, [False] * 2]


@given(st.integers(0, 80), st.integers(0, 80))
def test_the_segments_of_a_block_are_its_text_whatever_the_span(start: int, end: int) -> None:
    blocks = blocks_of_two_pages()

    for block, entry in zip(blocks, shown(blocks, Span(start, end)), strict=True):
        assert "".join(segment["text"] for segment in entry["segments"]) == block.text
        assert entry["kind"] == block.kind.value
    assert blocks[0].kind == BlockKind.HEADING
