"""Accents: a question in a foreign language, brought nearer to those of the documents."""

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedding.accents import QUESTIONS, tongues
from knowledge.embedding.bundled import BundledEmbedder

QUESTION = "Wie setze ich die Maschine zurück?"
PASSAGE = "To reset the machine, hold the power button for ten seconds."
DELIVERY = "大件商品的送货需要五到八个工作日。"  # five to eight working days


@pytest.fixture(scope="module")
def embedder() -> BundledEmbedder:
    """Return the real model."""
    return BundledEmbedder()


def test_the_same_questions_are_asked_in_every_language() -> None:
    wanted = "ar cs da de el en es fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk vi zh"
    assert sorted(QUESTIONS) == wanted.split()
    assert {len(set(questions)) for questions in QUESTIONS.values()} == {16}


def test_a_foreign_question_comes_nearer_to_what_answers_it(embedder: BundledEmbedder) -> None:
    asked, passage = embedder.embed_query(QUESTION), embedder.embed_passages([PASSAGE])[0]

    (tongue,) = tongues(asked, embedder, "de", ["en"])

    assert tongue.language == "en"
    assert tongue.vector @ passage > asked @ passage
    assert np.linalg.norm(tongue.vector) == pytest.approx(1.0, abs=1e-5)


def test_what_answers_in_another_language_comes_before_what_does_not_in_its_own(
    embedder: BundledEmbedder,
) -> None:
    asked = embedder.embed_query("发动机的保修期有多长？")  # how long the motor's warranty is
    answers, other = embedder.embed_passages(["The warranty of the motor lasts ten years.", DELIVERY])

    (tongue,) = tongues(asked, embedder, "zh", ["en", "zh"])

    assert asked @ other > asked @ answers
    assert tongue.vector @ answers + tongue.lift > asked @ other
    assert 0.01 < tongue.lift < 0.05


def test_each_language_but_the_own_is_compared_in_its_way(embedder: BundledEmbedder) -> None:
    asked = embedder.embed_query(QUESTION)

    english, chinese = tongues(asked, embedder, "de", ["de", "en", "xx", "zh"])

    assert [english.language, chinese.language] == ["en", "zh"]
    assert not np.array_equal(english.vector, chinese.vector)
    assert english.lift != chinese.lift


@pytest.mark.parametrize(("spoken", "written"), [("de", ["de"]), ("de", ["xx"]), ("xx", ["en"]), ("de", [])])
def test_where_there_is_nothing_to_know_a_question_is_compared_as_it_is(
    embedder: BundledEmbedder, spoken: str, written: Sequence[str]
) -> None:
    assert tongues(embedder.embed_query(QUESTION), embedder, spoken, written) == []
