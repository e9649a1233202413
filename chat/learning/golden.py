"""Golden questions as values: from a file that people write to checked questions, and back again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

from chat.answering.events import Turn
from chat.errors import ChatError

EXPECTATIONS = ("answer", "decline", "clarify", "handoff")
AUDIENCES = ("public", "internal")
LISTS = ("contains", "never", "collections")
TEXTS = ("question", "language", "expect", "document", "audience", "assistant", "note")
LARGEST = 1_000_000  # characters of a file; a question has about 300
LONGEST = {"language": 8, "document": 300}
KNOWN = {*LISTS, *TEXTS, "page", "also", "history"}


class BadGolden(ChatError):
    """A file of golden questions cannot be read; says where and why."""


@dataclass(frozen=True, slots=True)
class Golden:
    """A question with what is known of its answer; as the model of the same name."""

    question: str
    language: str = ""
    expect: str = "answer"
    contains: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    document: str = ""
    page: int | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Turn, ...] = ()
    audience: str = "public"
    assistant: str = ""
    collections: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        """Return what tells it from other questions, whichever answer is expected."""
        asked = [self.question, self.audience, self.assistant, *self.collections]
        asked += [turn.question for turn in self.history]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the documents that answer it, by what the question calls them."""
        return tuple(name for name in (self.document, *self.also) if name)

    def record(self) -> dict[str, Any]:
        """Return it as a file has it, without what is empty."""
        row = asdict(self)
        row |= {name: list(row[name]) for name in LISTS}
        row["also"] = dict(self.also)
        row["history"] = [{"question": turn.question, "answer": turn.reply} for turn in self.history]
        return {name: value for name, value in row.items() if value not in (None, "", [], {})}


class Plain(yaml.SafeLoader):
    """A loader of plain values that knows no aliases: a few of them stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias, compose everything else."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*) is not allowed here: write its value out")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def golden_of(row: object, where: str = "The question") -> Golden:
    """Return the golden question that a row describes.

    Raises:
        BadGolden: Something is missing or not what it should be; begins with ``where``.
    """
    if not isinstance(row, dict):
        raise BadGolden(f"{where} is no mapping: write “question: …” and what to expect.")
    unknown = sorted(str(name) for name in row if name not in KNOWN)
    if unknown:
        raise BadGolden(f"{where} has a field “{unknown[0]}”, which means nothing here: take it away.")
    values: dict[str, Any] = {name: _text(row, name, where) for name in TEXTS if name in row}
    values |= {name: _texts(row, name, where) for name in LISTS}
    values["page"] = _page(row.get("page"), where)
    values["also"] = _also(row.get("also") or {}, where)
    values["history"] = tuple(_turn(turn, where) for turn in _list(row, "history", where))
    return _agreeing(Golden(**{"question": "", **values}), where)


def read(text: str) -> list[Golden]:
    """Return the golden questions of a YAML file of up to a megabyte; an empty file has none.

    Raises:
        BadGolden: It is no YAML, no list, or a question cannot be.
    """
    if len(text) > LARGEST:
        raise BadGolden("The file is larger than a megabyte: split it.")
    try:
        rows = yaml.load(text, Loader=Plain)  # noqa: S506 - a safe loader, without aliases
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadGolden(f"The file is no YAML: {' '.join(str(error).split())}") from error
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise BadGolden("The file is no list: begin each question with “- question: …”.")
    return [golden_of(row, f"Question {number}") for number, row in enumerate(rows, start=1)]


def write(questions: Iterable[Golden]) -> str:
    """Return golden questions as a YAML file that ``read`` reads."""
    rows = [question.record() for question in questions]
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=110) if rows else ""


def _agreeing(golden: Golden, where: str) -> Golden:
    """Return the question if its parts go together."""
    if not golden.question.strip():
        raise BadGolden(f"{where} asks nothing: write the question.")
    if golden.expect not in EXPECTATIONS:
        raise BadGolden(f"{where} expects “{golden.expect}”: write one of {', '.join(EXPECTATIONS)}.")
    if golden.audience not in AUDIENCES:
        raise BadGolden(f"{where} is asked by “{golden.audience}”: write one of {', '.join(AUDIENCES)}.")
    if golden.expect != "answer" and (golden.names or golden.contains):
        raise BadGolden(f"{where} names an answer but expects none: take “document” and “contains” away.")
    return golden


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = "" if row[name] is None else row[name]
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise BadGolden(f"{where}: “{name}” is no text.")
    text = str(value).replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if len(text) > LONGEST.get(name, 4000):
        raise BadGolden(f"{where}: “{name}” is too long; {LONGEST.get(name, 4000)} characters are the most.")
    return text


def _list(row: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = row.get(name) or []
    if not isinstance(value, list):
        raise BadGolden(f"{where}: “{name}” is no list.")
    return value


def _texts(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    return tuple(_text({name: value}, name, where) for value in _list(row, name, where))


def _page(value: object, where: str) -> int | None:
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 100_000:
        raise BadGolden(f"{where}: “page” is no page number.")
    return value


def _also(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadGolden(f"{where}: “also” is no mapping from a document to its words.")
    return {
        _text({"also": name}, "also", where): _text({"also": words}, "also", where)
        for name, words in value.items()
    }


def _turn(turn: object, where: str) -> Turn:
    if not isinstance(turn, dict) or not turn.get("question"):
        raise BadGolden(f"{where}: each turn of “history” needs a “question” and an “answer”.")
    return Turn(_text(turn, "question", where), _text({"answer": turn.get("answer")}, "answer", where))
