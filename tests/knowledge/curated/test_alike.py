"""Alike: a remembered answer is given again only to a question that cannot mean something else."""

import pytest

from knowledge.curated import asks_the_same

NEAR = 0.99


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "How do I turn on email notifications for orders?",
            "How do I turn off email notifications for orders?",
        ),
        ("How do I enable two factor authentication?", "How do I disable two factor authentication?"),
        ("How do I install the app on my iPhone?", "How do I install the app on my Android?"),
        ("Can I pay by invoice?", "Can I not pay by invoice?"),
        ("How long is the warranty of the Aroma 3000?", "How long is the warranty of the Aroma 4000?"),
    ],
)
def test_a_word_in_the_place_of_another_is_another_question_however_near(one: str, other: str) -> None:
    assert not asks_the_same(one, other, NEAR)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I reset the machine?", "So how do I reset the machine?"),
        ("How do I reset the machine?", "how can i reset my machine"),
        ("How long is the warranty of the machine?", "How long is the warranty of the machine please?"),
    ],
)
def test_more_or_fewer_small_words_are_the_same_question(one: str, other: str) -> None:
    assert asks_the_same(one, other, NEAR)
    assert not asks_the_same(one, other, 0.96)
