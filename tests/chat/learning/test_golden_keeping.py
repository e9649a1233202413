"""Keeping: golden questions in the database, from files and from conversations."""

import uuid
from pathlib import Path

import pytest

from chat.learning.golden import BadGolden, read, write
from chat.learning.keeping import active_questions, exported, from_answer, take_in
from chat.models import Answer, AnswerState, Citation, GoldenQuestion, Message, Review, Role, Verdict
from knowledge.naming import documents_called
from tests.factories import asked, assistant, shelf, taken_in

pytestmark = pytest.mark.django_db
TWO = """
- question: How long is the warranty?
  language: en
  document: manual.md
  contains: ["24 months"]
  assistant: demo
- question: And the salary?
  expect: decline
  history: [{question: Hello, answer: Hello!}]
"""


def test_what_a_file_brings_in_is_what_is_given_out() -> None:
    assistant()

    done = take_in(TWO, None)

    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    assert read(exported()) == read(TWO) == active_questions()


def test_importing_again_changes_what_changed_and_nothing_else() -> None:
    assistant()
    take_in(TWO, None)

    done = take_in(TWO.replace("24 months", "two years"), None)

    assert (done.added, done.changed, done.unchanged) == (0, 1, 1)
    assert GoldenQuestion.objects.get(document="manual.md").contains == ["two years"]


def test_a_file_with_one_bad_question_changes_nothing() -> None:
    with pytest.raises(BadGolden, match="no assistant “demo”"):
        take_in(TWO, None)

    assert not GoldenQuestion.objects.exists()


def test_inactive_questions_are_exported_and_not_asked() -> None:
    assistant()
    take_in(TWO, None)
    GoldenQuestion.objects.filter(expect="decline").update(is_active=False)

    assert len(active_questions()) == 1
    assert len(read(exported())) == 2


def replied() -> Message:
    """Let a customer get an answer with a citation."""
    asking = asked("How long is the warranty?")
    reply = Message.objects.create(
        conversation=asking.conversation, role=Role.ASSISTANT, text="24 months. [1]", outcome="answered"
    )
    Answer.objects.filter(conversation=asking.conversation).update(reply=reply, state=AnswerState.FINISHED)
    place = {"document_id": uuid.UUID(int=5), "version_id": uuid.UUID(int=6), "start": 0, "end": 9}
    Citation.objects.create(message=reply, number=1, quote="It lasts\n24 months.", title="M", page=2, **place)
    return Message.objects.select_related("answered_by__question", "conversation").get(pk=reply.pk)


def test_an_answer_that_staff_found_right_becomes_a_question_with_its_place_and_words() -> None:
    reply = replied()
    Review.objects.create(message=reply, verdict=Verdict.CORRECT, note="Often asked.")

    golden = from_answer(reply)

    assert (golden.question, golden.expect) == ("How long is the warranty?", "answer")
    assert (golden.document, golden.page) == (str(uuid.UUID(int=5)), 2)
    assert golden.contains == ["It lasts 24 months."]
    assert golden.note == "Often asked."
    assert golden.assistant is not None


def test_an_answer_that_should_have_been_declined_becomes_a_question_to_decline() -> None:
    reply = replied()
    Review.objects.create(message=reply, verdict=Verdict.SHOULD_DECLINE)

    golden = from_answer(reply)

    assert (golden.expect, golden.document, golden.contains) == ("decline", "", [])


def test_words_of_an_answer_that_nobody_reviewed_are_not_taken_for_right() -> None:
    assert from_answer(replied()).contains == []


def test_an_empty_export_is_an_empty_file() -> None:
    assert write([]) == ""


@pytest.mark.usefixtures("knowledge")
def test_a_document_is_called_by_number_file_name_or_title_in_any_case(tmp_path: Path) -> None:
    document = taken_in(tmp_path)
    taken_in(tmp_path, "Other words.", "other.md", on=shelf("scratch-1", is_scratch=True))

    found = documents_called(["MANUAL.md", "Aroma 3000", str(document.pk), "other.md", "nothing", ""])

    assert [bool(found[name]) for name in found] == [True, True, True, False, False, False]
    assert found["MANUAL.md"][0].document_id == document.pk
    assert found["MANUAL.md"][0].collection == "help-centre"
