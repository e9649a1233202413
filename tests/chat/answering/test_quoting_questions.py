"""Quoting rows of questions and answers: an answer stands under its question unless it is the customer's."""

import pytest

from chat.answering.citing import Citer
from chat.answering.events import CitationDraft, Cited, Text
from chat.answering.quoting import quote
from knowledge.passages import Passage
from tests.factories import passage


def row(question: str, answer: str) -> Passage:
    """Return a row as a passage."""
    return passage(f"{question}\n{answer}", kind="question_answer", question=question)


def quoted(question: str, *passages: Passage, language: str = "en") -> tuple[str, list[CitationDraft]]:
    """Return what is shown, and the citations."""
    pieces = list(quote(question, passages, Citer(), language))
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, [piece.citation for piece in pieces if isinstance(piece, Cited)]


CANCEL = row("Can I cancel an order?", "Yes, until it has been packed.")
SHIP = row("Do you ship to Switzerland?", "No. We deliver to Ireland and Germany only.")
VINEGAR = row("Can I descale it with vinegar?", "No, never. Use citric acid.")


@pytest.mark.parametrize(
    "asked", ["Can I cancel an order?", "can I cancel my order", "May I cancel an order, please?"]
)
def test_the_answer_to_the_customers_own_question_stands_alone(asked: str) -> None:
    text, citations = quoted(asked, CANCEL)

    assert text == "Yes, until it has been packed. [1]"
    assert [citation.quote for citation in citations] == ["Yes, until it has been packed."]


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("Do you ship to Ireland?", SHIP),
        ("Can I not cancel an order?", CANCEL),
        ("Can I descale it with citric acid?", VINEGAR),
        ("Kann ich die Bestellung stornieren?", CANCEL),
    ],
)
def test_the_answer_to_another_question_stands_under_it_and_both_are_cited(
    asked: str, known: Passage
) -> None:
    text, (citation,) = quoted(asked, known)

    assert text == f"**{known.question}**\n\n{known.text.partition(chr(10))[2]} [1]"
    assert citation.quote == known.text


def test_what_meets_nothing_of_a_question_is_silent_where_something_does() -> None:
    cover = passage("Document EB-2, edition of January", score=1.0)
    text, _ = quoted(
        "How long does the battery last?", cover, passage("The battery lasts two hours.", score=0.2)
    )

    assert text == "The battery lasts two hours. [1]"


def test_what_stands_under_a_heading_has_its_words() -> None:
    text = (
        "Netherby\n\nOpen from ten to six all days of the week but Mondays, and Saturdays until four.\n\n"
        "Alderwick\n\nOpen from half past eight to five on working days, and Saturdays until noon.\n\n"
        "Valderosa\n\nOpen from nine to two and from five to eight on working days, closed on Saturdays."
    )

    shown, _ = quoted("When is Alderwick open?", passage(text, title="Service centres"))

    assert shown.startswith("Open from half past eight")
