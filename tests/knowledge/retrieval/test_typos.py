"""Typos: what was probably meant by words that nobody wrote."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.models import Collection
from knowledge.retrieval import Scope, search
from knowledge.retrieval.asked import Asked
from knowledge.retrieval.typos import meant_by, one_edit_apart
from tests.factories import taken_in

words = st.text(alphabet="abc1", min_size=4, max_size=8)


@pytest.mark.usefixtures("axes", "db")
@pytest.mark.parametrize("written", ["fitler", "filtr", "xilter", "filterx", "fiilter", "filtex"])
def test_a_word_one_edit_off_is_found(tmp_path: Path, written: str) -> None:
    taken_in(tmp_path, "Clean the filter every month.", "care.txt")

    meant = meant_by([written], list(Collection.objects.values_list("pk", flat=True)))

    assert meant == {written: ["filter"]}


@pytest.mark.usefixtures("axes", "db")
def test_words_two_edits_off_short_ones_and_those_of_other_shelves_are_not_meant(tmp_path: Path) -> None:
    taken_in(tmp_path, "Clean the filter every month with oil.", "care.txt")

    shelves = list(Collection.objects.values_list("pk", flat=True))

    assert meant_by(["fltre", "oul"], shelves) == {"fltre": []}
    assert meant_by(["fitler"], [shelves[-1] + 1]) == {"fitler": []}


@pytest.mark.usefixtures("axes", "db")
def test_a_misspelt_part_number_finds_its_document(tmp_path: Path) -> None:
    for code in ("KX-2074B", "QT-9313A", "ZR-5528C"):
        taken_in(tmp_path, f"The part {code} fits.", f"{code}.txt")

    found = search("Do you have the part QT-9331A?", Scope())

    assert found[0].text == "The part QT-9313A fits."
    assert found[0].words > 0


@given(words, words)
def test_one_edit_apart_is_what_it_says(one: str, other: str) -> None:
    letters = "abc1"
    edited = {one[:n] + one[n + 1 :] for n in range(len(one))}
    edited |= {one[:n] + letter + one[n:] for n in range(len(one) + 1) for letter in letters}
    edited |= {one[:n] + letter + one[n + 1 :] for n in range(len(one)) for letter in letters}
    edited |= {one[:n] + one[n + 1] + one[n] + one[n + 2 :] for n in range(len(one) - 1)}

    assert one_edit_apart(one, other) == (other != one and other in edited)


@pytest.mark.parametrize(
    ("question", "meant", "expected"),
    [
        (
            "How mutch is Delivary?",
            {"mutch": ["much"], "delivari": ["deliveri", "x"]},
            "How much is deliveri?",
        ),
        ("How much is it?", {}, "How much is it?"),
        (
            "What does E-43 or AG4431 mean?",
            {"e43": ["e42"], "ag4431": ["ag4432"]},
            "What does E-43 or AG4431 mean?",
        ),
        ("Who is Ann?", {"ann": []}, "Who is Ann?"),
    ],
)
def test_misspelt_words_are_respelt_and_codes_are_not(
    question: str, meant: dict[str, list[str]], expected: str
) -> None:
    assert Asked(question).respelt(meant, lambda word: False).question == expected


def test_what_only_looks_misspelt_stays_as_it_is() -> None:
    meant = {"recip": ["receipt"], "delivari": ["deliveri"]}

    respelt = Asked("Is the recipe for Delivary?").respelt(meant, {"recipe"}.__contains__)

    assert respelt.question == "Is the recipe for deliveri?"


@pytest.mark.usefixtures("axes", "db")
def test_what_a_misspelt_question_means_is_nearer_once_it_is_respelt(tmp_path: Path) -> None:
    taken_in(tmp_path, "The filter of the robot is cleaned within two hours.", "filter.txt")
    taken_in(tmp_path, "Something else is said in this one.", "other.txt")

    misspelt, unknown = (
        {found.title: found.dense for found in search(f"Is the {word} cleaned?", Scope())}["Filter"]
        for word in ("filtter", "bottleneck")
    )

    assert misspelt > unknown
