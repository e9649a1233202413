"""Meaning: how near texts are to a question, whatever language either is in."""

import pytest

from knowledge.embedding import EmbedderUnavailable
from knowledge.embedding.sets import ensure_active_set
from knowledge.retrieval.meaning import nearness_to

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
