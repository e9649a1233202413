"""Scoring: BM25 as computed by hand, and the fusion of two scores."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval import Scope, search
from knowledge.retrieval.fusion import fuse, stretched
from knowledge.retrieval.lexical import Corpus, question_lexemes, weigh
from knowledge.retrieval.planning import SCANNED, Plan, plan, walk
from tests.factories import taken_in

scores = st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), max_size=30)


@pytest.mark.usefixtures("axes", "db")
def test_the_lexical_score_is_bm25_as_computed_by_hand(tmp_path: Path) -> None:
    # Bodies of 3, 6 and 3 lexemes. The names are titles, of which no word is asked for.
    taken_in(tmp_path, "zorb blip quux", "one.txt")
    taken_in(tmp_path, "zorb zorb kern luma mott nipo", "two.txt")
    taken_in(tmp_path, "orla pirt saki", "three.txt")

    shares = {passage.title: passage.lexical for passage in search("zorb blip", Scope())}

    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)  # in 1 and in 2 of 3 chunks
    best = (rare + common) * 2.2
    short = 1.2 * (0.25 + 0.75 * 3 / 4)  # lengths against the mean of 4
    long = 1.2 * (0.25 + 0.75 * 6 / 4)
    assert shares["One"] == pytest.approx((rare + common) * 2.2 / (1 + short) / best, abs=1e-6)
    assert shares["Two"] == pytest.approx(common * 2 * 2.2 / (2 + long) / best, abs=1e-6)
    assert shares["Three"] == 0


def corpus(chunks: int, counts: dict[str, int]) -> Corpus:
    """Return the figures of a corpus that is all there is."""
    return Corpus(chunks, 5.0, counts, counts)


def test_a_lexeme_that_nobody_uses_weighs_nothing() -> None:
    query = weigh(["known", "unknown"], corpus(10, {"known": 2}))

    assert set(query.weights) == {"known"}
    assert query.finding == "'known'"


def test_rarer_lexemes_weigh_more_and_none_weighs_less_than_nothing() -> None:
    weights = weigh(["rare", "common"], corpus(10, {"rare": 1, "common": 10})).weights

    assert weights["rare"] > weights["common"] > 0


def test_lexemes_too_common_to_find_by_still_rank() -> None:
    query = weigh(["rare", "common"], corpus(9000, {"rare": 10, "common": 8000}))

    assert query.finding == "'rare'"
    assert set(query.weights) == {"rare", "common"}


def test_a_question_of_fairly_common_lexemes_finds_by_the_rarest() -> None:
    query = weigh(["common", "commoner"], corpus(9000, {"common": 2500, "commoner": 8500}))

    assert query.finding == "'common'"


def test_a_question_of_words_that_stand_everywhere_finds_by_meaning_alone() -> None:
    query = weigh(["common", "commoner"], corpus(90_000, {"common": 60_000, "commoner": 85_000}))

    assert query.finding == ""
    assert set(query.weights) == {"common", "commoner"}


def test_what_is_rare_on_a_shelf_but_common_on_all_others_does_not_find_by_the_index() -> None:
    query = weigh(["pump"], Corpus(100, 5.0, {"pump": 3}, {"pump": 60_000}, Plan.INDEX))

    assert query.finding == ""


def test_a_small_scope_is_scanned_and_a_large_one_goes_by_the_indexes() -> None:
    assert [plan(chunks) for chunks in (0, SCANNED, SCANNED + 1)] == [Plan.SCAN, Plan.SCAN, Plan.INDEX]


def test_the_walk_is_wider_among_more_and_longer_for_a_part_of_them() -> None:
    whole = [walk(chunks, chunks) for chunks in (20_000, 100_000, 1_000_000)]
    tenth = [walk(chunks // 10, chunks) for chunks in (20_000, 100_000, 1_000_000)]

    assert [step.breadth for step in whole] == sorted({step.breadth for step in whole})
    assert [step.breadth for step in tenth] == [step.breadth for step in whole]
    assert all(part.neighbours > all_.neighbours for part, all_ in zip(tenth, whole, strict=True))


def test_lexemes_with_quotes_stay_literals() -> None:
    query = weigh(["a'b\\c"], corpus(1, {"a'b\\c": 1}))

    assert query.finding == "'a''b\\\\c'"


def test_the_lexemes_of_a_question_are_distinct_and_bounded() -> None:
    found = question_lexemes(" ".join(f"word{n}" for n in range(100)) + " word1", ["en", "de"])

    assert len(found) == len(set(found)) == 48


@given(scores)
def test_a_fused_score_lies_between_nothing_and_one(pairs: list[tuple[float, float]]) -> None:
    fused = fuse([dense for dense, _ in pairs], [lexical for _, lexical in pairs])

    assert len(fused) == len(pairs)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused)


@given(scores)
def test_what_is_better_both_ways_is_not_ranked_behind(pairs: list[tuple[float, float]]) -> None:
    fused = fuse([dense for dense, _ in pairs], [lexical for _, lexical in pairs])

    for (dense, lexical), score in zip(pairs, fused, strict=True):
        for (other_dense, other_lexical), other in zip(pairs, fused, strict=True):
            if dense >= other_dense and lexical >= other_lexical:
                assert score >= other - 1e-9


def test_words_count_more_when_their_best_candidate_stands_out() -> None:
    dense = [0.86, 0.85] + [0.80] * 40
    one_stands_out = [0.0, 0.9, *[0.0] * 40]
    many_alike = [0.0, *[0.9] * 31, *[0.0] * 10]

    sure, unsure = fuse(dense, one_stands_out), fuse(dense, many_alike)

    assert sure[1] > sure[0]
    assert unsure[0] > unsure[1]


def test_equal_scores_are_stretched_to_nothing() -> None:
    assert stretched([0.8, 0.8]) == [0.0, 0.0]
    assert stretched([]) == []
    assert stretched([0.7, 0.9, 0.8]) == pytest.approx([0, 1, 0.5])
