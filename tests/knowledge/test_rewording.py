"""Rewording: an edit is anchored at the sentences that were changed, and at no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rewording import reworded

TEXT = "Open the lid. Fill the tank. Close the lid."


@pytest.mark.parametrize(
    ("after", "anchor", "words"),
    [
        ("Open the lid. Fill the whole tank. Close the lid.", "Fill the tank.", "Fill the whole tank."),
        ("Open the lid. Empty it. Close the lid.", "Fill the tank.", "Empty it."),
        ("Open the lid. Fill the tank. Close the lid. Wait.", "Close the lid.", "Close the lid. Wait."),
        ("Wait. Open the lid. Fill the tank. Close the lid.", "Open the lid.", "Wait. Open the lid."),
        ("Lift the lid. Fill the tank. Shut the lid.", TEXT, "Lift the lid. Fill the tank. Shut the lid."),
        ("", TEXT, ""),
    ],
)
def test_only_the_sentences_that_were_changed_are_the_anchor(after: str, anchor: str, words: str) -> None:
    found = reworded(TEXT, after, "en")

    assert found is not None
    (start, end), text = found
    assert (TEXT[start:end], text) == (anchor, words)


def test_what_was_not_changed_has_no_anchor() -> None:
    assert reworded(TEXT, TEXT, "en") is None


WORDINGS = st.lists(st.sampled_from(["Open it.", "Fill it.", "Close it.", "Wait."]), min_size=1, max_size=5)


@given(WORDINGS.map(" ".join), WORDINGS.map(" ".join))
def test_the_new_words_in_the_place_of_the_anchor_give_the_new_text(before: str, after: str) -> None:
    found = reworded(before, after, "en")

    (start, end), text = found or ((0, 0), "")
    assert (before[:start] + text + before[end:]).split() == after.split()
