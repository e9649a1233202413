"""The language model's adapter and its guard, against a real server that behaves in every way but well."""

from collections.abc import AsyncIterator

import pytest
from pytest_django import Settings

from chat.answering.guarding import GuardedModel
from chat.answering.language_model import MOST_BYTES, MOST_CHARACTERS, OpenAICompatibleModel
from chat.errors import ModelAway, ModelFailed, ModelUnfit
from tests.chat.answering.model_server import Serve, Server, guarded

TOLD = [("system", "Be kind."), ("user", "Hello?")]


async def said(received: list[str], model: GuardedModel) -> AsyncIterator[str]:
    """Yield the pieces of a reply and keep them."""
    async for piece in model.stream(TOLD):
        received.append(piece)
        yield piece


async def reply(model: GuardedModel) -> str:
    """Return a whole reply."""
    return "".join([piece async for piece in said([], model)])


async def test_a_reply_comes_piece_by_piece(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold ", "the ", "button.", reason="stop")
        server.end()

    serve(script)
    settings.MODEL_MAX_TOKENS = 77

    pieces = [piece async for piece in said([], guarded(settings))]

    assert pieces == ["Hold ", "the ", "button."]
    asked = Server.asked[0]
    assert (asked["stream"], asked["temperature"], asked["max_tokens"]) == (True, 0.0, 77)
    assert asked["messages"] == [{"role": role, "content": text} for role, text in TOLD]


@pytest.mark.parametrize(("status", "kind"), [(400, ModelUnfit), (401, ModelFailed), (404, ModelFailed)])
async def test_a_refusal_that_will_not_pass_is_not_tried_again(
    serve: Serve, settings: Settings, status: int, kind: type[ModelFailed]
) -> None:
    serve(lambda server: server.refuse(status))

    with pytest.raises(ModelFailed) as caught:
        await reply(guarded(settings))

    assert caught.type is kind
    assert len(Server.asked) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_refusal_that_may_pass_is_tried_once_more(
    serve: Serve, settings: Settings, status: int
) -> None:
    serve(lambda server: server.refuse(status))

    with pytest.raises(ModelAway):
        await reply(guarded(settings))

    assert len(Server.asked) == 2


async def test_the_second_try_may_be_the_answer(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        if len(server.asked) == 1:
            server.refuse(503)
            return
        server.begin()
        server.say("Hold the button.", reason="stop")
        server.end()

    serve(script)

    assert await reply(guarded(settings)) == "Hold the button."


@pytest.mark.parametrize("pause", ["2", "3600", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_server_that_asks_for_more_patience_than_is_left_is_not_asked_again_in_vain(
    serve: Serve, settings: Settings, pause: str
) -> None:
    serve(lambda server: server.refuse(429, Retry_After=pause))

    with pytest.raises(ModelFailed):
        await reply(guarded(settings))

    assert len(Server.asked) == (2 if pause.startswith("Wed") else 1)


async def test_a_server_that_is_not_there_is_a_failure(settings: Settings) -> None:
    settings.MODEL_URL = "http://127.0.0.1:1/v1"

    with pytest.raises(ModelAway):
        await reply(guarded(settings))


async def test_a_reply_that_dies_in_the_middle_is_a_failure_after_what_was_said(
    serve: Serve, settings: Settings
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold the ")
        server.wfile.write(b"ff\r\ndata: {")

    serve(script)
    received: list[str] = []

    with pytest.raises(ModelFailed):
        [piece async for piece in said(received, guarded(settings))]

    assert (received, len(Server.asked)) == (["Hold the "], 1)


@pytest.mark.parametrize("reason", ["length", "content_filter", None])
async def test_a_reply_that_is_cut_off_is_a_failure(
    serve: Serve, settings: Settings, reason: str | None
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold the button. Never open the", reason=reason)
        server.end()

    serve(script)

    with pytest.raises(ModelUnfit, match="cut off"):
        await reply(guarded(settings))


async def test_a_server_that_never_says_why_it_ends_may_end_at_the_end_of_a_sentence(
    serve: Serve, settings: Settings
) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold the button [1].")
        server.end()

    serve(script)

    assert await reply(guarded(settings)) == "Hold the button [1]."


async def test_a_model_that_never_begins_is_a_failure(serve: Serve, settings: Settings) -> None:
    serve(lambda server: server.wait())

    with pytest.raises(ModelFailed, match="too long"):
        await reply(guarded(settings, first=0.2))


async def test_a_model_that_stalls_is_a_failure_after_what_was_said(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold ")
        server.wait()

    serve(script)
    received: list[str] = []

    with pytest.raises(ModelFailed, match="too long"):
        [piece async for piece in said(received, guarded(settings))]

    assert received == ["Hold "]


@pytest.mark.parametrize("piece", ["", "\n", "word "])
async def test_a_model_that_goes_on_for_ever_is_ended(serve: Serve, settings: Settings, piece: str) -> None:
    def script(server: Server) -> None:
        server.begin()
        while not server.over.wait(0.01):
            server.say(piece)

    serve(script)

    with pytest.raises(ModelFailed, match="too long"):
        await reply(guarded(settings, first=0.6, total=0.6))


async def test_a_reply_that_is_much_too_long_is_a_failure(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say(*["x" * 1000] * (MOST_CHARACTERS // 1000 + 1))
        server.end()

    serve(script)

    with pytest.raises(ModelFailed, match="does not come to an end"):
        await reply(guarded(settings))


async def test_a_line_without_an_end_is_not_read_for_ever(serve: Serve, settings: Settings) -> None:
    sent: list[int] = []

    def script(server: Server) -> None:
        server.begin()
        server.raw(b"data: ")
        for _ in range(10 * MOST_BYTES // 100_000):
            server.raw(b"x" * 100_000)
            sent.append(100_000)

    serve(script)

    with pytest.raises(ModelFailed, match="more than 4,000,000 bytes"):
        await reply(guarded(settings, first=10, total=10))

    assert sum(sent) < 5 * MOST_BYTES


async def test_what_cannot_be_stored_is_left_out(serve: Serve, settings: Settings) -> None:
    def script(server: Server) -> None:
        server.begin()
        server.say("Hold\x00 the \ud83d", "button 🙂.", reason="stop")
        server.end()

    serve(script)

    assert await reply(guarded(settings)) == "Hold the button 🙂."


def test_the_defaults_leave_an_answer_its_fifteen_seconds(settings: Settings) -> None:
    OpenAICompatibleModel()

    assert settings.MODEL_FIRST_TOKEN_SECONDS < settings.MODEL_TOTAL_SECONDS
    assert settings.MODEL_WAIT_SECONDS < settings.MODEL_TOTAL_SECONDS
    assert settings.MODEL_TOTAL_SECONDS <= 11
