"""Accents: a question in a foreign language, brought nearer to those of the documents."""

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedding.accents import QUESTIONS, without_accent
from knowledge.embedding.bundled import BundledEmbedder

QUESTION = "Wie setze ich die Maschine zurück?"
PASSAGE = "To reset the machine, hold the power button for ten seconds."


@pytest.fixture(scope="module")
def embedder() -> BundledEmbedder:
    """Return the real model."""
    return BundledEmbedder()


def test_the_same_questions_are_asked_in_every_language() -> None:
    assert len(QUESTIONS) > 10
    assert {len(set(questions)) for questions in QUESTIONS.values()} == {16}


def test_a_foreign_question_comes_nearer_to_what_answers_it(embedder: BundledEmbedder) -> None:
    asked, passage = embedder.embed_query(QUESTION), embedder.embed_passages([PASSAGE])[0]

    moved = without_accent(asked, embedder, "de", ["en"])

    assert moved @ passage > asked @ passage
    assert np.linalg.norm(moved) == pytest.approx(1.0, abs=1e-5)


def test_where_documents_are_in_several_languages_it_goes_between_them(embedder: BundledEmbedder) -> None:
    asked = embedder.embed_query(QUESTION)

    both = without_accent(asked, embedder, "de", ["en", "xx", "zh"])

    assert not np.array_equal(both, without_accent(asked, embedder, "de", ["en"]))
    assert not np.array_equal(both, without_accent(asked, embedder, "de", ["zh"]))


@pytest.mark.parametrize(
    ("spoken", "written"), [("de", ["de", "en"]), ("de", ["xx"]), ("xx", ["en"]), ("de", [])]
)
def test_a_question_that_is_at_home_stays_as_it_is(
    embedder: BundledEmbedder, spoken: str, written: Sequence[str]
) -> None:
    asked = embedder.embed_query(QUESTION)

    assert without_accent(asked, embedder, spoken, written) is asked
