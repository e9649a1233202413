"""Overlays: what staff changed lies where it was made, and every block stays true."""

from itertools import count

import pytest

from knowledge.anchors import Anchor
from knowledge.chunking import split
from knowledge.overlays import Overlaid, Overlay, apply
from knowledge.parsing.base import BlockKind, DocumentBuilder, ParsedDocument
from knowledge.placements import OverlayKind, Placement

_ids = count(1)


def manual(term: str = "24 months", opening: str = "Thank you for buying it.") -> ParsedDocument:
    """Return a manual with a bit of everything."""
    builder = DocumentBuilder()
    builder.heading("Aroma", 1)
    builder.paragraph(opening)
    builder.heading("Warranty", 2)
    builder.paragraph(f"The warranty lasts {term}. Keep the receipt. Lime is not covered.")
    builder.list_item("- first the lid")
    builder.list_item("- then the tank")
    builder.heading("Prices", 2)
    builder.table([["part", "price"], ["filter", "9 €"], ["pump", "49 €"]])
    builder.question_answer("May I return it?", "Yes, within 30 days.")
    return builder.finish()


def overlay(parsed: ParsedDocument, kind: str, old: str, text: str = "", at: int = 0) -> Overlay:
    """Return an edit made on the first ``old`` of a document."""
    start = parsed.text.index(old)
    block = next(block for block in parsed.blocks if block.start <= start < block.end)
    return Overlay(next(_ids), OverlayKind(kind), Anchor(start, old, block.heading_path), text, at)


def texts(overlaid: Overlaid) -> list[str]:
    """Return the texts of the blocks."""
    return [block.text for block in overlaid.parsed.blocks]


def assert_true_blocks(parsed: ParsedDocument) -> None:
    """Check that each block is where it says it is, in order and with true headings."""
    end = 0
    for block in parsed.blocks:
        assert parsed.text[block.start : block.end] == block.text
        assert block.text.strip()
        assert block.start >= end
        end = block.end


def test_without_edits_the_document_is_the_very_same() -> None:
    parsed = manual()

    overlaid = apply(parsed, ())

    assert overlaid.parsed is parsed
    assert overlaid == Overlaid(parsed)


def test_a_replaced_sentence_stands_in_the_text_and_all_after_it_moves() -> None:
    parsed = manual()

    overlaid = apply(
        parsed, [overlay(parsed, "replace", "The warranty lasts 24 months.", "It lasts three years, always.")]
    )

    assert texts(overlaid)[3] == "It lasts three years, always. Keep the receipt. Lime is not covered."
    assert texts(overlaid)[4:] == [block.text for block in parsed.blocks[4:]]
    assert_true_blocks(overlaid.parsed)


def test_a_replacement_with_a_blank_line_makes_two_paragraphs_under_the_same_headings() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "replace", "Keep the receipt.", "Keep it.\n\nReally do.")])

    made = overlaid.parsed.blocks[3:5]
    assert [block.text for block in made] == [
        "The warranty lasts 24 months. Keep it.",
        "Really do. Lime is not covered.",
    ]
    assert [block.heading_path for block in made] == [("Aroma", "Warranty")] * 2
    assert_true_blocks(overlaid.parsed)


def test_a_changed_table_row_is_a_row_again() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "replace", "| pump | 49 € |", "| pump | 59 € |")])

    table = next(block for block in overlaid.parsed.blocks if block.kind is BlockKind.TABLE)
    assert table.rows == (("part", "price"), ("filter", "9 €"), ("pump", "59 €"))


def test_a_renamed_heading_is_renamed_in_the_paths_below_it_only() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "replace", "Warranty", "Guarantee")])

    paths = [block.heading_path for block in overlaid.parsed.blocks]
    assert paths[3] == ("Aroma", "Guarantee")
    assert paths[7] == ("Aroma", "Prices")
    assert ("Aroma", "Warranty") not in paths


def test_a_heading_taken_away_leaves_what_stood_below_it_under_its_parent() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "replace", "Warranty\n\nThe warranty", "The warranty")])

    assert overlaid.parsed.blocks[2].text.startswith("The warranty lasts")
    assert overlaid.parsed.blocks[2].heading_path == ("Aroma",)
    assert_true_blocks(overlaid.parsed)


def test_a_changed_answer_keeps_its_question_and_a_changed_question_is_the_blocks() -> None:
    parsed = manual()

    changed = [
        overlay(parsed, "replace", "Yes, within 30 days.", "No."),
        overlay(parsed, "replace", "May I return it?", "Can I?"),
    ]

    for edit, question in zip(changed, ("May I return it?", "Can I?"), strict=True):
        assert apply(parsed, [edit]).parsed.blocks[-1].question == question


def test_text_taken_away_leaves_no_hole() -> None:
    parsed = manual()

    overlaid = apply(
        parsed,
        [overlay(parsed, "replace", "Keep the receipt."), overlay(parsed, "replace", "- then the tank")],
    )

    assert texts(overlaid)[3:6] == [
        "The warranty lasts 24 months. Lime is not covered.",
        "- first the lid",
        "Prices",
    ]
    assert "\n\n\n" not in overlaid.parsed.text
    assert_true_blocks(overlaid.parsed)


def test_an_added_text_is_a_chunk_of_its_own_under_the_same_headings() -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, "add", "Lime is not covered.", "Call us first.")])

    chunks = split(overlaid.parsed, overlaid.cuts, overlaid.joins)
    (added,) = [chunk for chunk in chunks if "Call us" in chunk.text]
    assert (added.text, added.heading_path) == ("Call us first.", ("Aroma", "Warranty"))
    assert texts(overlaid)[4] == "Call us first."


def test_an_added_text_survives_when_the_paragraph_before_it_is_taken_away() -> None:
    parsed = manual()
    edits = [
        overlay(parsed, "add", "- then the tank", "Dry it."),
        overlay(parsed, "replace", "- then the tank"),
    ]

    overlaid = apply(parsed, edits)

    assert texts(overlaid)[4:6] == ["- first the lid", "Dry it."]
    assert_true_blocks(overlaid.parsed)


def test_an_edit_follows_its_stretch_when_the_source_changes_elsewhere() -> None:
    edit = overlay(manual(), "replace", "The warranty lasts 24 months.", "It lasts 36 months.")
    newer = manual(opening="A quite different opening, and much longer than it was before.")

    overlaid = apply(newer, [edit])

    assert texts(overlaid)[3].startswith("It lasts 36 months. Keep")
    assert overlaid.conflicts == ()
    assert overlaid.anchors[0][1][0] == newer.text.index("The warranty")


def test_a_stretch_wrapped_otherwise_is_still_the_same() -> None:
    parsed = manual()
    edit = overlay(parsed, "replace", "The warranty lasts 24 months.", "Changed.")
    wrapped = Overlay(
        edit.id,
        edit.kind,
        Anchor(edit.anchor.start, "The warranty\nlasts  24 months.", edit.anchor.heading_path),
        "Changed.",
    )

    overlaid = apply(parsed, [wrapped])

    assert texts(overlaid)[3].startswith("Changed. Keep")


def test_an_edit_whose_stretch_changed_is_a_conflict_that_shows_what_stands_there_now() -> None:
    edit = overlay(manual(), "replace", "The warranty lasts 24 months.", "It lasts 36 months.")
    newer = manual(term="30 months and no more")

    overlaid = apply(newer, [edit])

    (conflict,) = overlaid.conflicts
    assert conflict.found_text == "The warranty lasts 30 months and no more."
    assert conflict.found_start == newer.text.index(conflict.found_text)
    assert overlaid.parsed is newer


def test_when_all_of_a_stretch_went_nothing_is_offered_in_its_place() -> None:
    edit = overlay(manual(), "replace", "The warranty lasts 24 months.", "It lasts 36 months.")
    builder = DocumentBuilder()
    builder.paragraph("Opening hours: from nine to five, but on Sundays closed.")

    (conflict,) = apply(builder.finish(), [edit]).conflicts

    assert (conflict.found_text, conflict.found_start) == ("", None)


def test_a_short_sentence_is_not_taken_for_its_like_under_another_heading() -> None:
    edit = overlay(manual(), "disable", "Keep the receipt.")
    builder = DocumentBuilder()
    builder.heading("Shipping", 1)
    builder.paragraph("Keep the receipt. We deliver on Mondays.")

    overlaid = apply(builder.finish(), [edit])

    assert [conflict.edit for conflict in overlaid.conflicts] == [edit.id]


def test_two_edits_that_meet_in_one_stretch_leave_the_later_one_to_decide() -> None:
    parsed = manual()
    first = overlay(parsed, "replace", "Keep the receipt.", "Keep it.")
    second = overlay(parsed, "replace", "the receipt. Lime", "the bill. Lime")

    overlaid = apply(parsed, [second, first])

    assert [conflict.edit for conflict in overlaid.conflicts] == [second.id]
    assert "Keep it. Lime" in overlaid.parsed.text


def test_placements_survive_being_stored() -> None:
    parsed = manual()
    overlaid = apply(parsed, [overlay(parsed, "replace", "Keep the receipt.", "Keep it.")])

    again = [Placement.from_json(row.to_json()) for row in overlaid.placements]

    assert tuple(again) == overlaid.placements


@pytest.mark.parametrize("kind", list(OverlayKind))
def test_an_edit_of_every_kind_is_laid_on_an_unchanged_source(kind: OverlayKind) -> None:
    parsed = manual()

    overlaid = apply(parsed, [overlay(parsed, kind, "Keep the receipt.", "Keep it.", at=5)])

    assert [row.kind for row in overlaid.placements] == [kind]
    assert overlaid.conflicts == ()
