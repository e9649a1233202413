"""Comparing: contradictions are seen, and ordinary sentences beside each other are not taken for them."""

import pytest

from knowledge.comparing import (
    Contradiction,
    Reason,
    contradiction,
    contradictions,
    likeness,
    shingles,
    statements,
)
from knowledge.facts import names_in


def between(mine: str, theirs: str, language: str = "en") -> Contradiction | None:
    """Return the contradiction of two sentences."""
    (one,), (other,) = statements(mine, language), statements(theirs, language)
    return contradiction(one, other)


@pytest.mark.parametrize(
    ("mine", "theirs", "reason", "values"),
    [
        ("The filter costs 49 €.", "The filter costs 59 €.", Reason.NUMBER, ("49", "59")),
        ("The filter costs 49,00 euros.", "The filter costs €59.", Reason.NUMBER, ("49", "59")),
        ("The warranty lasts 24 months.", "The warranty lasts 36 months.", Reason.NUMBER, ("24", "36")),
        (
            "After 24 months the warranty ends.",
            "After 36 months the warranty ends.",
            Reason.NUMBER,
            ("24", "36"),
        ),
        ("Delivery takes 3 days.", "Delivery takes 5 days.", Reason.NUMBER, ("3", "5")),
        ("You get a discount of 10 %.", "You get a discount of 15 percent.", Reason.NUMBER, ("10", "15")),
        (
            "The sale ends on 2026-01-31.",
            "The sale ends on 2026-02-28.",
            Reason.DATE,
            ("2026-01-31", "2026-02-28"),
        ),
        ("You can return opened goods.", "You cannot return opened goods.", Reason.NEGATION, ("", "")),
        ("Der Filter kostet 49 €.", "Der Filter kostet 59 €.", Reason.NUMBER, ("49", "59")),
        ("Die Garantie gilt für Zubehör.", "Die Garantie gilt nicht für Zubehör.", Reason.NEGATION, ("", "")),
    ],
)
def test_sentences_that_cannot_both_hold_contradict_each_other(
    mine: str, theirs: str, reason: Reason, values: tuple[str, str]
) -> None:
    found = between(mine, theirs)

    assert found is not None
    assert (found.reason, found.values) == (reason, values)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("The filter costs 49 €.", "The filter costs 49.00 euros."),
        ("The filter costs 49 €.", "The pump of the grinder costs 59 €."),
        ("The Aroma 3000 holds 2 litres.", "The Aroma 5000 holds 3 litres."),
        ("Error E-42 comes after 3 attempts.", "Error E-43 comes after 5 attempts."),
        ("The warranty lasts 24 months.", "The warranty lasts 2 years."),
        ("We ship within 3 days.", "You can return it within 30 days."),
        ("The tank holds 2 litres of water.", "Never fill the tank with hot milk."),
        ("The lid is open.", "The lid is open."),
        ("Delivery takes 2 or 3 days.", "Delivery takes 3 days."),
    ],
)
def test_ordinary_sentences_do_not_contradict_each_other(mine: str, theirs: str) -> None:
    assert between(mine, theirs) is None


def test_a_price_list_is_read_row_by_row_with_its_header() -> None:
    mine = statements("| part number | price |\n| filter | 49 € |\n| pump | 9 € |", "en", is_table=True)
    theirs = statements("| part number | price |\n| filter | 59 € |\n| pump | 9 € |", "en", is_table=True)

    found = list(contradictions(mine, theirs, (frozenset(), frozenset())))

    assert [one.values for one in found] == [("49", "59")]


def test_rows_of_different_things_and_questions_are_not_compared() -> None:
    mine = statements("| dirt of laundry | dose |\n| light dirt | 40 ml |", "en", is_table=True)
    theirs = statements("| dirt of laundry | dose |\n| heavy dirt | 80 ml |", "en", is_table=True)

    assert list(contradictions(mine, theirs, (frozenset(), frozenset()))) == []
    assert statements("Do the technicians take cash?", "en") == []


def test_passages_of_things_with_other_names_are_not_compared() -> None:
    mine, theirs = statements("The tank holds 2 litres.", "en"), statements("The tank holds 3 litres.", "en")

    assert list(contradictions(mine, theirs, (names_in("Aroma 3000"), names_in("Aroma 5000")))) == []
    assert len(list(contradictions(mine, theirs, (names_in("Aroma 3000"), names_in("Aroma"))))) == 1


def test_a_copy_with_one_word_changed_is_nearly_the_same_and_an_excerpt_is_not() -> None:
    text = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200))
    copy = text.replace("wordcc", "changed")

    assert 0.9 < likeness(shingles(text), shingles(copy)) < 1
    assert likeness(shingles(text), shingles(text[: len(text) // 2])) < 0.6
    assert likeness(shingles("a b"), shingles("c d")) == 0
