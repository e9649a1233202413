"""Quoting: an answer in the passages' own words, without any model."""

import re
from collections.abc import Sequence

import pytest

from chat.answering.citing import Citer, marks_in
from chat.answering.events import CitationDraft, Cited, Text
from chat.answering.quoting import quote
from knowledge.passages import Passage
from tests.factories import passage


def quoted(question: str, passages: Sequence[Passage]) -> tuple[str, list[CitationDraft]]:
    """Return the text of a quoted answer and its citations."""
    pieces = list(quote(question, passages, Citer(), "en"))
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, [piece.citation for piece in pieces if isinstance(piece, Cited)]


def test_a_row_of_questions_and_answers_gives_its_answer_only() -> None:
    row = passage(
        "Can I cancel an order?\nYes, until it has been packed.",
        kind="question_answer",
        question="Can I cancel an order?",
    )

    text, citations = quoted("May I cancel?", [row])

    assert text == "Yes, until it has been packed. [1]"
    assert [citation.quote for citation in citations] == ["Yes, until it has been packed."]


def test_a_table_gives_its_header_and_the_rows_that_match() -> None:
    table = passage(
        "| Code | Meaning |\n| E-41 | Lid open |\n| E-42 | Pump blocked |\n| E-43 | Tank empty |",
        kind="table",
    )

    text, citations = quoted("What does E-42 mean?", [table])

    assert text.splitlines()[:3] == ["| Code | Meaning |", "| --- | --- |", "| E-42 | Pump blocked |"]
    assert "E-41" not in text
    assert "E-43" not in text
    assert text.endswith("[1]")
    assert "E-42" in citations[0].quote


def test_a_list_is_quoted_whole() -> None:
    steps = "1. Unplug the machine.\n2. Wait ten minutes.\n3. Plug it in again."

    text, _ = quoted("How do I restart it?", [passage(steps, kind="list_item")])

    assert text == f"{steps} [1]"


def test_long_prose_gives_the_run_of_sentences_that_meets_the_question() -> None:
    filler = "This is a sentence about nothing in particular that goes on for a while. " * 10
    wanted = "To descale the boiler, pour in two spoons of citric acid."
    prose = passage(f"{filler}{wanted} {filler}".strip())

    text, citations = quoted("How do I descale the boiler?", [prose])

    assert wanted in text
    assert len(text.split()) <= 71
    assert text.removesuffix(" [1]") in prose.text
    assert prose.text[citations[0].start - prose.start : citations[0].end - prose.start] == citations[0].quote


def test_a_second_passage_that_is_nearly_as_good_and_from_elsewhere_speaks_too() -> None:
    passages = [passage("The warranty lasts two years.", score=1.0), passage("Keep the receipt.", score=0.95)]

    text, citations = quoted("What about the warranty?", passages)

    assert text == "The warranty lasts two years. [1]\n\nKeep the receipt. [2]"
    assert len(citations) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"score": 0.2},
        {"dense": 0.5},
        {"language": "de"},
    ],
)
def test_a_second_passage_that_is_worse_or_in_another_language_is_silent(other: dict[str, object]) -> None:
    passages = [passage("The warranty lasts two years."), passage("Keep the receipt.", **other)]

    text, _ = quoted("What about the warranty?", passages)

    assert text == "The warranty lasts two years. [1]"


def test_a_second_passage_of_the_same_section_is_silent() -> None:
    first = passage("The warranty lasts two years.")
    second = passage("Keep it.", version_id=first.version_id, heading_path=first.heading_path)

    text, _ = quoted("What about the warranty?", [first, second])

    assert text == "The warranty lasts two years. [1]"


def test_every_mark_has_its_citation() -> None:
    passages = [passage("The warranty lasts two years."), passage("Keep the receipt.")]

    text, citations = quoted("What about the warranty?", passages)

    assert [int(number) for number in re.findall(r"\[(\d+)\]", text)] == [c.number for c in citations]


def test_a_documents_own_bracketed_number_does_not_pass_for_a_citation() -> None:
    text, _ = quoted("How hot?", [passage("Wash at 40 degrees [3] or less.")])

    assert marks_in(text) == [1]
    assert "40 degrees (3)" in text
