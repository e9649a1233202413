"""The language model: any OpenAI-compatible endpoint behind our port, through OpenAI's own client.

It turns every way of failing into ``ModelFailed``, says which failures are worth another
try, and reads no more than a bounded number of bytes. How long anybody waits for it is
decided by ``chat.answering.guarding``. The client sends, and judges the status; the stream of
tokens is read here, at a ninth of what LlamaIndex's objects cost for each (docs/adr/0022).
"""

import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import httpx
from django.conf import settings
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, OpenAIError
from openai.types.chat import ChatCompletionMessageParam

from chat.errors import ModelAway, ModelFailed, ModelUnfit
from chat.texts import storable

CONNECT_SECONDS = 3.0
MOST_CHARACTERS = 8000  # of an answer; a model that goes on has lost its way
MOST_BYTES = 4_000_000  # of a reply: 400 tokens, each in an event of its own, have 150,000
TAIL = 200  # characters that are kept to see whether it ends a sentence
LONGEST_PAUSE = 5.0  # seconds; a server that asks for more is away for this customer
OF_THE_REQUEST = frozenset({400, 413, 422})
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# JSON of another shape fails as wrong types do.
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
        client = AsyncOpenAI(
            base_url=settings.MODEL_URL,
            api_key=settings.MODEL_KEY or "none",
            max_retries=0,
            timeout=httpx.Timeout(settings.MODEL_TOTAL_SECONDS, connect=CONNECT_SECONDS),
            http_client=httpx.AsyncClient(transport=BoundedTransport()),
        )
        # Loads 500 modules, which else the first customer would wait for.
        self._completions = client.chat.completions.with_streaming_response

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the answer piece by piece.

        Raises:
            ModelFailed: It refused, broke off, or sent too much or what cannot be read.
        """
        told = [{"role": role, "content": text} for role, text in messages]
        request = self._completions.create(
            model=settings.MODEL_NAME,
            messages=cast("list[ChatCompletionMessageParam]", told),
            temperature=0.0,
            max_tokens=settings.MODEL_MAX_TOKENS,
            stream=True,
        )
        size, tail, reason = 0, "", None
        try:
            async with request as response:
                async for event in _events(response.iter_bytes()):
                    piece, reason = _said(event)
                    size, tail = size + len(piece), (tail + piece)[-TAIL:]
                    if size > MOST_CHARACTERS:
                        raise ModelUnfit("The model does not come to an end.")
                    if piece:
                        yield piece
                    if reason is not None:
                        break
        except UnicodeEncodeError as error:  # the asker's doing: it must not open the breaker
            raise ModelUnfit("The question cannot be written down for the model.") from error
        except UNREADABLE as error:
            raise _failure(error) from error
        if reason != "stop" and tail.strip() and not ENDS_A_SENTENCE.search(tail):
            raise ModelUnfit(f"The reply is cut off ({reason or 'without a reason'}).")


async def _events(data: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    """Yield the JSON of server-sent events up to ``[DONE]``; comments and other fields are left out."""
    async for line in _lines(data):
        field, _, value = line.partition(b":")
        if field != b"data" or not value.strip():
            continue
        if value.strip() == b"[DONE]":
            return
        yield json.loads(value)


async def _lines(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the lines of a stream, the last one whether it was ended or not."""
    waiting = b""
    async for some in data:
        *lines, waiting = (waiting + some).split(b"\n")
        for line in lines:
            yield line
    yield waiting


def _said(event: Any) -> tuple[str, object]:
    """Return the piece that an event brings, and why the reply ends with it; None while it goes on.

    Raises:
        ValueError: The event tells of an error.
    """
    if event.get("error"):
        raise ValueError(f"the endpoint says: {str(event['error'])[:200]}")
    if not event["choices"]:
        return "", None
    choice = event["choices"][0]
    return storable((choice.get("delta") or {}).get("content") or ""), choice.get("finish_reason")


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
