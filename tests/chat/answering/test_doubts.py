"""A closer look: sentences are compared with a question where it is in doubt whether they answer it."""

from dataclasses import replace

import pytest

from chat.answering.closer import EACH, doubts, likeliest
from chat.answering.deciding import CLOSER, Calibration, calibrated, decide, is_in_doubt, logit_of
from tests.factories import passage

QUESTION = "Does the machine have a filter for lime?"
TEXT = (
    "The tank holds two litres. A filter against lime sits in the tank. Coffee tastes best fresh. "
    "Change the filter every three months."
)
SIGNS = {"nearness": 0.45, "lead": 0.1, "words": 5.0, "coverage": 0.2, "score": 0.3}
DOUBTFUL = passage(TEXT, **SIGNS)
CALIBRATION = Calibration()


def test_doubt_is_what_a_closer_look_could_change() -> None:
    sure = passage(TEXT)
    hopeless = passage(TEXT, nearness=0.0, lead=0.0, words=0.0, coverage=0.0, score=0.0)

    assert is_in_doubt(QUESTION, [DOUBTFUL], CALIBRATION)
    assert not is_in_doubt(QUESTION, [sure], CALIBRATION)
    assert not is_in_doubt(QUESTION, [hopeless], CALIBRATION)
    assert not is_in_doubt(QUESTION, [], CALIBRATION)


@pytest.mark.parametrize("answer_from", [0.0, 1.0])
def test_who_answers_all_or_nothing_is_never_in_doubt(answer_from: float) -> None:
    assert not is_in_doubt(QUESTION, [DOUBTFUL], Calibration(answer_from=answer_from))


def test_doubt_moves_with_the_installations_own_calibration() -> None:
    strict = Calibration(answer_from=calibrated(logit_of(QUESTION, [passage(TEXT)]), CALIBRATION))

    assert is_in_doubt(QUESTION, [passage(TEXT)], strict)
    assert not is_in_doubt(QUESTION, [DOUBTFUL], strict)


def test_the_parts_that_share_most_with_the_question_are_compared() -> None:
    texts = likeliest(QUESTION, [DOUBTFUL, passage("# Lime filter\n\nNothing here.", **SIGNS)])

    assert texts == {
        "A filter against lime sits in the tank.": 0,
        "Change the filter every three months.": 0,
        "Nothing here.": 1,
    }
    assert EACH == 2


def test_a_row_is_compared_by_the_question_it_answers_as_well() -> None:
    row = passage("Is lime bad?\nYes, it is.", question="Is lime bad?", **SIGNS)

    assert likeliest(QUESTION, [row]) == {"Is lime bad?": 0, "Yes, it is.": 0}


def test_no_more_than_the_first_passages_are_looked_at() -> None:
    texts = likeliest(QUESTION, [passage(f"Sentence {number}.", **SIGNS) for number in range(5)])

    assert list(texts.values()) == [0, 1, 2]


def test_only_what_leaves_doubt_is_compared() -> None:
    assert doubts(QUESTION, CALIBRATION, [DOUBTFUL]) == likeliest(QUESTION, [DOUBTFUL])
    assert doubts(QUESTION, CALIBRATION, [passage(TEXT)]) == {}
    assert doubts(QUESTION, CALIBRATION, []) == likeliest(QUESTION, []) == {}


def test_nearer_sentences_make_it_likelier_that_the_answer_is_there() -> None:
    first, second = replace(DOUBTFUL, closest=0.2), replace(DOUBTFUL, closest=0.8)

    low, high, best = (
        decide(QUESTION, found, CALIBRATION).confidence for found in ([first], [second], [first, second])
    )

    assert CLOSER["closest"] > 0
    assert low < high == best
