"""Retelling: the events of a finished answer as JSON, and back, to be told once more."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from chat.answering.events import AnswerEvent, CitationDraft, Cited, Finished, Found, Text
from knowledge.passages import Passage


def is_worth_retelling(events: Sequence[AnswerEvent]) -> bool:
    """Say whether events are a whole answer of the model: found, cited, said, finished, nothing else."""
    end = events[-1] if events else None
    return (
        end == Finished("answered", "model")
        and all(isinstance(event, Found | Cited | Text | Finished) for event in events)
        and any(isinstance(event, Cited) for event in events)
    )


def text_of(events: Sequence[AnswerEvent]) -> str:
    """Return the text of an answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


def as_json(events: Sequence[AnswerEvent]) -> list[dict[str, Any]]:
    """Return events as JSON can hold them; a citation's passage is its place among those found."""
    passages: list[Passage] = []
    rows = [_row(event, passages) for event in events]
    return [{"kind": "passages", "passages": [_plain(passage) for passage in passages]}, *rows]


def _row(event: AnswerEvent, passages: list[Passage]) -> dict[str, Any]:
    match event:
        case Found(found, confidence):
            numbers = [_number(passage, passages) for passage in found]
            return {"kind": "found", "passages": numbers, "confidence": confidence}
        case Cited(citation):
            rest = {
                name: getattr(citation, name) for name in ("number", "quote", "start", "end", "opens", "url")
            }
            return {"kind": "cited", "passage": _number(citation.passage, passages), **rest}
        case Text(text):
            return {"kind": "text", "text": text}
        case _:
            return {"kind": "finished", "outcome": event.outcome, "answerer": event.answerer}


def _number(passage: Passage, passages: list[Passage]) -> int:
    if passage not in passages:
        passages.append(passage)
    return passages.index(passage)


def _plain(passage: Passage) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, uuid.UUID) else value for name, value in asdict(passage).items()
    }


def from_json(rows: Sequence[dict[str, Any]]) -> list[AnswerEvent]:
    """Return the events again.

    Raises:
        ValueError: They were written by another version of this code.
    """
    try:
        passages = [_passage(row) for row in rows[0]["passages"]]
        return [_event(dict(row), passages) for row in rows[1:]]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"not events of ours: {error!r}") from error


def _passage(row: dict[str, Any]) -> Passage:
    if set(row) != {field.name for field in fields(Passage)}:
        raise ValueError("a passage of another shape")
    ids = {name: uuid.UUID(row[name]) for name in ("document_id", "version_id")}
    return Passage(**{**row, **ids, "heading_path": tuple(row["heading_path"])})


def _event(row: dict[str, Any], passages: Sequence[Passage]) -> AnswerEvent:
    kind = row.pop("kind")
    match kind:
        case "found":
            return Found(tuple(passages[number] for number in row["passages"]), row["confidence"])
        case "cited":
            passage = passages[row.pop("passage")]
            return Cited(CitationDraft(passage=passage, **row))
        case "text":
            return Text(row["text"])
        case "finished":
            return Finished(**row)
    raise ValueError(f"an event of no known kind: {kind}")
