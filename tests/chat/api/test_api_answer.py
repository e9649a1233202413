"""Answers over the API: whole, cited, within what the token and the parameters leave, and not kept."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.models import Conversation, Message, RememberedAnswer
from knowledge.models import Reach
from tests.factories import assistant
from tests.knowledge.api.programs import Program, program_of, refusal

pytestmark = pytest.mark.usefixtures("manuals")
RESET = "How do I reset the machine?"
SALARY = "When is the salary of the workshop paid?"


@pytest.fixture
def asker(ada: User) -> Program:
    """Return a program that may ask and nothing else."""
    return program_of(ada, Reach.ASK)


def told(program: Program, question: str = RESET, **values: Any) -> Any:
    """Return what a program is told."""
    response = program.post("/answer", {"question": question, **values})
    assert response.status_code == 200, response.content
    return response.json()


def test_an_answer_is_cited_to_the_words_that_the_reader_opens(asker: Program) -> None:
    answer = told(asker)

    first = answer["citations"][0]
    page = Client().get(first["url"].removeprefix("http://testserver"))
    assert (answer["outcome"], answer["answerer"]) == ("answered", "quoting")
    assert 0.4 < answer["confidence"] <= 1
    assert "power button" in answer["text"]
    assert "[1]" in answer["text"]
    assert "hold the power button" in first["quote"]
    assert first["place"].startswith("Aroma 3000")
    assert first["end"] - first["start"] == len(first["quote"])
    assert page.status_code == 200
    assert "power button" in page.content.decode()


def test_what_only_staff_may_read_is_not_in_a_public_answer(ada: User, asker: Program) -> None:
    reader = program_of(ada, Reach.READ)

    public, by_default = told(asker, SALARY), told(reader, SALARY)
    internal = told(reader, SALARY, audience="internal")

    assert "last day of the month" not in f"{public} {by_default}"
    assert internal["citations"][0]["place"].startswith("Salary")
    assert "last day of the month" in internal["text"]


def test_a_search_leans_on_the_questions_before_it_and_stays_public(asker: Program) -> None:
    asked = {"question": "And for how long is that?", "earlier": ["Does the warranty cover lime?"]}

    alone = asker.post("/search", {"question": asked["question"]}).json()["items"]
    after = asker.post("/search", {**asked, "limit": 1}).json()["items"]
    salary = asker.post("/search", {"question": SALARY}).json()["items"]

    assert after[0]["heading_path"] == ["Aroma 3000", "Warranty"]
    assert len(after) == 1 < len(alone)
    assert {row["title"] for row in salary} <= {"Aroma 3000"}


def test_a_search_for_one_language_leaves_the_others_out(asker: Program) -> None:
    english = asker.post("/search", {"question": RESET, "language": "en"}).json()["items"]
    german = asker.post("/search", {"question": RESET, "language": "de"}).json()["items"]

    assert {row["language"] for row in english} == {"en"}
    assert german == []


def test_collections_narrow_and_never_widen(ada: User) -> None:
    reader = program_of(ada, Reach.READ)
    assistant(key="narrow", collections=["help-centre"])

    own = told(reader, SALARY, assistant="narrow", audience="any")
    wider = reader.post("/answer", {"question": SALARY, "assistant": "narrow", "collections": ["notes"]})
    named = told(reader, SALARY, collections=["notes"], audience="any")

    assert "last day" not in own["text"]
    assert refusal(wider)[:2] == (422, "invalid")
    assert "“notes” is not one of those" in refusal(wider)[2]
    assert "last day" in named["text"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"collections": ["nowhere"]}, "There is no collection “nowhere”"),
        ({"assistant": "nobody"}, "There is no assistant “nobody”"),
        ({"question": "  "}, "“question” cannot be that."),
        ({"format": "poem"}, "“format” cannot be that."),
        ({"history": [{"question": RESET}]}, "“history.0.reply” is missing"),
        ({"temperature": 1}, "There is no field “temperature” here"),
        ({"format": "json", "stream": True}, "cannot be streamed"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(
    asker: Program, values: dict[str, object], sentence: str
) -> None:
    response = asker.post("/answer", {"question": RESET, **values})

    assert refusal(response)[0] == 422
    assert sentence in refusal(response)[2]


def test_an_assistant_that_is_off_answers_no_program(asker: Program) -> None:
    assistant(key="off", is_active=False)

    response = asker.post("/answer", {"question": RESET, "assistant": "off"})

    assert refusal(response)[0] == 422


def test_the_format_json_is_an_object_of_the_answer_and_its_citations(asker: Program) -> None:
    answer = told(asker, format="json")

    assert set(answer) == {"outcome", "answer", "citations"}
    assert answer["outcome"] == "answered"
    assert "power button" in answer["answer"]
    assert answer["citations"][0]["number"] == 1


def test_an_assistant_of_the_format_json_answers_so_unless_another_is_wished_for(asker: Program) -> None:
    assistant(key="machine", answer_format="json")

    assert set(told(asker, assistant="machine")) == {"outcome", "answer", "citations"}
    assert "text" in told(asker, assistant="machine", format="short")


def test_other_methods_are_refused_in_the_shape_of_all_refusals(asker: Program) -> None:
    response = asker.call("GET", "/answer")

    assert refusal(response)[:2] == (405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_nothing_is_kept_of_what_a_program_asks(asker: Program, caplog: pytest.LogCaptureFixture) -> None:
    told(asker, history=[{"question": "What is the warranty?", "reply": "24 months."}])

    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not RememberedAnswer.objects.exists()
    assert RESET not in caplog.text
