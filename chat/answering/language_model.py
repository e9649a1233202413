"""The language model: LlamaIndex's OpenAI-compatible client behind our port, with a guard.

The guard bounds every wait (first token, next token, whole answer) and turns every way
of failing into ``ModelFailed``. Retries are not made here: once a customer waits, quoting
the documents now beats a second try later.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import httpx
from django.conf import settings
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.llms.openai_like import OpenAILike
from openai import OpenAIError

from chat.errors import ModelFailed
from chat.texts import storable

CONNECT_SECONDS = 3.0
MOST_CHARACTERS = 8000  # of an answer; a model that goes on has lost its way
# The client does not validate what it gets, so JSON of another shape fails as wrong types do.
UNREADABLE = (OpenAIError, httpx.HTTPError, ValueError, TypeError, AttributeError, LookupError)


class OpenAICompatibleModel:
    """Any ``/v1/chat/completions`` endpoint, by the settings ``MODEL_URL``, ``_NAME`` and ``_KEY``."""

    def __init__(self) -> None:
        """Configure the client; nothing is sent yet."""
        timeout = httpx.Timeout(settings.MODEL_TOTAL_SECONDS, connect=CONNECT_SECONDS)
        self._model = OpenAILike(
            model=settings.MODEL_NAME,
            api_base=settings.MODEL_URL,
            api_key=settings.MODEL_KEY or "none",
            is_chat_model=True,
            temperature=0.0,
            max_tokens=settings.MODEL_MAX_TOKENS,
            max_retries=0,
            timeout=settings.MODEL_TOTAL_SECONDS,
            async_http_client=httpx.AsyncClient(timeout=timeout),
        )

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the answer piece by piece.

        Raises:
            ModelFailed: It refused, stalled, broke off or sent what cannot be read.
        """
        told = [ChatMessage(role=MessageRole(role), content=text) for role, text in messages]
        clock = asyncio.get_running_loop().time
        end = clock() + settings.MODEL_TOTAL_SECONDS
        deadline = min(clock() + settings.MODEL_FIRST_TOKEN_SECONDS, end)
        length = 0
        try:
            async with asyncio.timeout_at(deadline):
                responses = await self._model.astream_chat(told)
            async with aclosing(responses):
                while True:
                    async with asyncio.timeout_at(deadline):
                        response = await anext(responses, None)
                    if response is None:
                        return
                    piece = storable(response.delta or "")
                    length += len(piece)
                    if length > MOST_CHARACTERS:
                        raise ModelFailed("The model does not come to an end.")
                    if piece:  # empty ones come for ever from some servers and prove nothing
                        yield piece
                        deadline = min(clock() + settings.MODEL_STALL_SECONDS, end)
        except TimeoutError as error:
            raise ModelFailed("The model took too long.") from error
        except UNREADABLE as error:
            raise ModelFailed(f"The model failed: {error}") from error
