"""Streaming: from the engine's events to server-sent ones, ``event:`` and ``data:`` as JSON.

The engine is heard in one task of its own, so that a program hears a comment while a model
thinks, and so that the engine ends at once when the program leaves.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest

from chat.answering.events import AnswerEvent, Cited, Finished, Found, Text
from chat.programs import CitationView, rounded
from chat.realtime.awaiting import happens
from knowledge.api.refusals import content_of
from knowledge.api.searching import PassageOut
from knowledge.errors import KnowledgeError

log = logging.getLogger(__name__)
Say = Callable[[AnswerEvent, float | None], tuple[str, dict[str, Any]]]
MEDIA_TYPE = "text/event-stream"
SILENCE = 15.0  # seconds after which a comment says that we are still at it; proxies give up after 30 or 60
STILL_HERE = b": still here\n\n"
BROKEN = "The answer broke off on our side, and why was written to the log: ask again."


class Hearing:
    """The hearing of one answer; whoever begins it must end it."""

    def __init__(self, events: AsyncGenerator[AnswerEvent, None]) -> None:
        """Begin at once."""
        self._heard: asyncio.Queue[AnswerEvent | None] = asyncio.Queue()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._hear(events))
        self._task.add_done_callback(lambda _: self._take(None))

    async def _hear(self, events: AsyncGenerator[AnswerEvent, None]) -> None:
        async with aclosing(events):
            async for event in events:
                self._take(event)

    def _take(self, event: AnswerEvent | None) -> None:
        self._heard.put_nowait(event)
        self._news.set()

    async def has_more_within(self, seconds: float) -> bool:
        """Wait until something happened, but no longer than that; say whether it did."""
        if self._heard.empty():
            self._news.clear()
            await happens(self._news, seconds)
        return not self._heard.empty()

    async def next(self) -> AnswerEvent | None:
        """Return the next event, or None after the last one and after a failure."""
        return await self._heard.get()

    def failure(self) -> BaseException | None:
        """Return why there was no last event, if there was none."""
        return self._task.exception()

    async def end(self) -> None:
        """End the engine, wherever it is."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def opened(
    events: AsyncGenerator[AnswerEvent, None], request: HttpRequest, base: str, silence: float = SILENCE
) -> AsyncGenerator[bytes, None]:
    """Return the stream of an answer once its first event is there; comment after ``silence`` seconds.

    Raises whatever the engine raises before it, so that this becomes a refusal like any other.
    """
    hearing = Hearing(events)
    first: AnswerEvent | None = None
    try:
        first = await hearing.next()
    finally:
        if first is None:
            await hearing.end()
    if first is None and (failure := hearing.failure()):
        raise failure
    return _stream(hearing, first, partial(_told, request, base), silence)


async def _stream(
    hearing: Hearing, event: AnswerEvent | None, say: Say, silence: float
) -> AsyncGenerator[bytes, None]:
    confidence: float | None = None
    try:
        while event is not None:
            if isinstance(event, Found):
                confidence = rounded(event.confidence)
            yield written(*say(event, confidence))
            while not await hearing.has_more_within(silence):
                yield STILL_HERE
            event = await hearing.next()
        if failure := hearing.failure():
            log.error("an answer over the API broke off", exc_info=failure)
            sentence = str(failure) if isinstance(failure, KnowledgeError) else BROKEN
            yield written("failed", content_of(HTTPStatus.SERVICE_UNAVAILABLE, sentence))
    finally:
        await hearing.end()


def written(name: str, data: dict[str, Any]) -> bytes:
    """Return one server-sent event; JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _told(
    request: HttpRequest, base: str, event: AnswerEvent, confidence: float | None
) -> tuple[str, dict[str, Any]]:
    """Return the name of an event and what it says."""
    match event:
        case Found(passages):
            shown = [PassageOut.of(request, passage).model_dump(mode="json") for passage in passages]
            return "found", {"confidence": confidence, "passages": shown}
        case Cited(citation):
            return "cited", CitationView.of(citation, base).model_dump(mode="json")
        case Text(text):
            return "text", {"text": text}
        case Finished():
            end = {"outcome": event.outcome, "answerer": event.answerer, "readings": list(event.readings)}
            return "finished", {**end, "confidence": confidence}
