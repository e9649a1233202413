"""Diffing: a person sees what changed, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.diffing import (
    MOST_PARAGRAPHS,
    MOST_ROWS,
    MOST_WORDS,
    RowKind,
    Segments,
    compare,
    compare_texts,
    words,
)


def marked(segments: Segments) -> list[str]:
    """Return the marked words."""
    return [segment.text for segment in segments if segment.marked]


def test_a_changed_paragraph_is_marked_word_by_word_between_its_neighbours() -> None:
    before = [f"Paragraph number {n}." for n in range(9)]
    after = [*before[:4], "Paragraph number four, changed.", *before[5:]]

    diff = compare(before, after)

    assert [row.kind for row in diff.rows] == ["folded", "same", "changed", "same", "folded"]
    assert [row.folded for row in diff.rows] == [3, 0, 0, 0, 3]
    assert marked(diff.rows[2].left) == ["4"]
    assert marked(diff.rows[2].right) == ["four, changed"]
    assert diff.changes == 1


def test_added_and_removed_paragraphs_are_told_apart() -> None:
    diff = compare_texts("One thing.\n\nAnother matter.", "One thing.\n\nA new subject here.\n\nLast words.")

    assert [row.kind for row in diff.rows] == ["same", "removed", "added", "added"]


def test_a_paragraph_pushed_down_by_a_new_one_is_paired_with_itself() -> None:
    diff = compare(["The warranty lasts 24 months."], ["Hello there.", "The warranty lasts 36 months."])

    assert [row.kind for row in diff.rows] == ["added", "changed"]


def test_equal_texts_have_no_changes() -> None:
    diff = compare_texts("One.\n\nTwo.", "One.\n\nTwo.")

    assert (diff.changes, diff.note) == (0, "")
    assert [(row.kind, row.folded) for row in diff.rows] == [(RowKind.FOLDED, 2)]


def test_a_diff_too_long_to_read_is_cut_and_says_so() -> None:
    before = [f"old {n}" for n in range(MOST_PARAGRAPHS + 5)]
    after = [f"new thing {n} x" for n in range(MOST_PARAGRAPHS + 5)]

    diff = compare(before, after)

    assert len(diff.rows) == MOST_ROWS
    assert str(MOST_PARAGRAPHS) in diff.note


def test_a_paragraph_too_long_to_compare_is_marked_as_a_whole() -> None:
    long = "word " * MOST_WORDS

    left, right = words(long + "a", long + "b")

    assert [segment.marked for segment in left + right] == [True, True]


TEXTS = st.lists(st.text("ab .", max_size=12), max_size=12)


@given(TEXTS, TEXTS)
def test_nothing_is_lost_on_either_side(before: list[str], after: list[str]) -> None:
    diff = compare(before, after)

    shown = [row for row in diff.rows if row.kind is not RowKind.FOLDED]
    left = ["".join(part.text for part in row.left) for row in shown if row.kind is not RowKind.ADDED]
    right = ["".join(part.text for part in row.right) for row in shown if row.kind is not RowKind.REMOVED]
    folded = sum(row.folded for row in diff.rows)
    assert len(left) + folded == len(before)
    assert len(right) + folded == len(after)
    assert [text for text in after if text not in before] == [text for text in right if text not in before]
    assert [text for text in before if text not in after] == [text for text in left if text not in after]
