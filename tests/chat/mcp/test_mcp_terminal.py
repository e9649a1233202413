"""MCP in the terminal: the protocol's own client starts the command and uses the tools."""

import json
import os
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from mcp import Client, StdioServerParameters, stdio_client

from chat.mcp import WANTED
from supportbot.embedded.folder import PROJECT
from tests.factories import assistant

RESET = "How do I reset the machine?"
SALARY = "When is the salary of the workshop paid?"


def database_url() -> str:
    """Return the address of the database of this test."""
    known = connection.settings_dict
    user = quote(f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"], safe=":")
    options = {"host": known["HOST"], "port": str(known["PORT"])}
    place = urlencode({name: value for name, value in options.items() if value})
    return f"postgresql://{user}@/{known['NAME']}?{place}"


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Client]:
    """Start the command on the database of this test, as a client on this machine does."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "EMBEDDER": "tests.fakes.AxisEmbedder",
        "PUBLIC_URL": "https://help.example.com",
    }
    command = StdioServerParameters(
        command=sys.executable, args=["manage.py", "mcp", *arguments], env=environment, cwd=str(PROJECT)
    )
    async with Client(stdio_client(command)) as client:
        yield client


async def used(client: Client, tool: str, **values: Any) -> dict[str, Any]:
    """Return what a tool tells."""
    result = await client.call_tool(tool, values)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


@pytest.mark.usefixtures("manuals")
async def test_a_client_finds_the_tools_and_uses_them_on_real_documents() -> None:
    async with started() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        found = await used(client, "search", question=RESET, limit=2)
        answer = await used(client, "answer", question=RESET)

    assert set(tools) == {"search", "answer"}
    assert tools["search"].input_schema["required"] == ["question"]
    assert tools["answer"].output_schema is not None
    assert "hold the power button" in found["items"][0]["text"]
    assert found["items"][0]["url"].startswith("https://help.example.com/")
    assert answer["outcome"] == "answered"
    assert "[1]" in answer["text"]
    assert "hold the power button" in answer["citations"][0]["quote"]


@pytest.mark.usefixtures("manuals")
async def test_what_only_staff_may_read_is_told_only_to_a_server_that_was_told_so() -> None:
    async with started() as client:
        hidden = [await used(client, tool, question=SALARY) for tool in ("search", "answer")]
        asked_for = await used(client, "search", question=SALARY, collections=["notes"])
    async with started("--internal") as client:
        shown = await used(client, "search", question=SALARY)

    assert "last day of the month" not in json.dumps(hidden)
    assert asked_for["items"] == []
    assert "last day of the month" in shown["items"][0]["text"]


@pytest.mark.usefixtures("manuals")
async def test_what_a_model_names_narrows_and_never_widens_and_is_refused_in_a_sentence() -> None:
    async with started("--collections", "help-centre", "--internal") as client:
        own = await used(client, "search", question=SALARY)
        wider = await client.call_tool("search", {"question": SALARY, "collections": ["notes"]})
        unknown = await client.call_tool("answer", {"question": SALARY, "collections": ["nowhere"]})
        empty = await client.call_tool("answer", {"question": "  "})

    assert {row["place"].split(" · ")[0] for row in own["items"]} <= {"Aroma 3000"}
    assert (wider.is_error, unknown.is_error, empty.is_error) == (True, True, True)
    assert "“notes” is not one of those" in str(wider.content)
    assert "There is no collection “nowhere”" in str(unknown.content)


@pytest.mark.usefixtures("manuals")
def test_a_command_for_what_is_not_there_says_so_and_serves_nothing() -> None:
    assistant(key="off", is_active=False)

    with pytest.raises(CommandError, match="There is no assistant “off”"):
        call_command("mcp", "--assistant", "off")
    with pytest.raises(CommandError, match="There is no collection “nowhere”"):
        call_command("mcp", "--collections", "help-centre,nowhere")


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it had never been installed

    with pytest.raises(CommandError, match="pip install 'mcp~="):
        call_command("mcp")


def test_the_sentence_names_the_version_of_the_extra() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["optional-dependencies"]["mcp"] == [WANTED]
    assert WANTED in project["optional-dependencies"]["dev"]
