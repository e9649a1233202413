"""Curated answers over the API: the same rules as on the staff pages."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from knowledge.curated import match
from knowledge.models import Act, Collection, CuratedAnswer
from knowledge.retrieval import Scope
from tests.factories import accepted, shelf
from tests.knowledge.api.programs import Program, refusal

PLAN = {
    "collection": "help-centre",
    "question": "How long is the warranty?",
    "variants": ["Is there a guarantee?"],
    "text": "Three years.",
}


@pytest.fixture(autouse=True)
def help_centre(ada: User) -> Collection:
    """Return the collection that answers belong to."""
    return shelf()


def test_an_answer_that_is_added_is_given_to_customers(program: Program, ada: User) -> None:
    response = program.post("/curated-answers", PLAN)

    found = match("Is there a guarantee?", Scope())
    assert response.status_code == 201
    assert (response.json()["question"], response.json()["variants"]) == (PLAN["question"], PLAN["variants"])
    assert found is not None
    assert found.text == "Three years."
    assert CuratedAnswer.objects.get().made_by == ada


def test_a_change_keeps_what_it_does_not_name(program: Program, tmp_path: Path) -> None:
    document = accepted(tmp_path).document
    number = program.post("/curated-answers", {**PLAN, "document": str(document.pk)}).json()["id"]

    changed = program.patch(f"/curated-answers/{number}", {"text": "Two years.", "is_enabled": False}).json()
    unlinked = program.patch(f"/curated-answers/{number}", {"document": None}).json()

    assert (changed["text"], changed["is_enabled"], changed["question"]) == (
        "Two years.",
        False,
        PLAN["question"],
    )
    assert (changed["variants"], changed["document"]) == (PLAN["variants"], str(document.pk))
    assert (unlinked["document"], unlinked["text"]) == (None, "Two years.")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"question": "  "}, "A question is empty"),
        ({"text": "See [1]."}, "“[1]” in the answer would pass for a citation"),
        ({"source_url": "javascript:alert(1)"}, "is no address of a page"),
        ({"language": "klingon"}, "is no language code we know"),
        ({"document": "00000000-0000-0000-0000-000000000007"}, "There is no document"),
        ({"variants": ["x"] * 101}, "“variants” cannot be that."),
        ({"text": "a\x00b"}, "“text” holds a NUL character"),
        ({"colour": "red"}, "There is no field “colour” here"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(program: Program, change: dict[str, Any], sentence: str) -> None:
    response = program.post("/curated-answers", {**PLAN, **change})

    assert refusal(response)[0] == 422
    assert sentence in refusal(response)[2]
    assert not CuratedAnswer.objects.exists()


def test_a_wording_belongs_to_one_answer(program: Program) -> None:
    program.post("/curated-answers", PLAN)

    again = program.post("/curated-answers", {**PLAN, "question": "Is there a guarantee?", "variants": []})

    assert "is asked by another curated answer" in refusal(again)[2]


def test_a_warning_is_confirmed(program: Program) -> None:
    number = program.post("/curated-answers", PLAN).json()["id"]
    CuratedAnswer.objects.update(warning="Two years.", warning_key="k")
    warned = program.get("/curated-answers", state="warned").json()["items"]

    confirmed = program.post(f"/curated-answers/{number}/confirm").json()

    assert [row["warning"] for row in warned] == ["Two years."]
    assert confirmed["warning"] == ""


def test_a_removed_answer_is_given_to_nobody(program: Program, ada: User) -> None:
    number = program.post("/curated-answers", PLAN).json()["id"]

    removed = program.delete(f"/curated-answers/{number}")

    assert removed.status_code == 204
    assert refusal(program.get(f"/curated-answers/{number}"))[0] == 404
    assert Act.objects.get(verb="curated answer removed").by == ada


def test_answers_are_listed_newest_first_page_by_page(program: Program) -> None:
    numbers = [
        program.post("/curated-answers", {**PLAN, "question": f"Question {n}?", "variants": []}).json()["id"]
        for n in range(3)
    ]

    first = program.get("/curated-answers", limit=2).json()
    rest = program.get("/curated-answers", limit=2, after=first["after"]).json()
    asked = program.get("/curated-answers", q="question 1").json()["items"]

    assert [row["id"] for row in first["items"] + rest["items"]] == numbers[::-1]
    assert [row["id"] for row in asked] == [numbers[1]]
