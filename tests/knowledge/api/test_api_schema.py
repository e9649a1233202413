"""The description of the API: public, up to date, and the guide names only what is there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from supportbot.api import api
from supportbot.management.commands.openapi import HOME, description
from tests.guards.sources import text_of
from tests.knowledge.api.programs import HOME as PREFIX

GUIDE = text_of(Path("docs/api.md"))


def schema() -> dict[str, Any]:
    """Return the description of the running code."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


def examples() -> set[tuple[str, str]]:
    """Return method and path of each curl of the guide, as the schema would write them."""
    found = set()
    for command in re.findall(r"^curl ((?:.*\\\n)*.*)", GUIDE, re.MULTILINE):
        if "/mcp " in command:  # beside the API, and not described by its schema
            continue
        (path,) = re.findall(r"\$API(/[^\s?\"]*)", command)
        method = re.findall(r"-X (\w+)", command)
        has_body = bool(re.search(r" -[Fd] ", command)) and " -G " not in command
        found.add((method[0] if method else "POST" if has_body else "GET", path))
    return found


def pattern_of(path: str) -> re.Pattern[str]:
    """Return what addresses of a path of the schema look like."""
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path.removeprefix(PREFIX))))


def test_the_description_in_the_repository_is_that_of_the_code() -> None:
    kept = HOME.read_text(encoding="utf-8")

    assert kept == description(), "run `manage.py openapi`"


def test_every_example_of_the_guide_is_an_operation_and_every_operation_has_an_example() -> None:
    operations = {(method.upper(), path) for path, methods in schema()["paths"].items() for method in methods}

    shown = {
        (method, path)
        for method, path in operations
        if any(m == method and pattern_of(path).fullmatch(example) for m, example in examples())
    }
    unknown = {
        (method, example)
        for method, example in examples()
        if not any(m == method and pattern_of(path).fullmatch(example) for m, path in operations)
    }

    assert unknown == set()
    assert operations - shown == set()


def test_every_operation_needs_a_token_and_says_what_a_refusal_looks_like() -> None:
    operations = [operation for methods in schema()["paths"].values() for operation in methods.values()]

    assert {json.dumps(operation["security"]) for operation in operations} == {'[{"Door": []}]'}
    assert all("default" in operation["responses"] for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["description"] for operation in operations)


def test_every_code_of_a_refusal_is_explained() -> None:
    codes = schema()["components"]["schemas"]["Problem"]["properties"]["error"]["properties"]["code"]["enum"]

    explained = re.findall(r"^\| \d{3} \| `(\w+)` \|", GUIDE, re.MULTILINE)

    assert set(codes) == set(explained)
    assert set(explained) <= set(codes)


@pytest.mark.django_db
def test_anybody_may_read_the_description_and_there_is_no_page_with_foreign_scripts() -> None:
    described = Client().get(f"{PREFIX}/openapi.json")
    page = Client().get(f"{PREFIX}/docs")

    assert described.json() == schema()
    assert page.status_code == 401
