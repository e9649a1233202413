"""Measuring: retrieval sets by ``manage.py evaluate --beir``, kept, compared with baselines, refused."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from chat.answering.events import Turn
from chat.learning.retrieval_sets import Query, load
from knowledge.models import Collection, Version
from supportbot.measuring.baselines import Baselines, fused
from supportbot.measuring.scratch import scratch, take_in
from supportbot.measuring.sets import asked_as
from supportbot.measuring.tables import html, markdown
from tests.fakes import AxisEmbedder

pytestmark = pytest.mark.usefixtures("knowledge")
CORPUS = [
    {"id": "w", "title": "Warranty", "text": "The warranty lasts 24 months from delivery of the goods."},
    {"id": "p", "title": "Pump", "text": "Error E-42 means that the pump is blocked and must be rinsed."},
    {"id": "b", "title": "Battery", "text": "The battery is charged within two hours."},
]
QUERIES = [
    {
        "id": "1",
        "text": "How long is the warranty?",
        "answers": [{"text": "24 months"}],
        "label": "ANSWERABLE",
    },
    {"id": "2", "text": "Was bedeutet E-42?", "answers": ["pump is blocked"], "language": "de"},
    {"id": "3", "text": "What salary is paid?", "label": "UNANSWERABLE"},
]
QRELS = [("1", "w"), ("2", "p")]


def a_set(folder: Path, name: str = "small") -> Path:
    """Write a retrieval set of three documents and three questions, one of them without an answer."""
    home = folder / name
    home.mkdir()
    for file, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        (home / f"{file}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (home / "qrels.tsv").write_text("".join(f"{query}\t{document}\t1\n" for query, document in QRELS))
    return home


def evaluated(folder: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run the command and return the figures it wrote."""
    out = StringIO()
    figures = folder / "figures.json"
    call_command("evaluate", "--beir", *map(str, arguments), "--json", str(figures), stdout=out, stderr=out)
    report: dict[str, Any] = json.loads(figures.read_text())
    return report


def test_a_set_is_measured_by_language_with_its_refusals_and_its_answers(tmp_path: Path) -> None:
    report = evaluated(tmp_path, a_set(tmp_path))

    assert (report["questions"], report["hit@1"]) == (2, 1.0)
    assert {language: part["questions"] for language, part in report["languages"].items()} == {
        "de": 1,
        "en": 1,
    }
    assert report["containment"]["quoted"] == 1.0
    assert (report["refusal"]["answerable"], report["refusal"]["unanswerable"]) == (2, 1)
    assert report["refusal"]["always_refuse_f1"] == 0.5
    assert set(report["refusal"]["auroc_by_label"]) == {"UNANSWERABLE"}
    assert not Collection.objects.exists()


def test_what_is_kept_is_not_ingested_again(tmp_path: Path) -> None:
    home = a_set(tmp_path)

    first = evaluated(tmp_path, home, "--keep")
    AxisEmbedder.embedded.clear()
    second = evaluated(tmp_path, home, "--keep")

    assert AxisEmbedder.embedded == []
    assert (first["chunks"], first["ndcg@10"]) == (second["chunks"], second["ndcg@10"])
    assert Collection.objects.get().slug.startswith("scratch-")
    assert Version.objects.count() == 3


def test_a_fresh_start_ingests_what_was_kept_anew(tmp_path: Path) -> None:
    home = a_set(tmp_path)
    evaluated(tmp_path, home, "--keep")
    before = set(Version.objects.values_list("id", flat=True))

    evaluated(tmp_path, home, "--keep", "--fresh")

    assert before.isdisjoint(Version.objects.values_list("id", flat=True))
    assert Version.objects.count() == 3


def test_baselines_rank_the_same_chunks_by_words_by_meaning_and_by_both(tmp_path: Path) -> None:
    home = a_set(tmp_path)
    with scratch(home, keep=False) as collection:
        names, failures = take_in(load(home).documents, collection)
        plain = Baselines(collection, names)

        by_code = plain.rankings("E-42", ["en"])
        by_meaning = plain.rankings("Garantie", ["de"])

    assert failures == []
    assert by_code["bm25"] == ["p"]
    assert by_meaning["bm25"] == []
    assert by_meaning["dense"][0] == by_meaning["rrf"][0] == "w"


def test_rank_fusion_is_as_computed_by_hand() -> None:
    assert fused(["a", "b"], ["b", "c"]) == ["b", "a", "c"]
    assert fused([], ["c"]) == ["c"]


def test_several_sets_share_one_report_and_one_table(tmp_path: Path) -> None:
    one, two = a_set(tmp_path, "one"), a_set(tmp_path, "two")
    table, page = tmp_path / "table.md", tmp_path / "page.html"

    report = evaluated(
        tmp_path, one, two, "--baselines", "--markdown", str(table), "--html", str(page),
        "--rankings", str(tmp_path / "rankings.json"),
    )  # fmt: skip

    assert [part["set"] for part in report["sets"]] == ["one", "two"]
    assert set(report["sets"][0]["baselines"]) == {"bm25", "dense", "rrf"}
    assert table.read_text().count("\n| one |") == 3
    assert "| mean |" in table.read_text()
    assert "<script" not in page.read_text()
    assert page.read_text().count('<rect class="bar"') == 2
    assert page.read_text().count('<circle class="dot"') == 6
    assert json.loads((tmp_path / "rankings.json").read_text())["one"]["1"][0] == "w"


def test_a_set_that_became_worse_closes_the_gate_and_is_named(tmp_path: Path) -> None:
    home, before = a_set(tmp_path), tmp_path / "before.json"
    before.write_text(json.dumps(evaluated(tmp_path, home)))

    evaluated(tmp_path, home, "--compare", str(before))
    was = json.loads(before.read_text())
    before.write_text(json.dumps({**was, "set": "small", "containment": {"quoted": 0.9}, "ndcg@10": 0.5}))
    evaluated(tmp_path, home, "--compare", str(before))
    (home / "qrels.tsv").write_text("1\tb\t1\n2\tb\t1\n")
    before.write_text(json.dumps(was))

    with pytest.raises(CommandError, match="became worse") as failure:
        evaluated(tmp_path, home, "--compare", str(before))
    assert failure.value.returncode == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sets": [{"set": 1}]}'])
def test_a_file_that_is_no_report_of_sets_is_refused_before_anything_is_asked(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "before.json").write_text(text)

    with pytest.raises(CommandError, match="is no report of evaluate --beir"):
        evaluated(tmp_path, a_set(tmp_path), "--compare", str(tmp_path / "before.json"))


def test_earlier_turns_are_rewritten_left_out_or_joined() -> None:
    history = tuple(Turn(question, "So.") for question in ("First?", "How do I reset the Aroma?", "Why?"))
    query = Query("1", "And then?", history)

    assert asked_as(query, "last") == ("And then?", ())
    assert asked_as(query, "joined") == ("How do I reset the Aroma? Why? And then?", ())
    assert asked_as(query, "engine") == ("And then?", ("How do I reset the Aroma?", "Why?"))
    assert asked_as(Query("2", "And then?"), "engine") == ("And then?", ())


def test_what_was_not_measured_is_a_dash_and_not_a_nought() -> None:
    row = {"set": "x", "documents": 1, "chunks": 1, "questions": 1, "hit@1": 1.0, "hit@5": 1.0}
    row |= {"ndcg@10": 1.0, "mrr@10": 1.0, "p50_ms": 1.0, "p95_ms": 2.0}
    other = {**row, "set": "y", "baselines": {"bm25": {"ndcg@10": 0.5}}}

    told = markdown([row, other])

    assert "| x | 1 | 1 | 1 | 1.0 | 1.0 | 1.0 | 1.0 | 1.0 | 2.0 | – | – | – |" in told
    assert "Refusal" not in told
    assert '<th scope="row">y</th>' in html([row, other])
