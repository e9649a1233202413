"""The tools: what another maker's assistant may do with our documents, and what it is told.

A server has the eyes that it was made with. What a model names can narrow them, never widen them.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chat.answering.events import Turn
from chat.errors import ChatError
from chat.programs import AnswerView, Ask, PassageView, prepare, told
from knowledge.api.reading import storable
from knowledge.errors import KnowledgeError
from knowledge.retrieval import search

logging.getLogger("mcp").setLevel(logging.WARNING)  # it notes each request, and no question is to be logged
Given = ParamSpec("Given")
Result = TypeVar("Result")
INSTRUCTIONS = (
    "Company documents for customer support. Use “answer” for a finished answer with citations, "
    "and “search” for the passages themselves. Nothing outside of these documents is known here."
)
ONLY_LOOKS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
Question = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, strip_whitespace=True),
    AfterValidator(storable),
    Field(description="The question, in its own words and language."),
]
Earlier = Annotated[
    Sequence[Question], Field(max_length=20, description="The questions before it, oldest first.")
]
Shelves = Annotated[
    Sequence[Annotated[str, AfterValidator(storable), StringConstraints(max_length=80)]],
    Field(max_length=20, description="Slugs of collections to look in; none: all that are open here."),
]
Limit = Annotated[int, Field(ge=1, le=20, description="The most passages.")]
find = database_sync_to_async(search, thread_sensitive=False)


class Exchange(BaseModel):
    """An earlier question and its reply."""

    question: Question
    reply: Annotated[str, AfterValidator(storable), StringConstraints(max_length=8000)]


History = Annotated[
    Sequence[Exchange], Field(max_length=20, description="What was said before, oldest first.")
]


class Passages(BaseModel):
    """The passages that may answer a question, best first."""

    items: list[PassageView]


class Tools:
    """Search and answers with the eyes of ``ask``; links lead to ``base``."""

    def __init__(self, ask: Ask, base: str) -> None:
        self._ask = ask
        self._base = base

    async def search(
        self, question: Question, earlier: Earlier = (), collections: Shelves = (), limit: Limit = 8
    ) -> Passages:
        """Find the passages of the documents that may answer a question, best first."""
        ready = await prepare(self._within(collections))
        found = await find(question, ready.scope, limit, earlier)
        return Passages(items=[PassageView.of(passage, self._base) for passage in found])

    async def answer(
        self, question: Question, history: History = (), collections: Shelves = ()
    ) -> AnswerView:
        """Answer a question from the documents only, each statement cited; decline what they do not hold."""
        ready = await prepare(self._within(collections))
        turns = [Turn(turn.question, turn.reply) for turn in history]
        return await told(ready, question, turns, self._base)

    def _within(self, collections: Sequence[str]) -> Ask:
        return replace(self._ask, collections=tuple(collections))


def server_for(ask: Ask, base: str) -> MCPServer[Any]:
    """Return a server that looks with the eyes of ``ask``; its links lead to ``base``."""
    server: MCPServer[Any] = MCPServer("supportbot", instructions=INSTRUCTIONS, log_level="WARNING")
    tools = Tools(ask, base)
    server.add_tool(_in_sentences(tools.search), title="Search the documents", annotations=ONLY_LOOKS)
    server.add_tool(_in_sentences(tools.answer), title="Answer from the documents", annotations=ONLY_LOOKS)
    return server


def _in_sentences(tool: Callable[Given, Awaitable[Result]]) -> Callable[Given, Awaitable[Result]]:
    """Let a model read the sentences of our own errors; of others it learns only that there was one."""

    @wraps(tool)
    async def told_why(*args: Given.args, **values: Given.kwargs) -> Result:
        try:
            return await tool(*args, **values)
        except (ChatError, KnowledgeError) as error:
            raise ToolError(str(error)) from error

    return told_why
