"""Retrieval sets: folders of documents, questions and judgements in the layout of BEIR."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.answering.events import Turn
from chat.errors import ChatError


class BadSet(ChatError):
    """The folder is not a retrieval set; says what is missing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the turns before it.

    ``label`` says whether the documents answer it, empty where nobody said; ``answers`` are
    texts of which one should stand in the answer.
    """

    id: str
    text: str
    history: tuple[Turn, ...] = ()
    label: str = ""
    language: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetDocument:
    """A document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Everything that is needed to rate a search."""

    documents: list[SetDocument]
    queries: list[Query]
    relevant: dict[str, dict[str, int]] = field(default_factory=dict)


def load(folder: Path) -> RetrievalSet:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises:
        BadSet: A file is missing or a line cannot be read.
    """
    documents = [
        SetDocument(str(row["id"]), str(row.get("title") or ""), str(row.get("text") or ""))
        for row in _lines(folder / "corpus.jsonl")
    ]
    queries = [_query(row) for row in _lines(folder / "queries.jsonl")]
    return RetrievalSet(documents, queries, _judgements(folder / "qrels.tsv"))


def _query(row: dict[str, Any]) -> Query:
    label = str(row.get("label") or row.get("answerability") or "").upper()
    answers = (answer.get("text", "") if isinstance(answer, dict) else answer for answer in _answers(row))
    return Query(
        id=str(row["id"]),
        text=str(row.get("text") or ""),
        history=tuple(_turns(row.get("history") or [])),
        label=label,
        language=str(row.get("language") or ""),
        answers=tuple(str(answer) for answer in answers if answer),
    )


def _answers(row: dict[str, Any]) -> list[Any]:
    """Return the short answers of a row; a long one in its own words stands nowhere word for word."""
    answers = row.get("answers") or []
    return answers if isinstance(answers, list) else [answers]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise BadSet(f"{path} is missing: a set needs corpus.jsonl, queries.jsonl and qrels.tsv.")
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadSet(f"Line {number} of {path} is not JSON.") from error
            if not isinstance(row, dict) or "id" not in row:
                raise BadSet(f"Line {number} of {path} has no “id”.")
            yield row


def _turns(history: list[Any]) -> Iterator[Turn]:
    """Pair the customer's and the assistant's texts, whichever way they are written down."""
    question = ""
    for said in history:
        text = said.get("text") or said.get("content") or "" if isinstance(said, dict) else str(said)
        role = said.get("role") or said.get("speaker") or "user" if isinstance(said, dict) else "user"
        if role in ("assistant", "agent", "system", "bot"):
            yield Turn(question, text)
            question = ""
        else:
            if question:
                yield Turn(question, "")
            question = text
    if question:
        yield Turn(question, "")


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    if not path.is_file():
        raise BadSet(f"{path} is missing: a set needs corpus.jsonl, queries.jsonl and qrels.tsv.")
    relevant: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            # Three columns (question, document, grade) or trec's four; a heading line has no number.
            if len(row) >= 3 and row[-1].strip().lstrip("-").isdigit():
                relevant.setdefault(row[0], {})[row[-2]] = int(row[-1])
    return relevant
