"""Hostile values: whatever is sent to any route gets an answer or a sentence, and never a failure of ours."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.models import Chunk, CuratedAnswer, Source, SyncRun
from supportbot.api import api
from tests.factories import shelf, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.api.programs import HOME, Program, program_of, refusal

EXAMPLES = 400
NASTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "%00",
    "../../etc/passwd",
    "'; DROP TABLE knowledge_document; --",
    "{{ 7*7 }}",
    "\u202e\ufeff",
    "😀" * 60,
    "x" * 5000,
    "9" * 5000,
    "-1",
    "0",
    "1e309",
    str(2**63),
    "2030-02-31",
    "0001-01-01T00:00:00+23:59~00000000-0000-0000-0000-000000000007",
    "9999-12-31T23:59:59-23:59~00000000-0000-0000-0000-000000000007",
    "http://[::1",
    "http://user:secret@example.com/",
    "https://example.com:99999/",
    "site",
    "help-centre",
    "notes",
]
FIELDS = (
    "collection title text format file_name name slug audience question variants language document source_url"
    " expires_on review_on is_enabled is_pinned fixed_language kind address include exclude"
    " follow_links depth page_budget seconds_between grace_days schedule"
).split()
FILE_NAMES = ["a.md", "a.pdf", "a.zip", "x" * 300 + ".txt", "\u202e.md", ".md", "a"]
texts = st.sampled_from(NASTY) | st.text(max_size=40)
numbers = st.integers() | st.floats() | st.sampled_from([10**30, -(10**30), 2**63, 1e308])
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=8)
bodies = objects | values
form_fields = st.sampled_from(["collection", "title"]) | texts


@dataclass(frozen=True)
class Operation:
    """A route as the schema has it."""

    method: str
    path: str
    places: tuple[str, ...]
    parameters: tuple[str, ...]
    media_type: str


def operations() -> list[Operation]:
    """Return all operations of the schema."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            names: dict[str, list[str]] = {"path": [], "query": []}
            for parameter in operation.get("parameters", []):
                names[parameter["in"]].append(parameter["name"])
            media = next(iter(operation.get("requestBody", {}).get("content", {})), "")
            found.append(Operation(method.upper(), path, tuple(names["path"]), tuple(names["query"]), media))
    return found


OPERATIONS = operations()


@pytest.fixture
def rows(knowledge: type[AxisEmbedder], tmp_path: Path) -> dict[str, list[str]]:
    """Return rows that really are there, by the name that paths have for them."""
    document = taken_in(tmp_path)
    source = Source.objects.create(
        name="Help", kind="site", address="https://help.example.com/", collection=shelf()
    )
    run = SyncRun.objects.create(source=source, state="ready")
    answer = CuratedAnswer.objects.create(collection=shelf(), text="Hold it.")
    answer.questions.create(text="How do I reset it?", wording="how do i reset it")
    assert Chunk.objects.exists()
    return {
        "slug": ["help-centre"],
        "document_id": [str(document.pk)],
        "number": ["1"],
        "source_id": [str(source.pk)],
        "run_id": [str(run.pk)],
        "answer_id": [str(answer.pk)],
    }


@pytest.fixture
def attacker(rows: dict[str, list[str]]) -> Program:
    """Return a program with a token that may write."""
    return program_of(User.objects.create(username="ada", is_staff=True))


def body_of(data: st.DataObject, operation: Operation) -> dict[str, Any]:
    """Draw what is sent along."""
    if operation.media_type == "multipart/form-data":
        fields = data.draw(
            st.dictionaries(st.sampled_from(["collection", "title"]) | texts, texts, max_size=3)
        )
        name = data.draw(
            st.sampled_from(["a.md", "a.pdf", "a.zip", "x" * 300 + ".txt", "\u202e.md", ".md", "a"])
        )
        return {"form": {**fields, "file": SimpleUploadedFile(name, data.draw(st.binary(max_size=60)))}}
    if operation.method in ("POST", "PATCH"):
        return {"data": json.dumps(data.draw(bodies)).encode(), "content_type": "application/json"}
    return {}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_is_sent_nothing_fails(
    rows: dict[str, list[str]], attacker: Program, data: st.DataObject
) -> None:
    operation = data.draw(st.sampled_from(OPERATIONS))
    path = operation.path
    for place in operation.places:
        value = data.draw(st.sampled_from(rows[place]) | texts)
        path = path.replace(f"{{{place}}}", quote(value, safe=""))
    names = st.sampled_from([*operation.parameters, "nobody"])
    query = urlencode(data.draw(st.dictionaries(names, texts, max_size=3)))
    sent = body_of(data, operation)
    headers = {"Authorization": f"Bearer {attacker.secret}"}

    if "form" in sent:
        response = attacker.client.post(f"{path}?{query}", sent["form"], headers=headers)
    else:
        response = attacker.call(operation.method, f"{path.removeprefix(HOME)}?{query}", **sent)

    assert response.status_code < 500, (operation.method, path, query, sent, response.content[:300])
    if response.status_code >= 400:
        assert refusal(response)[2].strip()
