"""Remembered answers: given again word for word while everything is the same, and never otherwise."""

import asyncio
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from pytest_django import Settings

from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Curated, Finished, Text, Turn
from chat.answering.remembering import RememberingAnswerer
from chat.answering.retelling import as_json, from_json
from chat.conversations.answers import Reply, claim_next, finish
from chat.conversations.feedback import give_feedback
from chat.conversations.remembered import StoredMemory
from chat.models import Message, RememberedAnswer
from chat.realtime.engines import answerer_for, configured_model, matcher, searcher
from knowledge.models import Document
from knowledge.retrieval import Scope
from tests.factories import asked, taken_in
from tests.fakes import ScriptedModel, broken_off
from tests.knowledge.curated.approving import approved

pytestmark = pytest.mark.usefixtures("knowledge")
MANUAL = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
QUESTION = "How do I reset the machine?"
SAID = "Hold the power button for ten seconds [1]."
SHOWN = "Hold the power button for ten seconds. [1]"
PUBLIC = Scope()


class Assistant:
    """An assistant with a scripted model and a memory, over the real knowledge."""

    def __init__(
        self, *replies: object, circumstances: Sequence[str] = ("model",), scope: Scope = PUBLIC
    ) -> None:
        self.model = ScriptedModel()
        for reply in replies:
            self.model.enqueue(reply)
        engine = AnswerEngine(searcher(scope), self.model, matcher(scope))
        self._answerer = RememberingAnswerer(engine, StoredMemory(scope, circumstances))

    def answer(self, question: str = QUESTION, history: Sequence[Turn] = ()) -> list[AnswerEvent]:
        """Return the events of an answer."""

        async def events() -> list[AnswerEvent]:
            return [event async for event in self._answerer.answer(question, history)]

        return asyncio.run(events())

    @property
    def times_asked(self) -> int:
        """How often the model was asked."""
        return len(self.model.asked)


def text_of(events: Sequence[AnswerEvent]) -> str:
    """Return the text of an answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


@pytest.fixture
def manual(tmp_path: Path) -> Document:
    """Return the document that the answers come from."""
    return taken_in(tmp_path, MANUAL, "manual.txt")


@pytest.mark.parametrize("again", [QUESTION, "  how do i RESET the machine??  "])
def test_the_same_question_gets_the_same_events_without_the_model(manual: Document, again: str) -> None:
    mia = Assistant(SAID)

    first, second = mia.answer(), mia.answer(again)

    assert text_of(first) == SHOWN
    assert first[-1] == Finished("answered", "model")
    assert second == first
    assert mia.times_asked == 1
    assert RememberedAnswer.objects.get().uses == 1


def test_a_question_that_asks_the_same_in_other_words_gets_it_too(manual: Document) -> None:
    mia = Assistant(SAID, "It cannot be asked twice.")

    first, second = mia.answer(), mia.answer("So how do I reset the machine?")

    assert second == first
    assert mia.times_asked == 1


@pytest.mark.parametrize(
    "other",
    [
        "How do I not reset the machine?",
        "How do I reset the machine 3000?",
        "How do I restart the warranty of the machine?",
    ],
)
def test_a_question_that_only_looks_alike_is_answered_anew(manual: Document, other: str) -> None:
    mia = Assistant(SAID, SAID)

    mia.answer()
    mia.answer(other)

    assert not RememberedAnswer.objects.filter(uses__gt=0).exists()


def test_a_changed_document_makes_it_forgotten_at_once(manual: Document, tmp_path: Path) -> None:
    mia = Assistant(SAID, "Hold the power button for twenty seconds [1].")
    mia.answer()

    taken_in(tmp_path, MANUAL.replace("ten", "twenty"), "manual.txt")
    second = mia.answer()

    assert text_of(second) == "Hold the power button for twenty seconds. [1]"
    assert mia.times_asked == 2


def test_an_answer_from_a_withdrawn_document_is_never_given(manual: Document) -> None:
    mia = Assistant(SAID)
    mia.answer()

    Document.objects.update(is_published=False)
    second = mia.answer()

    assert second[-1] == Finished("declined", "none")


@pytest.mark.parametrize("question", [QUESTION, "So how do I reset the machine?"])
def test_an_approved_answer_wins_over_a_remembered_one(manual: Document, question: str) -> None:
    mia = Assistant(SAID)
    mia.answer()

    approved(question, text="Call us.")
    end = mia.answer(question)[-1]

    assert isinstance(end, Finished)
    assert isinstance(end.curated, Curated)


def test_other_circumstances_are_another_memory(manual: Document) -> None:
    Assistant(SAID).answer()

    others = [
        Assistant(SAID, circumstances=("another model",)),
        Assistant(SAID, scope=Scope(collections=("help-centre",))),
    ]
    for other in others:
        other.answer()

    assert [other.times_asked for other in others] == [1, 1]


def test_what_the_model_did_not_finish_is_not_remembered(manual: Document) -> None:
    mia = Assistant(SAID, "Never mind.")
    mia.model.scripts.appendleft(("Hold the power button for ten seconds [1]. The lamp", broken_off()))
    mia.model.scripts.appendleft(("Pour vinegar into the tank [1].",))

    answers = [mia.answer(), mia.answer(), mia.answer()]

    ends = [events[-1] for events in answers]
    assert [end.answerer for end in ends if isinstance(end, Finished)] == ["fallback", "fallback", "model"]
    assert RememberedAnswer.objects.count() == 1


def test_what_was_asked_in_a_conversation_is_not_remembered_for_others(manual: Document) -> None:
    history = [Turn("Is it red?", "It is.")]
    question = "Please tell me which button I have to hold for a reset of my machine"
    mia = Assistant(question, SAID, SAID)  # first it makes the question stand alone

    mia.answer(question, history)
    before = RememberedAnswer.objects.count()
    mia.answer(question)

    assert (before, RememberedAnswer.objects.count()) == (0, 1)


def test_a_follow_up_that_leans_on_the_conversation_is_not_answered_from_memory(manual: Document) -> None:
    question = "And how do I reset it?"
    mia = Assistant(SAID, "How do I reset the machine?", SAID)
    mia.answer(question)

    mia.answer(question, [Turn("Tell me about the machine.", "It is red.")])

    assert not RememberedAnswer.objects.filter(uses__gt=0).exists()


def test_an_answer_that_helped_nobody_is_dropped_and_not_remembered_again(manual: Document) -> None:
    mia = Assistant(SAID, SAID, "The lamp then blinks twice [1].", "The lamp then blinks twice [1].")
    mia.answer()
    cleo = asked(QUESTION)
    work = claim_next("test", 1)[0]
    finish(work, Reply(SHOWN, "answered", "model", ()), "en")

    give_feedback(cleo.conversation.id, Message.objects.get(role="assistant").id, False, "")
    answers = [text_of(mia.answer()) for _ in range(3)]

    assert answers == [SHOWN, "The lamp then blinks twice. [1]", "The lamp then blinks twice. [1]"]
    assert mia.times_asked == 3


def test_only_so_many_are_kept_and_the_oldest_go(manual: Document, settings: Settings) -> None:
    settings.REMEMBERED_ANSWERS = 2
    questions = [f"How do I reset machine {number}?" for number in range(4)]
    mia = Assistant(*[SAID] * 4)

    for question in questions:
        mia.answer(question)

    kept = RememberedAnswer.objects.values_list("question", flat=True)
    assert list(kept) == [questions[3], questions[2]]


def test_what_is_too_old_is_answered_anew(manual: Document, settings: Settings) -> None:
    settings.REMEMBERED_HOURS = 1
    mia = Assistant(SAID, SAID)
    mia.answer()

    RememberedAnswer.objects.update(created_at="2020-01-01T00:00:00Z")
    mia.answer()

    assert mia.times_asked == 2


def test_rows_of_another_version_of_this_code_are_passed_over(manual: Document) -> None:
    mia = Assistant(SAID, SAID)
    mia.answer()

    RememberedAnswer.objects.update(events=[{"kind": "passages", "passages": [{"text": "x"}]}])
    second = mia.answer()

    assert text_of(second) == SHOWN
    assert mia.times_asked == 2


def test_events_survive_being_kept(manual: Document) -> None:
    events = Assistant(SAID).answer()

    assert from_json(as_json(events)) == events


@pytest.mark.parametrize(
    ("url", "answers", "hours", "remembers"),
    [
        ("http://127.0.0.1:1/v1", 10, 10, True),
        ("http://127.0.0.1:1/v1", 0, 10, False),
        ("http://127.0.0.1:1/v1", 10, 0, False),
        ("", 10, 10, False),
    ],
)
def test_customers_are_remembered_for_only_with_a_model_and_room(
    settings: Settings, url: str, answers: int, hours: int, remembers: bool
) -> None:
    settings.MODEL_URL, settings.REMEMBERED_ANSWERS, settings.REMEMBERED_HOURS = url, answers, hours
    configured_model.cache_clear()

    answerer = answerer_for()
    configured_model.cache_clear()

    assert isinstance(answerer, RememberingAnswerer) == remembers


def test_a_thumb_on_an_answer_that_nobody_remembers_harms_nothing() -> None:
    cleo = asked(QUESTION)
    work = claim_next("test", 1)[0]
    finish(work, Reply("Hold it.", "answered", "quoting", ()), "en")

    event = give_feedback(cleo.conversation.id, Message.objects.get(role="assistant").id, False, "")

    assert event is not None
    assert uuid.UUID(event.data["message"]) == Message.objects.get(role="assistant").id
