"""MCP over HTTP: the protocol's own client at our web server, with the eyes of its token."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client as Browser
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pytest_django import Settings

from knowledge import tokens
from knowledge.models import ApiToken, Reach
from supportbot.asgi import application
from tests.knowledge.api.programs import Program, program_of, refusal

HOME = "http://localhost/mcp"
SALARY = "When is the salary of the workshop paid?"


async def secret_of(ada: User, scope: str) -> str:
    """Return the secret of a token that acts for Ada."""
    program: Program = await database_sync_to_async(program_of)(ada, scope)
    return program.secret


@asynccontextmanager
async def connected(secret: str, address: str = HOME) -> AsyncIterator[Client]:
    """Connect the protocol's client to our web server."""
    headers = {"Authorization": f"Bearer {secret}"}
    transport = httpx2.ASGITransport(app=application)
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers, timeout=20) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


async def told(client: Client, tool: str, **values: Any) -> Any:
    """Return what a tool tells."""
    result = await client.call_tool(tool, values)
    assert not result.is_error, result.content
    return result.structured_content


@pytest.mark.usefixtures("manuals")
async def test_a_program_with_a_token_searches_and_is_answered(ada: User) -> None:
    async with connected(await secret_of(ada, Reach.ASK)) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        answer = await told(client, "answer", question="How do I reset the machine?")

    assert sorted(tools) == ["answer", "search"]
    assert answer["citations"][0]["url"].startswith("http://localhost/")
    assert "power button" in answer["text"]


@pytest.mark.usefixtures("manuals")
async def test_internal_documents_are_told_only_to_a_token_that_may_read_them(ada: User) -> None:
    async with connected(await secret_of(ada, Reach.ASK)) as client:
        public = [await told(client, tool, question=SALARY) for tool in ("search", "answer")]
        named = await told(client, "search", question=SALARY, collections=["notes"])
    async with connected(await secret_of(ada, Reach.READ), f"{HOME}?audience=internal") as client:
        internal = await told(client, "search", question=SALARY)

    assert "last day of the month" not in json.dumps(public)
    assert named["items"] == []
    assert "last day of the month" in internal["items"][0]["text"]


def call(secret: str, query: str = "", method: str = "POST") -> Any:
    """Return the response to a plain request."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    return Browser().generic(
        method, f"/mcp{query}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_nobody_comes_in_without_a_living_token(ada: User) -> None:
    dead = program_of(ada, Reach.READ).secret
    tokens.revoke(ApiToken.objects.get(), ada)
    signed_in = Browser()
    signed_in.force_login(ada)

    responses = [call(""), call(dead), call("sb_" + "A" * 43)]
    by_session = signed_in.post("/mcp", "{}", content_type="application/json")

    assert {refusal(r)[:2] for r in (*responses, by_session)} == {(401, "unauthorized")}


def test_more_than_we_read_at_once_is_refused_like_anywhere(ada: User, settings: Settings) -> None:
    asker = program_of(ada, Reach.ASK).secret
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    response = call(asker)

    assert refusal(response)[:2] == (413, "too_large")


def test_what_a_token_may_not_see_and_what_nobody_knows_is_refused(ada: User) -> None:
    asker = program_of(ada, Reach.ASK).secret

    refused = [call(asker, query) for query in ("?audience=any", "?audience=all", "?eyes=internal")]
    looked = call(asker, method="GET")

    assert [refusal(r)[:2] for r in refused] == [(403, "forbidden"), (422, "invalid"), (422, "invalid")]
    assert refusal(looked)[:2] == (405, "method_not_allowed")


def test_who_asks_to_be_told_of_changes_for_ever_gets_an_end(ada: User) -> None:
    asker = program_of(ada, Reach.ASK).secret
    params = {"_meta": {}, "notifications": {"toolsListChanged": True}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params}
    headers = {
        "Authorization": f"Bearer {asker}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "subscriptions/listen",
    }

    response = Browser().generic(
        "POST", "/mcp", json.dumps(body), content_type="application/json", headers=headers
    )

    assert response.status_code < 500
    assert call(asker).status_code < 500  # the process lives
