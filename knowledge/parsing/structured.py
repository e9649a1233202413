"""Structured data: from JSON, JSON lines and XML to text that people can read.

Records of questions and answers become just that, flat records a table, and anything else
lines of "name: value", a paragraph for each record.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.decoding import decode
from knowledge.parsing.ooxml import parser
from knowledge.parsing.tables import ANSWERS, CATEGORIES, LANGUAGES, QUESTIONS, append_table

MAX_DEPTH = 40
MAX_VALUES = 500_000
MAX_COLUMNS = 12
MAX_CELL = 120
# What exports of help desks call them besides what people call them in tables.
_QUESTIONS = QUESTIONS | frozenset("prompt query ask title_question question_text input user".split())
_ANSWERS = ANSWERS | frozenset(
    "answer_text answertext completion output reply_text solution assistant".split()
)
_TITLES = ("title", "heading", "name", "headline")
_TEXTS = ("text", "content", "body", "description")
_NOT_JSON = "This file is no valid JSON: {reason}. Correct it, or save it as text, and upload it again."
Record = dict[str, Any]


def parse_json(path: Path) -> ParsedDocument:
    """Parse a JSON file."""
    text = decode(path.read_bytes()).lstrip("\ufeff")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ParsingError(_NOT_JSON.format(reason=f"line {error.lineno}, {error.msg.lower()}")) from error
    except RecursionError as error:
        raise ParsingError(_NOT_JSON.format(reason="it is nested too deeply")) from error
    return _finished(data)


def parse_json_lines(path: Path) -> ParsedDocument:
    """Parse a file with a JSON value on each line."""
    values = []
    for number, line in enumerate(decode(path.read_bytes()).lstrip("\ufeff").splitlines(), start=1):
        try:
            values += [json.loads(line)] if line.strip() else []
        except (json.JSONDecodeError, RecursionError) as error:
            raise ParsingError(_NOT_JSON.format(reason=f"line {number} cannot be read")) from error
    return _finished(values)


def parse_xml(path: Path) -> ParsedDocument:
    """Parse an XML file; entities and document types are not followed."""
    data = path.read_bytes()
    if b"<!ENTITY" in data.replace(b"\x00", b""):
        raise ParsingError(
            "This XML file defines entities, which we do not follow. Save it without a document type."
        )
    try:
        root = etree.fromstring(data, parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParsingError(
            "This file is no valid XML. Correct it, or save it as text, and upload it again."
        ) from error
    return _finished({_name(root): _value(root, 0)})


def _finished(data: Any) -> ParsedDocument:
    builder = DocumentBuilder()
    _append(builder, data, 0)
    return builder.finish()


def _append(builder: DocumentBuilder, data: Any, depth: int) -> None:
    """Append lists record by record; an object with one list in it is its frame."""
    if depth > MAX_DEPTH:
        raise ParsingError("This file is nested too deeply to be read. Flatten it and upload it again.")
    if isinstance(data, list):
        _append_records(builder, data, depth)
        return
    if not isinstance(data, dict):
        builder.paragraph(_written(data))
        return
    if _append_answer(builder, data):
        return
    simple = {key: value for key, value in data.items() if not _holds_records(value)}
    _append_lines(builder, simple)
    for key, value in data.items():
        if key not in simple:
            _append(builder, value, depth + 1)


def _append_records(builder: DocumentBuilder, records: list[Any], depth: int) -> None:
    objects = [record for record in records if isinstance(record, dict)]
    names = list(dict.fromkeys(name for record in objects for name in record))
    is_flat = all(_is_short(value) for record in objects for value in record.values())
    is_asking = bool(objects) and _pair(objects[0]) is not None
    if len(objects) == len(records) > 1 and is_flat and len(names) <= MAX_COLUMNS and not is_asking:
        append_table(
            builder, [names, *([_written(record.get(name)) for name in names] for record in objects)]
        )
        return
    for record in records:
        _append(builder, record, depth + 1)


def _append_answer(builder: DocumentBuilder, record: Record) -> bool:
    found = _pair(record)
    if found is None:
        return False
    folded = {key.casefold(): value for key, value in record.items()}
    path = [
        _written(folded[name]) for names in (CATEGORIES, LANGUAGES) for name in sorted(names & folded.keys())
    ]
    question, answer = found
    builder.question_answer(question, answer, (*builder.heading_path, *(text for text in path if text)))
    return True


def _pair(record: Record) -> tuple[str, str] | None:
    """Return the question and the answer of a record, None if it has not both."""
    found = []
    for names in (_QUESTIONS, _ANSWERS):
        texts = [_written(value) for key, value in record.items() if key.casefold() in names]
        found.append(next((text for text in texts if text.strip()), ""))
    return (found[0], found[1]) if all(found) else None


def _append_lines(builder: DocumentBuilder, record: Record) -> None:
    """Append an object: its title as heading, its text as it is, the rest as lines."""
    lines = []
    for name, value in _flat(record):
        if name.casefold() in _TITLES and len(value) <= MAX_CELL and len(record) > 1:
            builder.heading(value, 2)
        elif name.casefold() in _TEXTS:
            builder.paragraph(value)
        elif value:
            lines.append(f"{name}: {value}")
    builder.paragraph("\n".join(lines))


def _flat(data: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield all values with their names, those of inner objects as "outer.inner"."""
    if isinstance(data, dict) and depth < MAX_DEPTH:
        for key, value in data.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        yield name, _written(data)


def _holds_records(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(part, dict | list) for part in value)
    return isinstance(value, dict) and any(_holds_records(part) for part in value.values())


def _is_short(value: Any) -> bool:
    return not isinstance(value, dict | list) and len(_written(value)) <= MAX_CELL


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_written(part) for part in value)
        case dict():
            return "; ".join(f"{key}: {_written(part)}" for key, part in value.items())
        case _:
            return str(value)


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _value(element: etree._Element, depth: int) -> Any:
    """Return an element as JSON would hold it: its text, or its children and attributes by name."""
    children = list(element.iterchildren(etree.Element))
    has_words_between = any((child.tail or "").strip() for child in children)
    if not children or has_words_between or depth >= MAX_DEPTH:
        return " ".join("".join(map(str, element.itertext())).split())
    names = [_name(child) for child in children]
    if len(children) > 1 and len(set(names)) == 1:
        return [_value(child, depth + 1) for child in children]
    found: Record = {}
    for child, name in zip(children, names, strict=True):
        value = _value(child, depth + 1)
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found
