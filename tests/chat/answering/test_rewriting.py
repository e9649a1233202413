"""Rewriting: follow-ups made to stand alone."""

import pytest

from chat.answering.events import Turn
from chat.answering.rewriting import stand_alone


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("And for the big one?", "How long is the warranty? And for the big one?"),
        ("Und wie lange dort?", "How long is the warranty? Und wie lange dort?"),
        ("Why?", "How long is the warranty? Why?"),
        ("How do I clean the milk frother of the Aroma?", "How do I clean the milk frother of the Aroma?"),
    ],
)
def test_only_a_follow_up_is_searched_together_with_the_question_before(question: str, searched: str) -> None:
    history = [Turn("Where are you?", "Here."), Turn("How long is the warranty?", "24 months.")]

    assert stand_alone(question, history) == searched
    assert stand_alone(question, []) == question
