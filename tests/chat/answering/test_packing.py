"""Packing: what of the passages the model gets, and in which order."""

import uuid

import pytest

from chat.answering.packing import FENCE_TOKENS, packed, tokens_in
from tests.factories import passage

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("text", "tokens"), [("x" * 35, 10), ("保修期为两年", 6), ("保修 two years", 5), ("", 0)]
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert tokens_in(text) == tokens


def test_what_fits_comes_whole_and_the_rest_is_left_out() -> None:
    passages = [passage("x" * 350), passage("y" * 350), passage("z" * 350)]

    given = packed(passages, 2 * (100 + FENCE_TOKENS))

    assert [(one.number, len(one.text)) for one in given] == [(1, 350), (2, 350)]


def test_a_long_passage_is_cut_at_the_end_of_a_sentence() -> None:
    sentence = "The lamp blinks twice when the machine is ready again. "
    long = passage(sentence * 50)

    (given,) = packed([long], 200)

    assert given.text.endswith("ready again.")
    assert long.text.startswith(given.text)
    assert FENCE_TOKENS + tokens_in(given.text) <= 200 < FENCE_TOKENS + tokens_in(given.text + sentence)


def test_what_comes_after_a_cut_passage_does_not_overtake_it() -> None:
    passages = [passage("A first one. " * 60), passage("x" * 35)]

    given = packed(passages, 150)

    assert [one.number for one in given] == [1]


def test_no_scrap_of_a_passage_is_given() -> None:
    passages = [passage("x" * 350), passage("Another one. " * 60)]

    given = packed(passages, 100 + 2 * FENCE_TOKENS + 30)

    assert [one.number for one in given] == [1]


def test_neighbours_of_one_version_are_read_in_order_and_keep_their_numbers() -> None:
    passages = [
        passage("Third.", version_id=ONE, start=300),
        passage("Elsewhere.", version_id=TWO, start=0),
        passage("First.", version_id=ONE, start=100),
    ]

    given = packed(passages, 3000)

    assert [(one.number, one.text) for one in given] == [(3, "First."), (1, "Third."), (2, "Elsewhere.")]
