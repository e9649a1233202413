"""Placements: what staff split, merge and disable bounds chunks, and each place is found in both texts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.anchors import Anchor
from knowledge.chunking import MAX_JOINED_WEIGHT, split
from knowledge.overlays import Overlay, apply
from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.pieces import weigh
from knowledge.placements import OverlayKind, backward, forward, source_of
from knowledge.sentences import sentences
from tests.knowledge.test_overlays import assert_true_blocks, manual, overlay


def test_a_split_ends_a_chunk_in_its_place_and_repeats_nothing() -> None:
    parsed = manual()
    whole = "The warranty lasts 24 months. Keep the receipt. Lime is not covered."

    overlaid = apply(parsed, [overlay(parsed, "split", whole, at=whole.index("Keep"))])

    found = [chunk.text for chunk in split(overlaid.parsed, overlaid.cuts) if "24 months" in chunk.text]
    assert found == ["The warranty lasts 24 months."]


def test_a_merge_makes_one_chunk_across_a_heading_which_then_stands_in_the_text() -> None:
    builder = DocumentBuilder()
    builder.heading("Help", 1)
    for title, word in (("Reset", "lamp"), ("Clean", "tank")):
        builder.heading(title, 2)
        builder.paragraph(f"Mind the {word} of the machine well. " * 8)
    parsed = builder.finish()
    before = split(parsed)
    stretch = parsed.text[before[0].start : before[1].end]

    overlaid = apply(parsed, [overlay(parsed, "merge", stretch)])
    (merged,) = split(overlaid.parsed, overlaid.cuts, overlaid.joins)

    assert len(before) == 2
    assert merged.heading_path == ("Help",)
    assert merged.text.startswith("Reset\n\nMind the lamp")
    assert "\n\nClean\n\nMind the tank" in merged.text


def test_a_join_too_heavy_for_a_chunk_joins_nothing() -> None:
    builder = DocumentBuilder()
    builder.paragraph("Mind the lamp of the machine well. " * 60)
    parsed = builder.finish()

    joined = split(parsed, joins=[(0, len(parsed.text))])

    assert weigh(parsed.text) > MAX_JOINED_WEIGHT
    assert joined == split(parsed)


def test_a_cut_through_a_table_gives_the_second_part_the_header() -> None:
    parsed = manual()

    chunks = split(parsed, cuts=[parsed.text.index("| pump")])

    assert "| part | price |\n| pump | 49 € |" in [chunk.text for chunk in chunks]


def test_a_disabled_stretch_is_cut_out_and_marked() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "disable", "Keep the receipt.")])

    chunks = split(overlaid.parsed, overlaid.cuts)
    disabled = [chunk.text for chunk in chunks if overlaid.disables(chunk.start, chunk.end)]
    assert disabled == ["Keep the receipt."]
    assert sum("Keep the receipt." in chunk.text for chunk in chunks) == 1


WORDS = st.sampled_from("lamp tank pump lid filter receipt months days 24 49 warm cold never always".split())
SENTENCES = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words).capitalize() + ".")


@st.composite
def documents(draw: st.DrawFn) -> ParsedDocument:
    """Make documents of headings, paragraphs, lists, tables, code and questions."""
    builder = DocumentBuilder()
    for _ in range(draw(st.integers(1, 8))):
        said = " ".join(draw(st.lists(SENTENCES, min_size=1, max_size=4)))
        match draw(st.integers(0, 6)):
            case 0:
                builder.heading(said[:30], draw(st.integers(1, 3)))
            case 1:
                builder.list_item(f"- {said}")
            case 2:
                builder.table([["a", "b"], [said, draw(WORDS)]])
            case 3:
                builder.code(f"{said}\n\n  {said}")
            case 4:
                builder.question_answer(f"{said}?", said)
            case _:
                builder.paragraph(said)
    return builder.finish()


@st.composite
def edited(draw: st.DrawFn) -> tuple[ParsedDocument, list[Overlay]]:
    """Make a document with edits of all kinds on stretches of its sentences."""
    parsed = draw(documents())
    edits: list[Overlay] = []
    for number in range(draw(st.integers(1, 5))):
        block = draw(st.sampled_from(parsed.blocks))
        spans = sentences(block.text)
        first = draw(st.integers(0, len(spans) - 1))
        last = draw(st.integers(first, len(spans) - 1))
        start, end = block.start + spans[first][0], block.start + spans[last][1]
        if draw(st.booleans()):
            end = next((other.end for other in parsed.blocks if other.start > end), end)
        text = draw(
            st.sampled_from(
                [
                    "",
                    "One.",
                    "One. Two.",
                    "One.\n\nTwo.",
                    "\n\n One \n\n\n Two\n",
                    "- One\n- Two",
                    "| One | Two |",
                ]
            )
        )
        kind = draw(st.sampled_from(OverlayKind))
        anchor = Anchor(start, parsed.text[start:end], block.heading_path)
        edits.append(
            Overlay(
                number,
                kind,
                anchor,
                text or ("One." if kind is OverlayKind.ADD else ""),
                draw(st.integers(0, end - start)),
            )
        )
    return parsed, edits


@given(edited())
@settings(max_examples=300, deadline=None)
def test_whatever_is_edited_blocks_chunks_and_the_way_back_stay_true(
    case: tuple[ParsedDocument, list[Overlay]],
) -> None:
    parsed, edits = case

    overlaid = apply(parsed, edits)

    assert_true_blocks(overlaid.parsed)
    assert apply(parsed, reversed(edits)) == overlaid
    assert source_of(overlaid.parsed.text, overlaid.placements) == parsed.text
    for chunk in split(overlaid.parsed, overlaid.cuts, overlaid.joins):
        assert chunk.text.endswith(overlaid.parsed.text[chunk.start : chunk.end])
    laid = {row.edit for row in overlaid.placements} | {conflict.edit for conflict in overlaid.conflicts}
    assert laid == {edit.id for edit in edits}


@given(edited())
@settings(max_examples=200, deadline=None)
def test_a_place_no_edit_touched_is_found_in_the_edited_text_and_back(
    case: tuple[ParsedDocument, list[Overlay]],
) -> None:
    parsed, edits = case

    overlaid = apply(parsed, edits)

    text = overlaid.parsed.text
    for place in range(len(parsed.text)):
        if not any(row.start <= place < row.end for row in overlaid.placements if row.source):
            there = forward(overlaid.placements, place)
            assert text[there] == parsed.text[place]
            assert backward(overlaid.placements, there) == place
