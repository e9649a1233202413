"""Rewriting: what of a conversation a follow-up takes along."""

from chat.answering.events import Turn
from chat.answering.rewriting import earlier_questions


def test_the_last_two_questions_are_taken_along_oldest_first() -> None:
    history = [
        Turn("Where are you?", "Here."),
        Turn("How long is the warranty?", "24 months."),
        Turn("Why?", "So."),
    ]

    assert earlier_questions(history) == ("How long is the warranty?", "Why?")
    assert earlier_questions([]) == ()


def test_what_was_no_question_is_left_out() -> None:
    history = [
        Turn("How long is the warranty?", "24 months."),
        Turn("Hi", "Hello!"),
        Turn("Thank you!", "Gladly."),
    ]

    assert earlier_questions(history) == ("How long is the warranty?",)
