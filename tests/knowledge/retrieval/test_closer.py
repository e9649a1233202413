"""A closer look: sentences of what was found are compared with what is asked, as it was compared before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.embedding import get_embedder
from knowledge.embedding.accents import Tongue
from knowledge.embedding.scale import unrelated
from knowledge.embedding.sets import ensure_active_set
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search
from knowledge.retrieval.candidates import Meant
from knowledge.retrieval.closer import look_closer
from knowledge.retrieval.ranking import nearness
from tests.factories import passage, taken_in
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("axes", "db")
QUESTION = "Is the battery good?"
TEXT = "The filter of the robot is cleaned. The battery lasts two hours."


def sentences(passages: Sequence[Passage]) -> Mapping[str, int]:
    """Doubt all that was found."""
    return {text: place for place, one in enumerate(passages) for text in one.text.split(". ")}


def cosine(one: str, other: str) -> float:
    """Return how like the vectors of two texts are."""
    return float(get_embedder().embed_query(one) @ get_embedder().embed_query(other))


def test_a_passage_tells_how_near_the_nearest_of_its_sentences_is() -> None:
    asked = get_embedder().embed_query("battery")
    texts = {"filter": 0, "battery filter": 0, "battery": 0, "robot": 2}

    seen = look_closer(
        ensure_active_set(), Meant(asked), 0.0, [passage("x"), passage("y"), passage("z")], lambda _: texts
    )

    assert [one.closest for one in seen] == [
        pytest.approx(1.0),
        None,
        pytest.approx(cosine("robot", "battery")),
    ]


def test_a_sentence_in_another_language_is_compared_like_its_passage() -> None:
    german, english = (get_embedder().embed_query(word) for word in ("filter", "battery"))
    meant = Meant(german, (Tongue("en", english, 0.5),))

    seen = look_closer(
        ensure_active_set(),
        meant,
        0.0,
        [passage("x", language="en"), passage("y", language="de")],
        lambda _: {"battery": 0, "the battery": 1},
    )

    assert [one.closest for one in seen] == [pytest.approx(1.0), pytest.approx(cosine("battery", "filter"))]


def test_search_looks_at_what_is_doubted_and_at_nothing_else(tmp_path: Path) -> None:
    taken_in(tmp_path, TEXT, "robot.txt")
    AxisEmbedder.embedded.clear()

    (plain,) = search(QUESTION, Scope())
    assert AxisEmbedder.embedded == []
    (doubted,) = search(QUESTION, Scope(), doubts=sentences)

    assert plain.closest is None
    assert AxisEmbedder.embedded == TEXT.split(". ")
    nearest = max(cosine(QUESTION, sentence) for sentence in TEXT.split(". "))
    assert doubted.closest == pytest.approx(nearness(nearest, unrelated(ensure_active_set())), abs=1e-3)
    assert replace(doubted, closest=None) == plain


def test_a_misspelt_question_is_compared_as_it_was_meant(tmp_path: Path) -> None:
    taken_in(tmp_path, TEXT, "robot.txt")

    (spelt,), (unknown,) = (
        search(f"Is the {word} clean?", Scope(), doubts=sentences) for word in ("filtter", "bottleneck")
    )

    assert spelt.closest is not None
    assert unknown.closest is not None
    assert spelt.closest > unknown.closest


def test_an_embedder_that_goes_away_meanwhile_leaves_what_was_found(tmp_path: Path) -> None:
    taken_in(tmp_path, "The robot has a filter for dust.", "dust.txt")
    plain = search(QUESTION, Scope())
    AxisEmbedder.fail_after(calls=0)

    assert search(QUESTION, Scope(), doubts=sentences) == plain

    assert not AxisEmbedder.failures
