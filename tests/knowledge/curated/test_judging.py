"""Judging: when two questions ask the same, as far as numbers, denial, words and vectors tell."""

import pytest

from knowledge.curated.agreeing import agree, normalised, overlap
from knowledge.curated.judging import MATCH_FROM, Likeness, probability
from knowledge.facts import codes_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I reset it?", "  how do I   RESET it"),
        ("¿Cómo cambio mi contraseña?", "como cambio mi contrasena"),
        ("„Wo ist mein Paket“?", "wo ist mein paket"),
        ("Ｗｈａｔ is E-42!?", "what is e-42"),
    ],
)
def test_wordings_are_equal_whatever_their_case_and_marks(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("Is it C or C++?", "Is it C or C?"), ("Reset A", "Reset B")])
def test_wordings_of_other_words_are_not_equal(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("text", ["?!", "  ", "…", "\n"])
def test_marks_alone_are_no_wording(text: str) -> None:
    assert normalised(text) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What does E-42 mean?", "e42: what is it?"),
        ("Is 10,000 the limit?", "The limit, is it 10000?"),
        ("Does it cost 3,50?", "Does it cost 3.50?"),
        ("How do I pay?", "What ways to pay are there?"),
    ],
)
def test_the_same_numbers_agree_however_they_are_written(one: str, other: str) -> None:
    assert agree(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Can I return it after 14 days?", "Can I return it after 30 days?"),
        ("Can I return it after 14 days?", "Can I return it?"),
        ("What does E-42 mean?", "What does E-43 mean?"),
        ("What does E-42 mean?", "What does F-42 mean?"),
        ("Why can I log in?", "Why can't I log in?"),
        ("Kann ich das Gerät öffnen?", "Kann ich das Gerät nicht öffnen?"),
        ("Does it cost 3.50?", "Does it cost 350?"),
    ],
)
def test_other_numbers_codes_and_denials_do_not_agree(one: str, other: str) -> None:
    assert not agree(one, other)


def test_codes_are_told_from_words() -> None:
    assert codes_in("Rinse pump X-200 for 2,5 minutes, not 1 000 seconds") == {"x200", "2.5", "1000"}


def test_words_in_common_are_counted_by_their_stems_and_without_numbers() -> None:
    assert overlap("resetting the pumps 7 times", "reset a pump", "en") == pytest.approx(2 / 3)
    assert overlap("the", "warranty", "en") == 0


def test_the_same_question_in_other_words_is_one_and_a_neighbour_is_not() -> None:
    same = Likeness(cosine=0.97, lead=0.04, overlap=0.5, agrees=True)
    neighbour = Likeness(cosine=0.93, lead=0.01, overlap=0.3, agrees=True)

    assert probability(same) >= MATCH_FROM > probability(neighbour)


def test_without_agreement_nothing_is_the_same() -> None:
    assert probability(Likeness(cosine=1.0, lead=0.2, overlap=1.0, agrees=False)) == 0


def test_a_close_runner_up_makes_it_doubtful() -> None:
    sure = Likeness(cosine=0.97, lead=0.05, overlap=0.4, agrees=True)
    torn = Likeness(cosine=0.97, lead=0.0, overlap=0.4, agrees=True)

    assert probability(sure) >= MATCH_FROM > probability(torn)


def test_a_greater_lead_than_was_ever_seen_says_no_more() -> None:
    usual, huge = (Likeness(cosine=0.9, lead=lead, overlap=0.2, agrees=True) for lead in (0.05, 0.9))

    assert probability(usual) == probability(huge)
