"""Citing: numbers for passages, and marks in a text."""

from chat.answering.citing import Citer, mark, marks_in, without_marks
from tests.factories import passage


def test_marks_are_read_and_removed() -> None:
    text = "Hold it [1], wait [2, 3] and see [4;5]."

    assert marks_in(text) == [1, 2, 3, 4, 5]
    assert without_marks(text) == "Hold it, wait and see."


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
