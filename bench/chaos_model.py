"""A scripted model: an OpenAI-compatible endpoint that says what the first source says, word by word.

    python -m bench.chaos_model PORT [TOKENS PER SECOND] [WORDS AT LEAST]

It repeats the first source's sentences, each with its mark, so that every one of them is borne out. Asked
to make a question stand alone, it gives the question back. Counts what it said at ``/said``.
"""

import asyncio
import json
import re
import sys
from contextlib import suppress

SOURCE = re.compile(r"<source number=\"(\d+)\"[^>]*>\s*(.*?)\s*</source>", re.DOTALL)
LAST = re.compile(r"Last question: (.*)\nRewritten", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?])\s+")
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n"
)


def reply_to(prompt: str, least: int) -> list[str]:
    """Return the words of a reply, with the blanks after them."""
    asked = LAST.search(prompt)
    if asked:
        return [asked[1].strip()]
    source = SOURCE.search(prompt)
    number, text = source.groups() if source else ("1", "There is nothing to say about that.")
    sentences = [
        f"{sentence.rstrip('.!?')} [{number}]." for sentence in SENTENCE.split(" ".join(text.split()))
    ]
    words = " ".join(sentences).split(" ")
    while len(words) < least:
        words += " ".join(sentences).split(" ")
    return [f"{word} " for word in words]


class Model:
    """Serves chat completions as streams."""

    def __init__(self, pace: float, least: int) -> None:
        self._pace = pace
        self._least = least
        self.said = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1])) if length else b""
            if "/said" in head.split("\r\n")[0]:
                text = str(self.said)
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
            else:
                await self._stream(json.loads(body)["messages"][-1]["content"], writer)
            await writer.drain()
        writer.close()

    async def _stream(self, prompt: str, writer: asyncio.StreamWriter) -> None:
        self.note(prompt)
        writer.write(HEAD)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, word in enumerate(reply_to(prompt, self._least)):
            await asyncio.sleep(began + number * self._pace - loop.time())
            self.said += 1
            self._event(writer, {"delta": {"role": "assistant", "content": word}, "finish_reason": None})
            await writer.drain()
        self._event(writer, {"delta": {}, "finish_reason": "stop"})
        writer.write(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    def note(self, prompt: str) -> None:
        """Take note of a prompt whose reply begins now."""

    @staticmethod
    def _event(writer: asyncio.StreamWriter, choice: dict[str, object]) -> None:
        event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "local"}
        data = json.dumps({**event, "choices": [{"index": 0, **choice}]})
        writer.write(_chunk(f"data: {data}\n\n".encode()))


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def main(port: int, tokens: float, least: int) -> None:
    """Serve until killed."""
    model = Model(1 / tokens, least)
    server = await asyncio.start_server(model.serve, "127.0.0.1", port, backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "40", "0"]
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(arguments[0]), float(arguments[1]), int(arguments[2])))
