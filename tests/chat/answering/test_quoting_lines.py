"""Short lines that say something are quoted, and code is quoted sign by sign."""

import pytest

from chat.answering.citing import Citer, marks_in
from chat.answering.events import Text
from chat.answering.quoting import quote
from chat.answering.quoting.parts import Kind, parts_of
from tests.factories import passage

CONTACT = """Phone: 0800 123 456

E-mail: help@example.com

Saturday 10:00–14:00

No returns on sale items

Reach us by letter as well.

""" + "\n\n".join(f"We answer letters of kind {letter} within a day." for letter in "ABCDEFGH")


def quoted(question: str, text: str, **columns: str) -> str:
    """Return what is shown of a text for a question."""
    given = [passage(text, **columns)]
    return "".join(one.text for one in quote(question, given, Citer(), "en") if isinstance(one, Text))


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("What is your phone number?", "Phone: 0800 123 456"),
        ("Are you open on Saturday?", "Saturday 10:00–14:00"),
        ("Do you take returns on sale items?", "No returns on sale items"),
    ],
)
def test_a_short_line_that_answers_is_quoted(question: str, line: str) -> None:
    assert line in quoted(question, CONTACT)


@pytest.mark.parametrize("line", ["Cleaning the tank", "2.1 Safety", "Chapter 2", "The Aroma 3000"])
def test_a_short_line_that_only_names_what_follows_is_a_heading(line: str) -> None:
    assert parts_of(passage(f"{line}\n\nRinse it with warm water."))[0].kind is Kind.HEADING


def test_code_keeps_its_brackets() -> None:
    code = "const first = response.items[1];\nuse(first);"

    shown = quoted("How do I get the first item?", f"Get the first item like this:\n\n{code}", kind="code")

    assert code in shown


def test_nothing_is_numbered_nought() -> None:
    assert marks_in("Read response.items[0] first [2].") == [2]
