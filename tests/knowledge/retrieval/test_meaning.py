"""Meaning: how near texts are to a question, whatever language either is in."""

from collections.abc import Sequence

import pytest

from knowledge.embedding import EmbedderUnavailable
from knowledge.embedding.sets import ensure_active_set
from knowledge.retrieval.meaning import SENTENCES, nearness_to, sentence_vectors
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("axes", "db")


def test_what_means_the_same_is_nearer_than_what_does_not() -> None:
    ensure_active_set()

    same, half, other = nearness_to(
        "zurücksetzen akku", ["reset the battery", "reset the lamp", "Our salary is paid monthly."]
    )

    assert same == pytest.approx(1.0)
    assert same > half > other
    assert other < 0.4


def test_before_the_first_document_nothing_can_be_compared() -> None:
    with pytest.raises(EmbedderUnavailable, match="Nothing has been embedded yet"):
        nearness_to("reset", ["reset"])


def test_sentences_are_embedded_in_one_call_and_those_at_hand_not_again() -> None:
    embedding_set = ensure_active_set()
    calls: list[Sequence[str]] = []
    AxisEmbedder.meanwhile = calls.append

    first = sentence_vectors(embedding_set, ["the lamp blinks", "the battery", "the lamp blinks"])
    second = sentence_vectors(embedding_set, ["a new filter", "the battery"])

    assert calls == [["the lamp blinks", "the battery"], ["a new filter"]]
    assert first[0] is first[2]
    assert second[1] is first[1]


def test_no_more_are_kept_than_fit() -> None:
    embedding_set = ensure_active_set()
    calls: list[Sequence[str]] = []
    sentence_vectors(embedding_set, ["first of all", "another"])
    sentence_vectors(embedding_set, [f"sentence {number}" for number in range(SENTENCES - 2)])
    sentence_vectors(embedding_set, ["first of all"])
    sentence_vectors(embedding_set, ["one more"])
    AxisEmbedder.meanwhile = calls.append

    sentence_vectors(embedding_set, ["first of all", "another"])

    assert calls == [["another"]]
