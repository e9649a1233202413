"""The protocol's description: docs/protocol.schema.json and docs/widget.md tell what the code does."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from chat.limits.quotas import DEFAULTS
from chat.realtime import protocol
from chat.realtime.protocol import READERS, read
from tests.guards.policies import FRAMES
from tests.guards.sources import python_files, text_of, tree_of

SCHEMA: dict[str, Any] = json.loads(text_of(Path("docs/protocol.schema.json")))["$defs"]
MANUAL = Path("docs/widget.md")
INTERNAL = {"relay", "bell"}  # between processes, never on a socket
REFUSALS = {"BadFrame", "BadQuestion", "Limited", "send_error"}


def calls() -> Iterator[ast.Call]:
    """Yield every call in the modules that speak to customers."""
    for path in python_files("chat"):
        if path.parts[1] in ("realtime", "conversations"):
            yield from (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def server_frames() -> set[str]:
    """Return the types of frames that the code writes down as dictionaries."""
    return {
        value.value
        for path in python_files("chat")
        if path.parts[1] == "realtime"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type"
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    } - INTERNAL


def event_kinds() -> set[str]:
    """Return the kinds of events in the modules that record them."""
    return {
        node.value
        for path in python_files("chat")
        if path.parts[1] == "conversations"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(
            r"[a-z]+\.(?:created|started|reset|finished|given|requested|joined|closed|reopened)", node.value
        )
    }


def error_codes() -> set[str]:
    """Return the codes with which frames and questions are refused."""
    return {
        str(call.args[0].value)
        for call in calls()
        if ast.unparse(call.func).rpartition(".")[2] in REFUSALS
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def told(heading: str) -> set[str]:
    """Return the names in code style of the first column of the table below a heading of the manual."""
    section = text_of(MANUAL).partition(f"### {heading}\n")[2].partition("\n### ")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}


def test_schema_and_manual_have_the_frames_of_the_client() -> None:
    frames = set(READERS)

    assert set(SCHEMA["clientFrames"]) == frames
    assert told("From the client") == frames


def test_schema_and_manual_have_the_frames_of_the_server() -> None:
    frames = server_frames()

    assert set(SCHEMA["serverFrames"]) == frames
    assert told("From the server") == frames


def test_schema_and_manual_have_the_events() -> None:
    kinds = event_kinds()

    assert set(SCHEMA["events"]) == kinds
    assert told("Events") == kinds


def test_schema_and_manual_have_the_codes_of_errors() -> None:
    codes = error_codes()

    assert set(SCHEMA["serverFrames"]["error"]["properties"]["code"]["enum"]) == codes
    assert told("Errors") == codes


def test_the_schema_names_the_fields_that_frames_are_read_into() -> None:
    for kind, (_, values) in FRAMES.items():
        frame = read(json.dumps({"type": kind, **values}))

        described = set(SCHEMA["clientFrames"][kind]["properties"]) - {"type", "v"}

        assert described == {field.name for field in fields(frame)}


def test_the_schema_has_the_limits_of_the_code() -> None:
    hello = SCHEMA["clientFrames"]["hello"]["properties"]

    assert tuple(hello["v"]["enum"]) == protocol.SPOKEN
    assert f"{protocol.MOST_BYTES:,} bytes" in text_of(MANUAL)


def test_the_manual_names_every_limit_with_its_default() -> None:
    section = text_of(MANUAL).partition("## Limits\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|[^|]*\| ([^|]*) \| `(\w+)` \|", section, re.MULTILINE)

    told_limits = {name: int((re.findall(r"\d+", words) or [0])[0]) for words, name in rows}

    assert told_limits == dict(DEFAULTS)
