"""Retrieval sets: folders in the layout of BEIR, read or refused with a sentence."""

import json
from pathlib import Path

import pytest

from chat.answering.events import Turn
from chat.learning.retrieval_sets import BadSet, Query, SetDocument, load


def folder_with(tmp_path: Path, queries: str = "", qrels: str = "", corpus: str = "") -> Path:
    """Write the three files of a set."""
    (tmp_path / "corpus.jsonl").write_text(corpus or '{"id": "d1", "title": "T", "text": "Words."}\n\n')
    (tmp_path / "queries.jsonl").write_text(queries or '{"id": "q1", "text": "How?"}\n')
    (tmp_path / "qrels.tsv").write_text(qrels or "query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    return tmp_path


def test_a_set_is_read(tmp_path: Path) -> None:
    read = load(folder_with(tmp_path))

    assert read.documents == [SetDocument("d1", "T", "Words.")]
    assert read.queries == [Query("q1", "How?")]
    assert read.relevant == {"q1": {"d1": 1}}


def test_judgements_in_trecs_four_columns_are_read_too(tmp_path: Path) -> None:
    read = load(folder_with(tmp_path, qrels="q1\t0\td1\t2\nq1\t0\td2\t0\n"))

    assert read.relevant == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("history", "turns"),
    [
        ([], ()),
        (["First?"], (Turn("First?", ""),)),
        (
            [{"role": "user", "text": "First?"}, {"role": "assistant", "content": "Yes."}],
            (Turn("First?", "Yes."),),
        ),
        (
            [{"speaker": "user", "text": "A?"}, {"text": "B?"}, {"speaker": "agent", "text": "C."}],
            (Turn("A?", ""), Turn("B?", "C.")),
        ),
    ],
)
def test_a_history_is_paired_into_turns(
    tmp_path: Path, history: list[object], turns: tuple[Turn, ...]
) -> None:
    query = json.dumps({"id": "q1", "text": "And?", "history": history})

    assert load(folder_with(tmp_path, queries=query)).queries[0].history == turns


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = folder_with(tmp_path)
    (folder / missing).unlink()

    with pytest.raises(BadSet, match=f"{missing} is missing"):
        load(folder)


@pytest.mark.parametrize(
    ("line", "sentence"), [("{", "is not JSON"), ("[]", "has no “id”"), ("{}", "has no “id”")]
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str, sentence: str) -> None:
    folder = folder_with(tmp_path, corpus='{"id": "d1"}\n' + line)

    with pytest.raises(BadSet, match=f"Line 2 of .*corpus.jsonl {sentence}"):
        load(folder)
