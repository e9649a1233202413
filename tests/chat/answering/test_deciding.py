"""Deciding: what is done with what was found."""

from dataclasses import replace

import pytest

from chat.answering.deciding import Calibration, Decision, Kind, decide
from knowledge.passages import Passage
from tests.factories import passage

CALIBRATION = Calibration()


def confidence(found: Passage) -> float:
    return decide("x", [found], CALIBRATION).confidence


def test_no_passages_mean_no_confidence() -> None:
    assert decide("x", [], CALIBRATION) == Decision(Kind.DECLINE, 0.0)


WEAK = passage("x", nearness=0.3, lead=0.1, words=1.0, coverage=0.1, score=0.1)


@pytest.mark.parametrize("sign", ["nearness", "lead", "words", "coverage"])
def test_confidence_grows_with_everything_that_speaks_for_a_passage(sign: str) -> None:
    better = replace(WEAK, **{sign: 2 * getattr(WEAK, sign)})

    assert 0 < confidence(WEAK) < confidence(better) < 1


def test_an_installation_moves_confidence_and_the_threshold() -> None:
    shipped = decide("x", [WEAK], Calibration(answer_from=0.0)).confidence

    bolder = decide("x", [WEAK], Calibration(answer_from=0.0, intercept=1.0)).confidence
    stricter = decide("x", [WEAK], Calibration(answer_from=1.0))

    assert bolder > shipped
    assert (stricter.kind, stricter.confidence) == (Kind.DECLINE, shipped)


RIVALS = [
    passage("x", title="Aroma 3000", heading_path=("Warranty",), score=0.3),
    passage("y", title="Rill", heading_path=("Warranty",), score=0.25),
    passage("z", title="Shop", heading_path=("Returns",), score=0.01),
]


def test_a_bare_word_that_two_documents_answer_is_asked_back() -> None:
    decision = decide("warranty", RIVALS, CALIBRATION)

    assert decision.kind is Kind.CLARIFY
    assert decision.readings == ("Aroma 3000 › Warranty", "Rill › Warranty")


@pytest.mark.parametrize("question", ["How long is the warranty of the Rill?", "E-42", "error 42"])
def test_a_whole_question_or_a_code_is_not_asked_back(question: str) -> None:
    assert decide(question, RIVALS, CALIBRATION).kind is Kind.ANSWER


def test_what_one_passage_answers_best_is_not_asked_back() -> None:
    clear = [replace(RIVALS[0], score=0.9), *RIVALS[1:]]

    assert decide("warranty", clear, CALIBRATION).kind is Kind.ANSWER


@pytest.mark.parametrize(
    "question",
    [
        "这台洗衣机的保修期是多长时间？",
        "如何重置密码？",
        "怎么退货",
        "請問可以退貨嗎？",
        "我想知道保修的期限和条件",
        "保証期間はどのくらいですか？",
        "パスワードをリセットする方法を教えてください",
        "การรับประกันมีอายุกี่ปี",
        "ต้องการทราบระยะเวลารับประกันของเครื่อง",
        "ຢາກຮູ້ໄລຍະເວລາຮັບປະກັນຂອງເຄື່ອງ",
    ],
)
def test_a_whole_question_without_spaces_is_not_asked_back(question: str) -> None:
    assert decide(question, RIVALS, CALIBRATION).kind is Kind.ANSWER


@pytest.mark.parametrize("words", ["保修", "保修？", "退货政策", "保証", "การรับประกัน", "보증 기간"])
def test_a_few_words_without_spaces_are_asked_back(words: str) -> None:
    assert decide(words, RIVALS, CALIBRATION).kind is Kind.CLARIFY


def test_a_code_that_is_there_speaks_for_an_answer_and_one_that_is_nowhere_against_it() -> None:
    signs = {"nearness": 0.5, "lead": 0.1, "words": 5.0, "coverage": 0.3}

    def confidence(**code: object) -> float:
        return decide("What does E99 mean?", [passage("Error.", **signs, **code)], Calibration()).confidence

    assert confidence(lacks_code=True) < confidence() < confidence(code=1.0)
    assert decide(
        "What does E99 mean?", [passage("Error.", **signs, lacks_code=True)], Calibration()
    ).kind is (Kind.DECLINE)
