"""Misbehaviour: the ways in which a model's endpoint fails, as scripts of the test server."""

import gzip
import json
from collections.abc import Callable

from tests.chat.answering.model_server import Script, Server

TRUE = "Hold the power button for ten seconds [1]. "
LIES = (
    "Hold the power button for 30 seconds [1].",
    "Do not hold the power button for ten seconds [1].",
    "Then pour vinegar into the tank [1].",
    "The warranty lasts for life [7].",
)


def never(server: Server) -> None:
    """Say nothing at all."""
    server.wait()


def after_the_head(server: Server) -> None:
    """Begin a stream and say nothing."""
    server.begin()
    server.wait()


def dripping(data: Callable[[Server], None]) -> Script:
    """Send the same for ever, every hundredth of a second."""

    def script(server: Server) -> None:
        server.begin()
        while not server.over.wait(0.01):
            data(server)

    return script


def still_here(server: Server) -> None:
    """Send comments for ever, as servers do to keep a connection."""
    while not server.over.wait(0.01):
        server.raw(b": still here\n\n")


def slowly(server: Server) -> None:
    """Say one word after the other, each in time, and never come to an end."""
    server.begin()
    while not server.over.wait(0.2):
        server.say("and ")


def flooding(server: Server) -> None:
    """Send empty pieces for ever, as fast as they can be read."""
    server.begin()
    event = b'data: {"choices": [{"index": 0, "delta": {"content": ""}}]}\n\n' * 100
    while not server.over.is_set():
        server.raw(event)


def sending(data: bytes, kind: str = "text/event-stream", **headers: str) -> Script:
    """Send this as the body of the stream, and end it."""

    def script(server: Server) -> None:
        server.begin(kind, **headers)
        server.raw(data)
        server.close()

    return script


def beginning(then: Script) -> Script:
    """Say something true, then misbehave."""

    def script(server: Server) -> None:
        server.begin()
        server.say(TRUE, "The lamp")
        then(server)

    return script


def hang_up(server: Server) -> None:
    """Cut the connection in the middle of a chunk."""
    server.wfile.write(b"ff\r\ndata: {")


def run_out(server: Server) -> None:
    """End for want of tokens, in the middle of a sentence."""
    server.say(" then", reason="length")
    server.end()


def in_halves(server: Server) -> None:
    """Cut the bytes of a character in two."""
    body = json.dumps({"choices": [{"index": 0, "delta": {"content": TRUE + "é"}, "finish_reason": "stop"}]})
    whole = b"data: " + body.replace("\\u00e9", "é").encode() + b"\n\n"
    middle = whole.index("é".encode()) + 1
    server.begin()
    server.raw(whole[:middle])
    server.raw(whole[middle:])
    server.end()


def said(text: object, **extra: object) -> bytes:
    """Return one event of a stream."""
    choice = {"index": 0, "delta": {"content": text}, **extra}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


def goes_on_after_the_end(server: Server) -> None:
    """Go on after the last event, and keep the connection."""
    server.begin()
    server.say(TRUE, reason="stop")
    server.raw(b"data: [DONE]\n\n")
    while not server.over.wait(0.01):
        server.say("Then pour vinegar into the tank [1]. ")


STALLS: dict[str, Script] = {
    "before the head": never,
    "after the head": after_the_head,
    "keep-alives for ever": dripping(lambda server: server.raw(b": still here\n\n")),
    "empty pieces for ever": dripping(lambda server: server.say("")),
    "blank pieces for ever": dripping(lambda server: server.say(" \n")),
    "a flood of empty pieces": flooding,
    "one slow word after the other": slowly,
}
REFUSALS: dict[str, Script] = {
    "401": lambda server: server.refuse(401, b'{"error": {"message": "no key"}}'),
    "404": lambda server: server.refuse(404, b"not found"),
    "429": lambda server: server.refuse(429, Retry_After="1"),
    "500": lambda server: server.refuse(500, b"<html>Internal error</html>"),
    "503 for an hour": lambda server: server.refuse(503, Retry_After="3600"),
    "a page": lambda server: server.refuse(200, b"<html>Please sign in</html>"),
    "a page as a stream": sending(b"<html>Please sign in</html>", "text/html"),
    "a redirect": lambda server: server.refuse(302, Location="http://127.0.0.1:1/"),
    "an empty body": lambda server: server.refuse(200, b""),
}
BROKEN_OFF: dict[str, Script] = {
    "a stall in the middle": beginning(lambda server: server.wait()),
    "a cut connection": beginning(hang_up),
    "keep-alives in the middle": beginning(still_here),
    "an error": beginning(lambda server: server.raw(b'data: {"error": {"message": "out of memory"}}\n\n')),
    "garbage": beginning(lambda server: server.raw(b"data: {not json\n\n")),
    "too few tokens": beginning(run_out),
}
# F18 of the fault matrix: what is wrong with the stream itself.
MALFORMED: dict[str, Script] = {
    "bad JSON": sending(b"data: {not json\n\ndata: [DONE]\n\n"),
    "another shape": sending(b'data: {"choices": "none"}\n\ndata: [DONE]\n\n'),
    "a list": sending(b"data: [1, 2, 3]\n\ndata: [DONE]\n\n"),
    "no delta": sending(b'data: {"choices": [{}]}\n\ndata: [DONE]\n\n'),
    "a number for text": sending(said(7) + b"data: [DONE]\n\n"),
    "a character in halves": in_halves,
    "bytes that are no text": sending(b"data: \xff\xfe\n\ndata: [DONE]\n\n"),
    "no end mark": sending(said(TRUE)),
    "a wrong index": sending(said(TRUE, index=7, finish_reason="stop") + b"data: [DONE]\n\n"),
    "a line of ten megabytes": sending(b"data: " + b"x" * 10_000_000 + b"\n\n"),
    "one piece of ten megabytes": sending(said("x" * 10_000_000)),
    "compressed garbage": sending(b"no gzip", Content_Encoding="gzip"),
    "compressed without end": sending(gzip.compress(b": \n\n" * 20_000_000, 1), Content_Encoding="gzip"),
    "never-ending": dripping(lambda server: server.say("Then pour vinegar into the tank [1]. ")),
    "going on after the end": goes_on_after_the_end,
}
