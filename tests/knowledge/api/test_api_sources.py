"""Sources over the API: added, synced, paused and removed, and what their syncs brought."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from knowledge.models import Act, Document, Source, SourceKind, SourcePage, State, SyncRun
from knowledge.sources.sync import sync
from tests.factories import accepted, shelf
from tests.knowledge.api.programs import Program, refusal

PLAN = {"collection": "help-centre", "kind": "site", "address": "https://help.example.com/"}


@pytest.fixture
def site(ada: User) -> Source:
    """Return a website that was never synced."""
    return Source.objects.create(
        name="Help", kind=SourceKind.SITE, address="https://help.example.com/", collection=shelf()
    )


def test_a_source_is_added_and_synced_at_once(program: Program, ada: User) -> None:
    shelf()

    response = program.post("/sources", {**PLAN, "schedule": "weekly", "depth": 1})

    made = response.json()
    assert response.status_code == 201
    assert (made["name"], made["schedule"], made["depth"]) == ("help.example.com", "weekly", 1)
    assert made["latest_run"]["state"] == "queued"
    assert Source.objects.get().made_by == ada


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"address": "ftp://help.example.com/"}, "is not a web address"),
        ({"kind": "folder", "address": "/etc"}, "is not in a folder that may be read"),
        ({"page_budget": 0}, "The page budget is between 1 and 20,000 pages."),
        ({"page_budget": 10**30}, "The page budget is between 1 and 20,000 pages."),
        ({"page_budget": "many"}, "“page_budget” cannot be that."),
        ({"schedule": "yearly"}, "“schedule” cannot be that."),
        ({"collection": "nowhere"}, "There is no collection “nowhere”"),
        ({"colour": "red"}, "There is no field “colour” here"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(program: Program, change: dict[str, Any], sentence: str) -> None:
    shelf()

    response = program.post("/sources", {**PLAN, **change})

    assert refusal(response)[0] == 422
    assert sentence in refusal(response)[2]
    assert not Source.objects.exists()


def test_a_folder_is_synced_and_tells_what_it_found(
    program: Program, settings: Settings, tmp_path: Path
) -> None:
    shelf()
    settings.SOURCE_FOLDERS = [str(tmp_path)]
    (tmp_path / "reset.md").write_text("# Reset\n\nHold the button.")
    (tmp_path / "tool.exe").write_bytes(b"MZ")
    added = program.post("/sources", {**PLAN, "kind": "folder", "address": str(tmp_path)}).json()

    sync(SyncRun.objects.get().pk, 20)
    runs = program.get(f"/sources/{added['id']}/runs").json()["items"]
    run = program.get(f"/sources/{added['id']}/runs/{runs[0]['id']}").json()
    pages = program.get(f"/sources/{added['id']}/pages", state="new").json()["items"]

    assert (run["state"], run["counts"]["new"]) == ("ready", 1)
    assert [page["document"] for page in pages] == [str(Document.objects.get().pk)]
    assert program.get(f"/sources/{added['id']}").json()["latest_run"] == runs[0]


def test_the_failures_of_a_run_are_named(program: Program, site: Source) -> None:
    trouble = {"address": "https://help.example.com/a", "state": "failed", "reason": "It answered 500."}
    run = SyncRun.objects.create(source=site, state=State.READY, troubles=[trouble], counts={"failed": 1})

    shown = program.get(f"/sources/{site.pk}/runs/{run.pk}").json()

    assert (shown["failures"], shown["counts"]) == ([trouble], {"failed": 1})
    assert refusal(program.get(f"/sources/{site.pk}/runs/{run.pk + 1}"))[0] == 404


def test_syncing_twice_is_one_sync_and_cancelling_twice_a_conflict(program: Program, site: Source) -> None:
    runs = [program.post(f"/sources/{site.pk}/sync") for _ in range(2)]
    cancelled = [program.post(f"/sources/{site.pk}/cancel") for _ in range(2)]

    assert [run.status_code for run in runs] == [202, 202]
    assert len({run.json()["id"] for run in runs}) == 1
    assert cancelled[0].json()["latest_run"]["state"] == "cancelled"
    assert refusal(cancelled[1])[:2] == (409, "conflict")


def test_a_source_pauses_and_goes_on(program: Program, site: Source) -> None:
    paused = program.post(f"/sources/{site.pk}/pause").json()["is_paused"]
    resumed = program.post(f"/sources/{site.pk}/resume").json()["is_paused"]

    assert (paused, resumed) == (True, False)
    assert list(Act.objects.values_list("verb", flat=True).order_by("id"))[-2:] == [
        "source paused",
        "source resumed",
    ]


def test_a_source_is_revised_where_it_is_told_to(program: Program, site: Source) -> None:
    revised = program.patch(f"/sources/{site.pk}", {"depth": 7, "exclude": "/old/*"}).json()
    nothing = program.patch(f"/sources/{site.pk}", {"name": None})

    assert (revised["depth"], revised["exclude"], revised["name"]) == (7, "/old/*", "Help")
    assert refusal(nothing)[2] == "“name” cannot be null: leave it out to keep it."


def test_removing_a_source_asks_what_becomes_of_its_documents(
    program: Program, site: Source, tmp_path: Path
) -> None:
    document = accepted(tmp_path).document
    SourcePage.objects.create(source=site, address=site.address, document=document)

    unsaid = program.delete(f"/sources/{site.pk}")
    kept = program.delete(f"/sources/{site.pk}?documents=keep")

    assert refusal(unsaid)[2] == "“documents” is missing: send it."
    assert kept.status_code == 204
    assert not Source.objects.exists()
    assert Document.objects.get() == document


def test_a_source_goes_with_its_documents_when_told_to(
    program: Program, site: Source, tmp_path: Path
) -> None:
    SourcePage.objects.create(source=site, address=site.address, document=accepted(tmp_path).document)

    gone = program.delete(f"/sources/{site.pk}?documents=delete")

    assert gone.status_code == 204
    assert not Document.objects.exists()


def test_sources_are_listed_by_what_they_are(program: Program, site: Source) -> None:
    Source.objects.create(name="Notes", kind="page", address="https://n.example/", collection=shelf("notes"))

    def names(**query: str) -> list[str]:
        return [row["name"] for row in program.get("/sources", **query).json()["items"]]

    assert names() == ["Help", "Notes"]
    assert names(kind="page") == names(collection="notes") == names(q="n.example") == ["Notes"]
    assert names(paused="true") == []
    assert refusal(program.get("/sources", after="x"))[2].startswith("“after” is no cursor of this list")
