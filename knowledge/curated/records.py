"""Records: curated answers as rows of a CSV file and objects of a JSON file, and back, without loss.

Pure but for the models it reads. A spreadsheet takes a cell that begins with = + - or @
for a formula: such cells go out with an apostrophe before them and lose it on the way in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.errors import PermanentError
from knowledge.models import CuratedAnswer

COLUMNS = (
    "question",
    "variants",
    "answer",
    "language",
    "collection",
    "audience",
    "expires_on",
    "source_url",
    "enabled",
    "document",
)
NEEDED = frozenset({"question", "answer"})
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_YES = frozenset({"", "true", "yes", "1", "ja", "sí", "si", "wahr"})
_NO = frozenset({"false", "no", "0", "nein", "falsch"})


@dataclass(frozen=True, slots=True)
class Record:
    """One curated answer as it stands in a file; ``collection`` is a slug, ``document`` an id."""

    question: str
    answer: str
    variants: tuple[str, ...] = ()
    language: str = ""
    collection: str = ""
    audience: str = ""
    expires_on: date | None = None
    source_url: str = ""
    enabled: bool = True
    document: str = ""


def record_of(answer: CuratedAnswer) -> Record:
    """Return an answer as a record."""
    questions = [question.text for question in answer.questions.all()] or [""]
    return Record(
        question=questions[0],
        answer=answer.text,
        variants=tuple(questions[1:]),
        language=answer.language,
        collection=answer.collection.slug,
        audience=answer.audience,
        expires_on=answer.expires_on,
        source_url=answer.source_url,
        enabled=answer.is_enabled,
        document=str(answer.document_id or ""),
    )


def to_cells(record: Record) -> list[str]:
    """Return a record's cells in the order of ``COLUMNS``."""
    values = to_object(record) | {
        "variants": _joined(record.variants),
        "enabled": "yes" if record.enabled else "no",
    }
    return [_neutralised(str(values[column])) for column in COLUMNS]


def to_object(record: Record) -> dict[str, Any]:
    """Return a record as JSON has it."""
    values: dict[str, Any] = {column: getattr(record, column) for column in COLUMNS}
    return values | {
        "variants": list(record.variants),
        "expires_on": record.expires_on.isoformat() if record.expires_on else "",
    }


def from_cells(cells: Mapping[str, str | None]) -> Record:
    """Read a row of a CSV file.

    Raises:
        PermanentError: A cell cannot be read; the text says which, and what to write.
    """
    values: dict[str, Any] = {name: _restored(cells.get(name) or "") for name in COLUMNS}
    return from_object(values | {"variants": _parted(values["variants"])})


def from_object(values: Mapping[str, Any]) -> Record:
    """Read an object of a JSON file.

    Raises:
        PermanentError: A value cannot be read; the text says which, and what to write.
    """
    variants = values.get("variants") or []
    if not isinstance(variants, list) or not all(isinstance(variant, str) for variant in variants):
        raise PermanentError("“variants” is not a list of texts.")
    texts = {name: _text(values, name) for name in COLUMNS if name not in ("variants", "enabled")}
    for name in sorted(NEEDED, reverse=True):
        if not texts[name].strip():
            raise PermanentError(f"There is no {name}: fill in that column.")
    return Record(
        variants=tuple(filter(None, map(str.strip, variants))),
        enabled=_switch(values.get("enabled", True)),
        expires_on=_day(texts.pop("expires_on")),
        **texts,
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name) or ""
    if not isinstance(value, str):
        raise PermanentError(f"“{name}” is not a text: put it in quotes.")
    return value if name == "answer" else value.strip()


def _switch(value: object) -> bool:
    word = str(value).strip().casefold()
    if word in _YES or value is None:
        return True
    if word in _NO:
        return False
    raise PermanentError(f"“{word[:20]}” does not say whether it is enabled: write yes or no.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PermanentError(f"“{text[:20]}” is no date: write it like 2027-01-31.") from None


def _joined(variants: tuple[str, ...]) -> str:
    # A lone variant with a bar gets an empty line, so that its bar is not taken for a separator.
    text = "\n".join(variants)
    return f"{text}\n" if "|" in text and "\n" not in text else text


def _parted(cell: str) -> list[str]:
    return cell.splitlines() if "\n" in cell else cell.split("|")


def _neutralised(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
