"""Scoring: BM25 as computed by hand, and how likely each candidate is by all that speaks for it."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval import Scope, search
from knowledge.retrieval.asked import Asked
from knowledge.retrieval.lexical import COMMON, LEAST, PROBABLY, Corpus, is_code, question_words, weigh
from knowledge.retrieval.planning import SCANNED, WALKED, Plan, plan, walk
from knowledge.retrieval.ranking import Features, likelihoods, nearness
from tests.factories import taken_in

candidates = st.lists(
    st.builds(Features, st.floats(-1, 1), st.floats(0, 60), st.booleans()), max_size=30
).map(lambda found: [replace(one, pinned=False) for one in found])


@pytest.mark.usefixtures("axes", "db")
def test_the_lexical_score_is_bm25_as_computed_by_hand(tmp_path: Path) -> None:
    # Bodies of 3, 6 and 3 lexemes. The names are titles, of which no word is asked for.
    taken_in(tmp_path, "zorb blip quux", "one.txt")
    taken_in(tmp_path, "zorb zorb kern luma mott nipo", "two.txt")
    taken_in(tmp_path, "orla pirt saki", "three.txt")

    shares = {passage.title: passage.lexical for passage in search("zorb blip", Scope())}

    # In 1 and in 2 of 3 chunks; among so few, no word is rare, and a tenth of the weight is left.
    rare, common = LEAST * math.log(1 + 2.5 / 1.5), LEAST * math.log(1 + 1.5 / 2.5)
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
    query = weigh(dict.fromkeys(["known", "unknown"], 1.0), corpus(10, {"known": 2}))

    assert set(query.weights) == {"known"}
    assert query.finding == "'known'"


def test_rarer_lexemes_weigh_more_and_none_weighs_less_than_nothing() -> None:
    weights = weigh(dict.fromkeys(["rare", "common"], 1.0), corpus(10, {"rare": 1, "common": 10})).weights

    assert weights["rare"] > weights["common"] > 0


def test_a_word_weighs_what_it_tells_beyond_any_word_and_a_code_all_of_it() -> None:
    weights = weigh(
        {"filter": 1.0, "e42": 1.0, "pump": 0.3}, corpus(1000, {"filter": 3, "e42": 3, "pump": 3})
    )
    rarity = math.log(1 + 997.5 / 3.5)

    assert weights.weights == pytest.approx(
        {"filter": rarity - COMMON, "e42": rarity, "pump": 0.3 * (rarity - COMMON)}
    )
    assert [is_code(lexeme) for lexeme in ("e42", "kx-2074b", "24", "filter")] == [True, True, False, False]


def test_a_rare_code_singles_out_a_common_one_does_not_and_a_misspelt_one_nearly_does() -> None:
    figures = corpus(1000, {"e42": 1, "covid-19": 900})
    names = {"e42": 1.0, "covid-19": 1.0, "e43": 1.0}

    query = weigh(names, figures, {"e43": ["e42"]}, {"e42", "covid-19"})
    misspelt = weigh({"e43": 1.0}, figures, {"e43": ["e42"]}, {"e43"})

    assert query.codes["e42"] == 1
    assert query.codes["covid-19"] < 0.1
    assert 0.5 < misspelt.codes["e42"] < 1


def test_a_code_outweighs_any_nearness() -> None:
    shares = likelihoods([Features(0.45, 4.0), Features(0.15, 8.0, code=1.0)])

    assert shares[1] > 0.5


def test_a_misspelt_word_stands_for_what_was_probably_meant_and_counts_less() -> None:
    figures = corpus(1000, {"filter": 3})

    right, wrong = weigh({"filter": 1.0}, figures), weigh({"fitler": 1.0}, figures, {"fitler": ["filter"]})
    unknown = weigh({"fitler": 1.0}, figures)

    assert wrong.weights["filter"] == pytest.approx(PROBABLY * right.weights["filter"])
    assert wrong.finding == "'filter'"
    assert wrong.missing == right.missing == 0 < unknown.missing


def test_lexemes_too_common_to_find_by_still_rank() -> None:
    query = weigh(dict.fromkeys(["rare", "common"], 1.0), corpus(9000, {"rare": 10, "common": 8000}))

    assert query.finding == "'rare'"
    assert set(query.weights) == {"rare", "common"}


def test_a_question_of_fairly_common_lexemes_finds_by_the_rarest() -> None:
    query = weigh(
        dict.fromkeys(["common", "commoner"], 1.0), corpus(9000, {"common": 2500, "commoner": 8500})
    )

    assert query.finding == "'common'"


def test_a_question_of_words_that_stand_everywhere_finds_by_meaning_alone() -> None:
    query = weigh(
        dict.fromkeys(["common", "commoner"], 1.0), corpus(90_000, {"common": 60_000, "commoner": 85_000})
    )

    assert query.finding == ""
    assert set(query.weights) == {"common", "commoner"}


def test_what_is_rare_on_a_shelf_but_common_on_all_others_does_not_find_by_the_index() -> None:
    query = weigh(dict.fromkeys(["pump"], 1.0), Corpus(100, 5.0, {"pump": 3}, {"pump": 60_000}, Plan.INDEX))

    assert query.finding == ""


def test_a_small_scope_is_scanned_and_a_large_one_goes_by_the_indexes() -> None:
    everything = 100 * SCANNED

    assert [plan(chunks, everything) for chunks in (0, SCANNED, SCANNED + 1)] == [
        Plan.SCAN,
        Plan.SCAN,
        Plan.INDEX,
    ]


def test_most_of_an_index_is_walked_from_fewer_chunks_on() -> None:
    assert [plan(chunks, chunks) for chunks in (WALKED, WALKED + 1)] == [Plan.SCAN, Plan.INDEX]


def test_the_walk_is_wider_among_more_and_longer_for_a_part_of_them() -> None:
    whole = [walk(chunks, chunks) for chunks in (20_000, 100_000, 1_000_000)]
    tenth = [walk(chunks // 10, chunks) for chunks in (20_000, 100_000, 1_000_000)]

    assert [step.breadth for step in whole] == sorted({step.breadth for step in whole})
    assert [step.breadth for step in tenth] == [step.breadth for step in whole]
    assert all(part.neighbours > all_.neighbours for part, all_ in zip(tenth, whole, strict=True))


def test_lexemes_with_quotes_stay_literals() -> None:
    query = weigh(dict.fromkeys(["a'b\\c"], 1.0), corpus(1, {"a'b\\c": 1}))

    assert query.finding == "'a''b\\\\c'"


def test_the_lexemes_of_a_question_are_distinct_and_bounded() -> None:
    words = Asked(" ".join(f"word{n}" for n in range(100)) + " word1").words(["en", "de"])
    found = [lexeme for word in words for lexeme in word]

    assert len(found) == len(set(found)) == 48


def test_a_word_that_several_languages_stem_is_missing_only_if_none_of_its_stems_is_there() -> None:
    (descale,), (kettle, *_) = question_words("descaling", ["en"]), question_words("Kessel", ["en", "de"])
    words = [("descal", "descaling"), ("kettl", "kettle")]
    shares = {lexeme: 1.0 for word in words for lexeme in word}

    query = weigh(shares, corpus(10, {"descaling": 2}), words=words)
    apart = weigh(dict.fromkeys(["kettl"], 1.0), corpus(10, {}))

    assert (descale, kettle) == (("descal",), ("kessel",))
    assert set(query.weights) == {"descaling"}
    assert query.missing == apart.missing > 0


def test_a_question_that_says_little_leans_more_on_the_one_before_it() -> None:
    before = ("How long does the Intensive programme take?",)
    little = Asked("And on the other model?", before)
    much = Asked("How much salt does the softener of the other model need?", before)

    other = Asked("How much is delivery?", before)

    assert (little.leans, much.leans, other.leans) == (True, False, False)
    assert little.words(["en"])[("intens",)] > much.words(["en"])[("intens",)]


def test_the_small_words_of_a_question_tell_nothing_in_any_language() -> None:
    found = [
        lexeme for word in question_words("What is the price of the pump?", ["en", "de"]) for lexeme in word
    ]

    assert {"pric", "pump"} <= set(found)
    assert {"what", "is", "the", "of"}.isdisjoint(found)


@given(candidates)
def test_likelihoods_add_up_to_one(found: list[Features]) -> None:
    shares = likelihoods(found)

    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1 if found else 0)


@given(candidates)
def test_what_is_better_both_ways_is_not_ranked_behind(found: list[Features]) -> None:
    ranked = list(zip(found, likelihoods(found), strict=True))

    for one, share in ranked:
        for other, others in ranked:
            if one.dense >= other.dense and one.words >= other.words:
                assert share >= others or share == pytest.approx(others)


def test_a_rare_word_outweighs_a_slightly_nearer_meaning_and_a_common_one_does_not() -> None:
    nearer, with_word = Features(0.55, 0.0), Features(0.53, 0.0)

    rare = likelihoods([nearer, replace(with_word, words=6.0)])
    common = likelihoods([nearer, replace(with_word, words=0.3)])

    assert rare[1] > rare[0]
    assert common[0] > common[1]


def test_staff_decide_among_equals_only() -> None:
    plain, pinned, better = Features(0.5, 1.0), Features(0.5, 1.0, True), Features(0.6, 1.0)

    shares = likelihoods([plain, pinned, better])

    assert shares[2] > shares[1] > shares[0]


def test_nearness_is_measured_from_unrelated_texts_whatever_the_model() -> None:
    assert [nearness(cosine, 0.8) for cosine in (0.8, 0.9, 1.0)] == pytest.approx([0, 0.5, 1])
    assert [nearness(cosine, 0.1) for cosine in (0.1, 0.55, 1.0)] == pytest.approx([0, 0.5, 1])
