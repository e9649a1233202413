"""Support, citing, rewriting and prompting: the pure parts of an answer."""

import pytest

from chat.answering.citing import Citer, mark, marks_in, without_marks
from chat.answering.support import is_supported, numbers_in, supporting
from tests.factories import passage

WARRANTY = "The warranty lasts 24 months from the day of delivery. It costs 1,299.50 Euro."


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The warranty lasts 24 months.", True),
        ("The warranty is 24 months, from delivery.", True),
        ("The warranty lasts 42 months.", False),
        ("The warranty lasts not 24 months.", False),
        ("The warranty never lasts 24 months.", False),
        ("It costs 1299.50 Euro.", True),
        ("It costs 1.299,50 Euro.", True),
        ("It costs 1,299.51 Euro.", False),
        ("Penguins live at the South Pole.", False),
    ],
)
def test_a_sentence_is_supported_by_words_numbers_and_sense(sentence: str, supported: bool) -> None:
    assert is_supported(sentence, passage(WARRANTY), "en") is supported


def test_a_negation_that_the_passage_makes_may_be_repeated() -> None:
    source = passage("Damage by lime isn’t covered by the warranty.")

    assert is_supported("The warranty does not cover damage by lime.", source, "en")


def test_in_another_language_numbers_still_have_to_be_right() -> None:
    source = passage(WARRANTY)

    assert is_supported("Die Garantie gilt 24 Monate.", source, "de")
    assert not is_supported("Die Garantie gilt 36 Monate.", source, "de")


def test_a_passage_in_another_language_supports_only_what_is_marked_with_it() -> None:
    source = passage(WARRANTY)

    assert supporting("Die Garantie gilt 24 Monate.", [source], [], "de") == source
    assert supporting("Die Garantie gilt 24 Monate.", [], [source], "de") is None


def test_the_headings_of_a_passage_count_as_its_words() -> None:
    source = passage("It lasts two years.", heading_path=("Warranty of the Aroma",))

    assert is_supported("The warranty of the Aroma lasts two years.", source, "en")


def test_numbers_are_read_however_they_are_written() -> None:
    assert numbers_in("1,299.50 and 1.299,50 and 3:1 and E-42") == {"1299.50", "3:1", "42"}


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
