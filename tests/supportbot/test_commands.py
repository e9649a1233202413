"""Commands: ingest, search, ask and evaluate as they are typed."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from chat.realtime.engines import configured_model
from knowledge import heartbeats
from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection, Document, LexemeStatistic, Version
from tests.factories import MANUAL, shelf, taken_in

pytestmark = pytest.mark.usefixtures("knowledge")


def run(*arguments: str | Path) -> str:
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=out, no_color=True)
    return out.getvalue()


def manuals(tmp_path: Path) -> Path:
    """Return a folder of two documents, and things that are none, below a hidden folder."""
    folder = tmp_path / ".hidden" / "manuals"
    (folder / "deep").mkdir(parents=True)
    (folder / "manual.md").write_text(MANUAL)
    (folder / "deep" / "battery.txt").write_text("The battery lasts two days.")
    (folder / ".secret.txt").write_text("Not for us.")
    return folder


def test_ingest_takes_a_folder_in_under_the_names_of_its_files(tmp_path: Path) -> None:
    printed = run("ingest", manuals(tmp_path), "--no-wait")

    assert set(Document.objects.values_list("file_name", flat=True)) == {"manual.md", "deep/battery.txt"}
    assert "Made the collection “Help centre” (Public)." in printed
    assert Version.objects.filter(state="queued").count() == 2


def test_ingest_again_knows_what_is_there(tmp_path: Path) -> None:
    folder = manuals(tmp_path)
    run("ingest", folder, "--no-wait")
    for version in Version.objects.all():
        ingest(version.id)

    printed = run("ingest", folder)

    assert "2 documents ready (2 known already)" in printed
    assert "0 failed" in printed


def test_ingest_fails_when_a_file_is_refused_but_takes_the_others(tmp_path: Path) -> None:
    folder = manuals(tmp_path)
    (folder / "movie.mp4").write_bytes(b"\x00\x01")

    with pytest.raises(CommandError, match="1 of 3 files could not be taken in"):
        run("ingest", folder, "--no-wait")

    assert Document.objects.count() == 2


def test_ingest_into_internal_makes_it_internal(tmp_path: Path) -> None:
    run("ingest", manuals(tmp_path), "--collection", "internal", "--no-wait")

    assert Collection.objects.get().audience == "internal"
    assert set(Document.objects.values_list("audience", flat=True)) == {"internal"}


def test_ingest_says_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(CommandError, match="does not exist"):
        run("ingest", tmp_path / "nothing")
    with pytest.raises(CommandError, match="no files"):
        run("ingest", tmp_path / "empty")

    assert not Collection.objects.exists()


def test_search_prints_the_passages_with_their_place(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    taken_in(tmp_path, "The reset code of the staff is 7.", "staff.txt", shelf("internal", "internal"))

    printed = run("search", "How do I reset the machine?", "--limit", "1")
    internal = run("search", "reset code of the staff", "--internal")

    assert printed.startswith("1. Aroma 3000 · ")
    assert "hold the power button" in printed
    assert "2. " not in printed
    assert "1. Staff" in internal
    assert "Staff" not in run("search", "reset code of the staff")


def test_search_that_finds_nothing_says_what_to_look_at() -> None:
    assert "Nothing found" in run("search", "anything")


def test_ask_declines_when_nothing_is_known(settings: Settings) -> None:
    settings.MODEL_URL = ""
    configured_model.cache_clear()

    printed = run("ask", "How do I reset the machine?")

    assert "I could not find that in our documents" in printed
    assert "declined (none)" in printed


def test_ask_quotes_the_documents_with_the_address_of_the_passage(tmp_path: Path, settings: Settings) -> None:
    settings.MODEL_URL = ""
    configured_model.cache_clear()
    document = taken_in(tmp_path, MANUAL, "manual.md")

    printed = run("ask", "How do I reset the machine with the power button?")

    assert "hold the power button for ten seconds" in printed
    assert "answered (quoting)" in printed
    assert "[1] Aroma 3000" in printed
    assert f"/read/{document.live_version_id}/?from=" in printed


def test_evaluate_measures_and_leaves_nothing_behind(tmp_path: Path) -> None:
    heartbeats.beat("worker")
    taken_in(tmp_path, "The warranty of a real document.", "real.txt")
    folder = retrieval_set(tmp_path)

    printed = run("evaluate", "--beir", folder, "--json", tmp_path / "figures.json")

    figures = json.loads((tmp_path / "figures.json").read_text())
    assert (figures["questions"], figures["documents"], figures["hit@1"]) == (2, 2, 1.0)
    assert "ndcg@10" in printed
    assert list(Collection.objects.values_list("slug", flat=True)) == ["help-centre"]
    assert list(Document.objects.values_list("title", flat=True)) == ["Real"]
    assert not LexemeStatistic.objects.exclude(collection__slug="help-centre").exists()


def test_evaluate_tries_again_what_the_embedder_refused(
    tmp_path: Path, knowledge: type, settings: Settings
) -> None:
    knowledge.fail_after(0, times=2)  # type: ignore[attr-defined]  # it is an AxisEmbedder

    run("evaluate", "--beir", retrieval_set(tmp_path), "--json", tmp_path / "figures.json")

    assert json.loads((tmp_path / "figures.json").read_text())["hit@1"] == 1.0


def test_evaluate_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"corpus.jsonl is missing"):
        run("evaluate", "--beir", tmp_path)

    assert not Collection.objects.exists()


def retrieval_set(tmp_path: Path) -> Path:
    """Write a set of two documents and two questions."""
    folder = tmp_path / "set"
    folder.mkdir()
    documents = [("d1", "The warranty lasts two years."), ("d2", "The battery lasts two days.")]
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"id": key, "title": "", "text": text}) + "\n" for key, text in documents)
    )
    (folder / "queries.jsonl").write_text(
        '{"id": "q1", "text": "How long is the warranty?"}\n{"id": "q2", "text": "battery?"}\n'
    )
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\n")
    return folder
