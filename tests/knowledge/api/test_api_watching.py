"""Collections, searching and watching over the API."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from knowledge.heartbeats import beat
from knowledge.models import Audience, Collection, Document, EmbeddingSet
from tests.factories import accepted, shelf, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.api.programs import Program, refusal

SALARY = "# Salary\n\nThe salary of the workshop is paid on the last day of the month.\n"


def test_a_collection_is_made_looked_at_and_listed(program: Program, tmp_path: Path) -> None:
    made = program.post("/collections", {"name": "Notes", "slug": "notes", "audience": "internal"})
    accepted(tmp_path, on=Collection.objects.get(slug="notes"))

    shown = program.get("/collections/notes").json()
    listed = program.get("/collections").json()["items"]

    assert (made.status_code, made.json()["slug"]) == (201, "notes")
    assert (shown["name"], shown["audience"], shown["documents"]) == ("Notes", "internal", 1)
    assert listed == [shown]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"name": "Help-Centre", "slug": "other"}, "Another collection already has this name."),
        ({"name": "Other", "slug": "help-centre"}, "Another collection already has this short name."),
        ({"name": "Other", "slug": "no slug"}, "Enter a valid “slug”"),
        ({"name": "Other"}, "“slug” is missing: send it."),
        ({"name": "Other", "slug": "other", "audience": "all"}, "“audience” cannot be that."),
        ([1, 2], "cannot be that."),
    ],
)
def test_a_collection_that_cannot_be_is_refused(program: Program, body: object, sentence: str) -> None:
    shelf()

    response = program.post("/collections", body)

    assert refusal(response)[0] == 422
    assert sentence in refusal(response)[2]
    assert Collection.objects.count() == 1


def test_a_search_finds_passages_that_the_reader_opens(program: Program, tmp_path: Path) -> None:
    taken_in(tmp_path)

    best = program.get("/search", q="How do I reset it?").json()["items"][0]
    page = Client().get(best["url"].removeprefix("http://testserver"))

    assert "hold the power button" in best["text"]
    assert (best["title"], best["heading_path"]) == ("Aroma 3000", ["Aroma 3000", "Reset"])
    assert best["score"] > 0
    assert "power button" in page.content.decode()


def test_a_search_sees_what_customers_see_unless_told_otherwise(program: Program, tmp_path: Path) -> None:
    taken_in(tmp_path)
    taken_in(tmp_path, SALARY, "salary.md", shelf("notes", Audience.INTERNAL))

    def titles(**query: str) -> set[str]:
        found = program.get("/search", q="salary reset", **query).json()["items"]
        return {row["title"] for row in found}

    assert titles() == titles(audience="public") == {"Aroma 3000"}
    assert titles(audience="internal") == {"Salary"}
    assert titles(audience="any") == {"Aroma 3000", "Salary"}
    assert titles(audience="any", collection="notes") == {"Salary"}


def test_a_search_in_no_collection_is_refused_instead_of_finding_nothing(program: Program) -> None:
    response = program.get("/search", q="reset", collection="nowhere")

    assert refusal(response)[0] == 422
    assert "There is no collection “nowhere”" in refusal(response)[2]


def test_a_search_without_a_question_is_refused(program: Program) -> None:
    assert refusal(program.get("/search"))[2] == "“q” is missing: send it."
    assert refusal(program.get("/search", q=""))[2].startswith("“q” cannot be that.")


def test_an_embedder_that_is_not_the_stored_one_is_no_secret(program: Program, tmp_path: Path) -> None:
    taken_in(tmp_path)
    AxisEmbedder.name = "another"
    EmbeddingSet.objects.update(probe=[0.0] * 7 + [-1.0])

    response = program.get("/search", q="What about the pump?")

    assert refusal(response)[:2] == (503, "unavailable")


def test_the_status_counts_what_is_there_and_what_waits(program: Program, ada: User, tmp_path: Path) -> None:
    taken_in(tmp_path)
    waiting = accepted(tmp_path, "Two.", "two.txt").document
    Document.objects.filter(pk=waiting.pk).update(is_published=False)
    accepted(tmp_path, "Three.", "three.txt", shelf("scratch", is_scratch=True))
    beat("worker")

    status = program.get("/status").json()

    assert status["documents"] == {"ready": 1, "queued": 1}
    assert status["published"] == 1
    assert (status["versions_queued"], status["versions_working"], status["syncs_queued"]) == (2, 0, 0)
    assert status["processes"]["worker"]["is_at_work"] is True
    assert status["processes"]["beat"] == {"is_at_work": False, "seconds_ago": None}


def test_the_embedding_sets_say_which_is_searched(program: Program, tmp_path: Path) -> None:
    taken_in(tmp_path)

    (active,) = program.get("/embedding-sets").json()["items"]

    assert (active["name"], active["is_active"], active["state"]) == ("axes", True, "ready")
    assert active["vectors"] >= 3
    assert "probe" not in active
