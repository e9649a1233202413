"""Answering over the API: a question in, an answer out, whole or piece by piece; nothing is kept."""

from http import HTTPStatus
from typing import Annotated, Literal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from pydantic import StrictBool, StringConstraints

from chat.answering.events import Turn
from chat.api.streaming import MEDIA_TYPE, opened
from chat.programs import AnswerView, Ask, CitationView, prepare, told
from knowledge.api.door import Door, audiences_of, token_of
from knowledge.api.reading import Plain, Said, Slug, strict
from knowledge.api.searching import Eyes, Question, Shelves

router = Router()
router.add_decorator(strict)
MOST_TURNS = 20
JSON_IS_WHOLE = "The format “json” is one object and cannot be streamed: leave one of the two out."


class TurnSaid(Said):
    """An earlier question and its reply."""

    question: Question
    reply: Annotated[Plain, StringConstraints(max_length=8000)]


class AnswerSaid(Said):
    """A question, what was said before it, and how it is to be answered."""

    question: Question
    history: list[TurnSaid] = Field([], max_length=MOST_TURNS, description="Oldest first.")
    collections: Shelves = Field([], description="Slugs; none: all, or all of the assistant's.")
    assistant: Slug = Field("", description="The key of an assistant, for its collections and manner.")
    audience: Eyes = Field("public", description="A token with the scope “ask” sees what is public only.")
    format: Literal["auto", "short", "steps", "table", "json"] | None = Field(
        None,
        description="Left out: as the assistant has it. json: an object of outcome, answer and citations.",
    )
    stream: StrictBool = Field(False, description="The same as the header Accept: text/event-stream.")


class AnswerObject(Schema):
    """What the format “json” is."""

    outcome: str = Field(description="answered, declined, clarified, curated, courtesy, handoff …")
    answer: str
    citations: list[CitationView]


@router.post(
    "/answer",
    response=AnswerView | AnswerObject,
    auth=Door(for_questions=True),
    tags=["Answering"],
    openapi_extra={
        "responses": {
            200: {
                "content": {
                    MEDIA_TYPE: {
                        "schema": {
                            "type": "string",
                            "description": "Events: found, cited, text, finished; failed if it breaks off.",
                        }
                    }
                }
            }
        }
    },
)
async def answer_question(
    request: HttpRequest, asked: AnswerSaid
) -> AnswerView | AnswerObject | StreamingHttpResponse:
    """Answer from the documents, every statement with its citation; nothing is kept of it."""
    is_streamed = _is_streamed(request, asked)
    audiences = audiences_of(token_of(request), asked.audience)
    # An answer takes seconds: the connection that found the token goes back before.
    await sync_to_async(close_old_connections)()
    form = asked.format or ""
    ready = await prepare(Ask(audiences, (), tuple(asked.collections), asked.assistant, form))
    history = [Turn(turn.question, turn.reply) for turn in asked.history]
    if is_streamed:
        events = ready.answerer.answer(asked.question, history, ready.language)
        stream = await opened(events, request, _base(request))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(stream, content_type=MEDIA_TYPE, headers=headers)
    view = await told(ready, asked.question, history, _base(request))
    if ready.form != "json":
        return view
    return AnswerObject(outcome=view.outcome, answer=view.text, citations=view.citations)


def _is_streamed(request: HttpRequest, asked: AnswerSaid) -> bool:
    is_streamed = asked.stream or MEDIA_TYPE in request.headers.get("Accept", "")
    if is_streamed and asked.format == "json":
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, JSON_IS_WHOLE)
    return is_streamed


def _base(request: HttpRequest) -> str:
    """Return the address before the path of every link."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
