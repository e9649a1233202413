"""Golden questions as files: read, refused with a sentence, and written so that they can be read again."""

from pathlib import Path

import pytest

from chat.answering.events import Turn
from chat.learning.golden import BadGolden, Golden, read, write

DEMO = Path(__file__).resolve().parents[3] / "evals" / "golden" / "demo.yaml"


def test_the_golden_questions_of_the_demo_can_be_read_and_written_without_a_loss() -> None:
    questions = read(DEMO.read_text(encoding="utf-8"))

    again = read(write(questions))

    assert len(questions) > 50
    assert again == questions
    assert {question.expect for question in questions} == {"answer", "decline"}
    assert any(question.also for question in questions)
    assert any(question.history for question in questions)


def test_an_empty_file_has_no_questions() -> None:
    assert read("# nothing yet\n") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: b", "The file is no list"),
        ("- [", "The file is no YAML"),
        ("- question: ''", "Question 1 asks nothing"),
        ("- question: How?\n- expect: answer", "Question 2 asks nothing"),
        ("- text", "Question 1 is no mapping"),
        ("- {question: How, expect: guess}", "expects “guess”"),
        ("- {question: How, audience: me}", "is asked by “me”"),
        ("- {question: How, page: two}", "“page” is no page number"),
        ("- {question: How, page: true}", "“page” is no page number"),
        ("- {question: How, contains: yes}", "“contains” is no list"),
        ("- {question: How, also: [a]}", "“also” is no mapping"),
        ("- {question: How, histroy: []}", "a field “histroy”"),
        ("- {question: How, history: [{answer: So.}]}", "needs a “question”"),
        ("- {question: How, expect: decline, document: a.pdf}", "names an answer but expects none"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_the_reason(text: str, sentence: str) -> None:
    with pytest.raises(BadGolden) as refused:
        read(text)

    assert sentence in str(refused.value)


def test_the_same_question_keeps_its_key_whatever_its_answer() -> None:
    plain = Golden("How?")

    others = [
        Golden("How?", audience="internal"),
        Golden("How?", history=(Turn("What?", ""),)),
        Golden("How?", collections=("a",)),
    ]

    assert Golden("How?", expect="decline", page=3).key == plain.key
    assert len({plain.key, *(other.key for other in others)}) == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- question: &a What?\n- question: *a\n", "alias"),
        ("[" * 5000, "no YAML"),
        ("- question: 2024-99-99\n", "no YAML"),
        ("- question: What?\n  also: {a.pdf: [x, y]}\n", "no text"),
        ("- question: What?\n  history:\n    - question: [a, b]\n", "no text"),
        ("# " + "x" * 1_000_001, "megabyte"),
    ],
)
def test_a_file_made_to_hurt_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadGolden, match=reason):
        read(text)
