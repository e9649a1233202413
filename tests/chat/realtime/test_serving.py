"""Serving: a web process that makes answers itself, from its start to its end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from chat.answering.events import AnswerEvent, Finished, Found, Text, Turn
from chat.models import Answer, AnswerState
from chat.realtime import runner
from supportbot.asgi import application
from supportbot.lifespan import WithAnswers
from tests.chat.realtime.customers import (
    FIRST,
    SECOND,
    Customer,
    at_work,
    of_event,
    of_type,
    scripted,
    stored,
)
from tests.fakes import STALL, AxisEmbedder

pytestmark = pytest.mark.usefixtures("demo")


@asynccontextmanager
async def alive(served: WithAnswers) -> AsyncIterator[list[str]]:
    """Play a server's lifespan; give what the application says of it."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: list[str] = []

    async def hear(message: Any) -> None:
        said.append(str(message["type"]))

    living = asyncio.create_task(served({"type": "lifespan"}, told.get, hear))
    await told.put({"type": "lifespan.startup"})
    while not said:
        await asyncio.sleep(0.01)
    yield said
    await told.put({"type": "lifespan.shutdown"})
    await living


async def test_a_web_process_makes_answers_from_its_start_to_its_end(axes: type[AxisEmbedder]) -> None:
    cleo = Customer()
    await cleo.enter()

    async with alive(WithAnswers(application)) as said:
        await cleo.ask()
        message = await cleo.finished()
    await cleo.leave()

    assert message["outcome"] == "declined"
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_requests_pass_through(axes: type[AxisEmbedder]) -> None:
    sent: list[Any] = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        sent.append(scope["type"])

    await WithAnswers(inner)({"type": "http"}, asyncio.Event().wait, asyncio.sleep)  # type: ignore[arg-type]  # unused

    assert sent == ["http"]


async def test_an_answer_that_is_not_ready_at_the_end_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.2)
    cleo = Customer()
    await cleo.enter()
    async with at_work(scripted((FIRST, "The ", STALL))):
        await cleo.ask()
        await cleo.until(of_type("delta"))
    state = await stored(lambda: Answer.objects.get().state)

    async with at_work(scripted((SECOND,))):
        reset = await cleo.until(of_event("answer.reset"))
        await cleo.finished()
    await cleo.leave()

    assert state == AnswerState.QUEUED
    assert reset["data"]["attempt"] == 2


async def test_a_runner_whose_helper_fails_does_not_go_on_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> list[object]:
        raise ValueError("broken")

    monkeypatch.setattr(runner, "publish_due", fail)

    with pytest.raises(ValueError, match="broken"):
        await asyncio.wait_for(runner.AnswerRunner(lambda _work: scripted(), slots=1).run(), 20)


class Interrupted:
    """An answerer during whose first tries PostgreSQL goes away, after it has said something or before."""

    def __init__(self, said: str, times: int) -> None:
        self._said, self._times = said, times

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Fail, or answer."""
        yield Found(())
        if self._times:
            self._times -= 1
            if self._said:
                yield Text(self._said)
            raise OperationalError("server closed the connection unexpectedly")
        yield Text("Whole.")
        yield Finished("answered", "quoting")


@pytest.mark.parametrize(("said", "resets"), [("", 0), ("Half", 1)])
async def test_postgres_going_away_while_an_answer_is_made_is_no_failure_of_the_answer(
    said: str, resets: int, settings: Settings
) -> None:
    settings.ANSWER_LEASE_SECONDS = 2
    cleo = Customer()
    await cleo.enter()

    async with at_work(Interrupted(said, 1)):
        await cleo.ask()
        message = await cleo.finished()
    await cleo.leave()

    assert (message["outcome"], message["text"]) == ("answered", "Whole.")
    assert [kind for _, kind in cleo.events].count("answer.reset") == resets
