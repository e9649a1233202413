"""The language model: LlamaIndex's OpenAI-compatible client behind our port.

It turns every way of failing into ``ModelFailed``, says which failures are worth another
try, and reads no more than a bounded number of bytes. How long anybody waits for it is
decided by ``chat.answering.guarding``.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import httpx
from django.conf import settings
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.llms.openai_like import OpenAILike
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, OpenAIError

from chat.errors import ModelAway, ModelFailed, ModelUnfit
from chat.texts import storable

CONNECT_SECONDS = 3.0
MOST_CHARACTERS = 8000  # of an answer; a model that goes on has lost its way
MOST_BYTES = 4_000_000  # of a reply: 400 tokens, each in an event of its own, have 150,000
LONGEST_PAUSE = 5.0  # seconds; a server that asks for more is away for this customer
OF_THE_REQUEST = frozenset({400, 413, 422})
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# The client does not validate what it gets, so JSON of another shape fails as wrong types do.
UNREADABLE = (OpenAIError, httpx.HTTPError, ValueError, TypeError, AttributeError, LookupError)
ENDS_A_SENTENCE = re.compile(r"[.!?。！？؟…|\])»”\"*`]\s*\Z")


class BoundedTransport(httpx.AsyncHTTPTransport):
    """The usual way out, but a reply that never ends breaks off.

    None may come compressed either: such bytes do not tell how many they become.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its reply fails at once if it is packed, and once it is too large."""
        request.headers["Accept-Encoding"] = "identity"
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx.DecodingError("The reply is compressed, which was not asked for.", request=request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for data in self._stream:
            size += len(data)
            if size > MOST_BYTES:
                raise httpx.DecodingError(f"The reply has more than {MOST_BYTES:,} bytes.")
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()


class OpenAICompatibleModel:
    """Any ``/v1/chat/completions`` endpoint, by the settings ``MODEL_URL``, ``_NAME`` and ``_KEY``."""

    def __init__(self) -> None:
        """Configure the client; nothing is sent yet."""
        key = settings.MODEL_KEY or "none"
        client = AsyncOpenAI(
            base_url=settings.MODEL_URL,
            api_key=key,
            max_retries=0,
            timeout=httpx.Timeout(settings.MODEL_TOTAL_SECONDS, connect=CONNECT_SECONDS),
            http_client=httpx.AsyncClient(transport=BoundedTransport()),
        )
        # Loads 500 modules, which else the first customer would wait for.
        self._first_use = client.chat.completions
        self._model = OpenAILike(
            model=settings.MODEL_NAME,
            api_base=settings.MODEL_URL,
            api_key=key,
            is_chat_model=True,
            temperature=0.0,
            max_tokens=settings.MODEL_MAX_TOKENS,
            max_retries=0,
            async_openai_client=client,
        )

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the answer piece by piece.

        Raises:
            ModelFailed: It refused, broke off, or sent too much or what cannot be read.
        """
        told = [ChatMessage(role=MessageRole(role), content=text) for role, text in messages]
        text = ""
        reason: object = None
        try:
            async with aclosing(await self._model.astream_chat(told)) as replies:
                async for reply in replies:
                    piece = storable(reply.delta or "")
                    text += piece
                    if len(text) > MOST_CHARACTERS:
                        raise ModelUnfit("The model does not come to an end.")
                    if piece:
                        yield piece
                    reason = _finish_reason(reply.raw)
                    if reason is not None:
                        break
        except UnicodeError as error:  # the asker's doing, not the model's: it must not open the breaker
            raise ModelUnfit("The question cannot be written down for the model.") from error
        except UNREADABLE as error:
            raise _failure(error) from error
        if reason != "stop" and text.strip() and not ENDS_A_SENTENCE.search(text):
            raise ModelUnfit(f"The reply is cut off ({reason or 'without a reason'}).")


def _finish_reason(raw: Any) -> object:
    """Return why a reply ends here, or None while it goes on."""
    choices = getattr(raw, "choices", None)
    return getattr(choices[0], "finish_reason", None) if choices else None


def _failure(error: Exception) -> ModelFailed:
    """Return what a client's error means: worth another try, this request's fault, or neither."""
    sentence = f"The model failed: {error}"
    if isinstance(error, APIStatusError):
        if error.status_code in OF_THE_REQUEST:
            return ModelUnfit(sentence)
        if error.status_code in PASSING:
            return _away(sentence, error.response.headers.get("retry-after", ""))
        return ModelFailed(sentence)
    if isinstance(error, APIConnectionError | httpx.TransportError):
        return ModelAway(sentence)
    return ModelFailed(sentence)


def _away(sentence: str, retry_after: str) -> ModelFailed:
    if not re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", retry_after):  # dates are for longer pauses than ours
        return ModelAway(sentence)
    pause = float(retry_after)
    return ModelAway(sentence, pause) if pause <= LONGEST_PAUSE else ModelFailed(sentence)
