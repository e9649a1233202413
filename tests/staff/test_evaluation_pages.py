"""Evaluation pages: golden questions, runs and the confidence from which on customers are answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chat.learning import calibration_in_force
from chat.learning.calibrating import forget
from chat.learning.figures import figures_of
from chat.learning.golden import Golden
from chat.models import Calibration, EvaluationRun, GoldenQuestion, Message, Review, Role, RunState, Verdict
from tests.staff.conftest import MakeConversation

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT = "/staff/golden/", "/staff/golden/new/", "/staff/golden/import/"
RUNS, CONFIDENCE = "/staff/evaluations/", "/staff/confidence/"


@pytest.fixture(autouse=True)
def _unremembered() -> Iterator[None]:
    """Read the calibration anew before and after each test."""
    forget()
    yield
    forget()


def saying(**changes: str) -> dict[str, str]:
    """Return the form of a golden question as a browser sends it."""
    values = {"question": "How long is the warranty?", "expect": "answer", "audience": "public"}
    values |= {"document": "terms.pdf", "contains": "24 months\n\nfrom delivery", "is_active": "on"}
    return {**values, **changes}


def asked(question: str, right: bool, **columns: Any) -> dict[str, Any]:
    """Return what became of a question in a run."""
    row = {
        "key": Golden(question).key,
        "question": question,
        "language": "en",
        "expect": "answer",
        "collections": ["help-centre"],
        "outcome": "answered",
        "answerer": "quoting",
        "text": "It lasts 24 months. [1]",
        "cited": [{"number": 1, "place": "Terms · p. 3", "quote": "24 months", "right": right}],
        "is_placed": True,
        "rank": 1 if right else None,
        "contained": right,
        "confidence": 0.8,
        "logit": 2.0 if right else -2.0,
        "why": "" if right else "It cites none of the places that hold the answer.",
        "right": right,
        "found_ms": 9.0,
        "first_words_ms": 11.0,
        "whole_ms": 14.0,
    }
    return {**row, **columns}


def run_with(*rows: dict[str, Any]) -> EvaluationRun:
    """Store a finished run."""
    values = {"questions": list(rows), "figures": figures_of(rows), "total": len(rows), "done": len(rows)}
    return EvaluationRun.objects.create(subject="Golden questions", state=RunState.READY, **values)


def test_empty_pages_say_what_to_do_next(ada_client: Client) -> None:
    pages = [ada_client.get(address).content.decode() for address in (LIST, RUNS, CONFIDENCE)]

    assert "There are no golden questions yet" in pages[0]
    assert NEW in pages[1]
    assert "There is nothing to measure on yet" in pages[2]


def test_a_golden_question_is_written_found_changed_and_deleted(ada_client: Client) -> None:
    ada_client.post(NEW, saying())
    golden = GoldenQuestion.objects.get()
    where = reverse("staff:golden-edit", args=[golden.pk])
    ada_client.post(where, saying(question="How long?", is_active=""))

    listed = ada_client.get(LIST, {"q": "LONG", "active": "no"}).content.decode()
    golden.refresh_from_db()
    ada_client.post(reverse("staff:golden-delete", args=[golden.pk]))

    assert golden.contains == ["24 months", "from delivery"]
    assert (golden.question, golden.is_active, str(golden.created_by)) == ("How long?", False, "ada")
    assert "How long?" in listed
    assert "Not asked" in listed
    assert not GoldenQuestion.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": " "}, "This field is required."),
        ({"expect": "decline"}, "names an answer but expects none"),
        ({"page": "-1"}, "greater than or equal to 0"),
        ({"page": "0"}, "is no page number"),
    ],
)
def test_a_question_that_cannot_be_is_explained_and_not_kept(
    ada_client: Client, changes: dict[str, str], sentence: str
) -> None:
    html = ada_client.post(NEW, saying(**changes)).content.decode()

    assert sentence in html
    assert not GoldenQuestion.objects.exists()


def test_filters_live_in_the_address(ada_client: Client) -> None:
    GoldenQuestion.objects.create(question="How long?", language="en")
    GoldenQuestion.objects.create(question="Wie lange?", language="de", expect="decline")

    counts = [
        len(ada_client.get(LIST, wanted).context["rows"])
        for wanted in ({}, {"q": "wie"}, {"expect": "decline"}, {"language": "en"}, {"expect": "odd"})
    ]

    assert counts == [2, 1, 1, 1, 2]


def test_what_is_exported_can_be_imported(ada_client: Client) -> None:
    ada_client.post(NEW, saying())
    response = ada_client.get("/staff/golden/export/")
    GoldenQuestion.objects.all().delete()

    file = SimpleUploadedFile("golden.yaml", response.content)
    html = ada_client.post(IMPORT, {"file": file}, follow=True).content.decode()

    assert "attachment" in response.headers["Content-Disposition"]
    assert "1 question added" in html
    assert GoldenQuestion.objects.get().document == "terms.pdf"


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"a: b", "The file is no list"), (b"\xff\xfe", "is no UTF-8 text")]
)
def test_a_file_that_cannot_be_read_says_why(ada_client: Client, content: bytes, sentence: str) -> None:
    html = ada_client.post(IMPORT, {"file": SimpleUploadedFile("g.yaml", content)}).content.decode()

    assert sentence in html


def test_a_reviewed_answer_is_one_click_from_being_a_golden_question(
    ada_client: Client, make_conversation: MakeConversation
) -> None:
    conversation = make_conversation()
    reply = Message.objects.get(role=Role.ASSISTANT)
    Review.objects.create(message=reply, verdict=Verdict.SHOULD_DECLINE)
    link = f"{NEW}?message={reply.pk}"

    transcript = ada_client.get(reverse("staff:conversation", args=[conversation.pk])).content.decode()
    form = ada_client.get(link).context["form"]

    assert link in transcript
    assert (form["question"].value(), form["expect"].value()) == ("How do I reset it?", "decline")
    assert ada_client.get(f"{NEW}?message=nonsense").status_code == 200


def test_a_run_is_started_cancelled_and_tried_again(ada_client: Client, ada: User) -> None:
    GoldenQuestion.objects.create(question="How long?")

    ada_client.post("/staff/evaluations/start/")
    run = EvaluationRun.objects.get()
    page = ada_client.get(f"{RUNS}{run.pk}/").content.decode()
    twice = ada_client.post("/staff/evaluations/start/", follow=True).content.decode()
    ada_client.post(f"{RUNS}{run.pk}/cancel/")
    cancelled = ada_client.get(RUNS).content.decode()
    ada_client.post(f"{RUNS}{run.pk}/retry/")

    assert run.by == ada
    assert "0 of 1 questions" in page
    assert "every 2s" in page
    assert "Another run is at work" in twice
    assert "Try again" in cancelled
    assert EvaluationRun.objects.get().state == RunState.QUEUED


def test_a_report_shows_what_moved_since_the_run_before(ada_client: Client) -> None:
    run_with(asked("How long?", True), asked("How far?", False))
    run = run_with(asked("How long?", False), asked("How far?", True))

    html = ada_client.get(f"{RUNS}{run.pk}/").content.decode()

    assert "Right before, wrong now" in html
    assert "Wrong before, right now" in html
    assert "Terms · p. 3" in html
    assert html.count("<svg") == 3
    assert html.index("It cites none of the places") < html.index("How far?</span>")


def test_the_list_of_golden_questions_shows_how_the_last_run_went(ada_client: Client) -> None:
    for question in ("How long?", "How far?"):
        GoldenQuestion.objects.create(question=question)
    run_with(asked("How long?", True), asked("How far?", False))

    rows = ada_client.get(LIST).context["rows"]

    assert [(row.it.question, row.was_right) for row in rows] == [("How far?", False), ("How long?", True)]


def test_the_confidence_page_says_what_the_setting_would_do_without_a_script(ada_client: Client) -> None:
    run_with(asked("How long?", True), asked("How far?", False), asked("Why?", True), asked("Who?", False))

    moved = ada_client.post(CONFIDENCE, {"act": "look", "answer_from": "0.05"}, follow=True)

    assert moved.context["looked_at"] == 0.05
    assert moved.context["effects"].answered == "100 %"
    assert moved.context["effects"].wrong == "50 %"
    assert not Calibration.objects.exists()
    assert ada_client.get(CONFIDENCE).context["effects"].answered == "50 %"


def test_a_setting_is_saved_with_who_and_when_and_can_be_reset(ada_client: Client) -> None:
    ada_client.post(CONFIDENCE, {"act": "save", "answer_from": "0.65"})
    saved = calibration_in_force().answer_from
    html = ada_client.post(CONFIDENCE, {"act": "reset"}, follow=True).content.decode()

    assert saved == 0.65
    assert "Set by hand" in html
    assert html.count("ada") >= 3
    assert calibration_in_force().answer_from != 0.65


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"act": "save", "answer_from": "2"}, "must be a number from 0 to 1"),
        ({"act": "save", "answer_from": "nan"}, "must be a number from 0 to 1"),
        ({"act": "fit"}, "30 are the least"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_sentence(
    ada_client: Client, sent: dict[str, str], sentence: str
) -> None:
    html = ada_client.post(CONFIDENCE, sent, follow=True).content.decode()

    assert sentence in html
    assert not Calibration.objects.exists()


def test_an_odd_number_in_the_address_shows_the_setting_in_force(ada_client: Client) -> None:
    run_with(asked("How long?", True))

    pages = [ada_client.get(CONFIDENCE, {"answer_from": odd}) for odd in ("nan", "7", "-1", "x", "")]

    assert {page.context["looked_at"] for page in pages} == {calibration_in_force().answer_from}


def test_fitting_learns_from_the_questions_of_the_last_run(ada_client: Client) -> None:
    run_with(*(asked(f"Question {n}?", n > 15, logit=n / 3) for n in range(40)))

    html = ada_client.post(CONFIDENCE, {"act": "fit"}, follow=True).content.decode()

    assert "Confidence is fitted to 40 labelled questions." in html
    assert calibration_in_force().intercept < 0
