"""Citing: numbers for passages, and marks in a text."""

import pytest

from chat.answering.citing import Citer, mark, marks_in, without_brackets, without_marks
from tests.factories import passage


def test_marks_are_read_and_removed() -> None:
    text = "Hold it [1], wait [2, 3] and see [4;5]."

    assert marks_in(text) == [1, 2, 3, 4, 5]
    assert without_marks(text) == "Hold it, wait and see."


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("[1-2]", [1, 2]),
        ("[1–3]", [1, 2, 3]),
        ("[1, 3 - 4]", [1, 3, 4]),
        ("[3-1]", [3, 1]),
        ("[1-100]", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("[100]", [100]),
        ("[ 1 ]", [1]),
        ("[1][2] [1]", [1, 2]),
        ("【1】", [1]),
        ("［1，2］", [1, 2]),
        ("[1、2]", [1, 2]),
        ("[1 and 2]", [1, 2]),
        ("[1, 2, and 3]", [1, 2, 3]),
        ("[1 & 2]", [1, 2]),
        ("[Source 1]", [1]),
        ("[source: 1]", [1]),
        ("[Source #1]", [1]),
        ("[Source no. 1]", [1]),
        ("[Source 1, Source 2]", [1, 2]),
        ("[Sources 1-3]", [1, 2, 3]),
        ("[doc1]", [1]),
        ("[Quelle 1]", [1]),
        ("[Quellen 1 und 2]", [1, 2]),
        ("[Fuente 2]", [2]),
        ("[출처 1]", [1]),
        ("[^1]", [1]),
        ("[^1, ^2]", [1, 2]),
    ],
)
def test_marks_in_the_styles_of_other_models_are_marks(said: str, numbers: list[int]) -> None:
    text = f"Hold it {said}."

    assert marks_in(text) == numbers
    assert without_marks(text) == "Hold it."


@pytest.mark.parametrize(
    "said",
    [
        *"[Settings] [Ctrl+1] [F1] [0-9] [a-z] [2024] [2019-2021] [1.5] [1/2] [10:30] [1E4]".split(),
        *"[] [-] [,] [1,] (1) {1} <1> 【注意】 [1 [Source]".split(),
        *(
            "[Input 1]",
            "[1 2]",
            "[1 e2]",
            "[Step 2]",
            "[1 mm]",
            "[Source code]",
            "[Resource 1]",
            "(Source 1)",
        ),
    ],
)
def test_other_things_in_brackets_are_none(said: str) -> None:
    text = f"Press {said} twice."

    assert marks_in(text) == []
    assert without_marks(text) == without_brackets(text) == text


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ("[3]", "(3)"),
        ("【3】", "(3)"),
        ("[100]", "(100)"),
        ("[ 3 ]", "(3)"),
        ("[1-2]", "(1-2)"),
        ("[Source 1]", "(Source 1)"),
        ("[1][2]", "(1)(2)"),
        ("[[1]]", "[(1)]"),
    ],
)
def test_a_documents_own_mark_is_put_in_round_brackets(own: str, shown: str) -> None:
    assert without_brackets(f"Wash it {own}\nnow.") == f"Wash it {shown}\nnow."


@pytest.mark.parametrize("text", ["Hold it [1[2]].", "Hold it 【[1]1】.", "Hold it [Source [2]1]."])
def test_taking_a_mark_out_makes_no_other_one(text: str) -> None:
    assert marks_in(without_marks(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"[1{', 1' * 7000}",
        f"[1{' , ' * 7000}",
        f"[1{' and' * 5000}",
        f"[1{'-1, 1' * 4000}",
        f"[{'Source 1, ' * 2000}",
        "[1, " * 5000,
        "[Source " * 2500,
        " " * 20_000,
        f"[1{' ' * 20_000}",
    ],
)
def test_what_only_begins_like_a_mark_is_read_once(text: str) -> None:
    """A pattern that tries every way to read it would not come to an end."""
    assert marks_in(text) == []
    assert without_marks(text) == text


def test_a_long_mark_is_one() -> None:
    text = f"Hold it [1{', 2' * 7000}]."

    assert marks_in(text) == [1, 2]
    assert without_marks(text) == "Hold it."


def test_passages_are_numbered_in_the_order_of_their_first_use() -> None:
    citer, first, second = Citer(), passage("One."), passage("Two.")

    numbers = [citer.cite(item)[0].number for item in (second, first, second)]

    assert numbers == [1, 2, 1]
    assert [citer.cite(first)[1], citer.cite(first, 0, 2)[1]] == [False, True]
    assert mark([citer.cite(first)[0], citer.cite(second)[0]]) == " [1] [2]"


def test_a_citation_points_to_its_stretch_in_the_document() -> None:
    source = passage("One. Two.", start=1000, end=1009)

    citation, _ = Citer().cite(source, 5, 9)

    assert (citation.quote, citation.start, citation.end) == ("Two.", 1005, 1009)


def test_a_citation_of_a_table_part_stays_inside_its_span() -> None:
    source = passage("| Code |\n| E-42 |", start=50, end=58)

    citation, _ = Citer().cite(source, 9, 17)

    assert 50 <= citation.start <= citation.end <= 58
