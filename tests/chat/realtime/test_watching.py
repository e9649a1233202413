"""Watching: an answer that nobody follows stops costing, and goes on when somebody looks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from redis.asyncio.client import Pipeline

from chat.answering.engine import AnswerEngine
from chat.conversations.answers import MOST_PAUSES
from chat.models import Answer, AnswerState, Conversation, Event
from chat.realtime import looking, runner, watching
from chat.realtime.runner import AnswerRunner
from chat.realtime.watching import Watchers
from tests.chat.conversations.mails import mailed
from tests.chat.realtime.customers import (
    PATIENCE,
    RESET,
    Customer,
    at_work,
    becomes,
    of_event,
    of_type,
    stored,
)
from tests.factories import asked, passage
from tests.fakes import ScriptedSearch

pytestmark = pytest.mark.usefixtures("demo")
PIECE = "Hold the power button for ten seconds [1]. "


class CountingModel:
    """Says one sentence after another and counts them, until its listener leaves or it was let go."""

    def __init__(self) -> None:
        self.said = 0
        self.is_open = False
        self.enough = asyncio.Event()

    async def stream(self, _messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield sentences."""
        self.is_open = True
        try:
            while not self.enough.is_set():
                self.said += 1
                yield PIECE
                await asyncio.sleep(0.02)
        finally:
            self.is_open = False


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> CountingModel:
    monkeypatch.setattr(watching, "JUST_STARTED", -1)  # the tests' own Valkey may be younger
    return CountingModel()


def engine(model: CountingModel) -> AnswerEngine:
    return AnswerEngine(ScriptedSearch([passage(RESET)]), model)


def is_paused() -> bool:
    return Answer.objects.filter(state=AnswerState.PAUSED).exists()


async def test_the_model_falls_silent_when_the_customer_has_left_and_speaks_again_at_the_next_hello(
    model: CountingModel,
) -> None:
    cleo = Customer()
    await cleo.enter()
    async with at_work(engine(model), is_costly=True):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await cleo.leave()
        await becomes(is_paused)
        said, was_open = model.said, model.is_open
        await asyncio.sleep(0.3)
        said_later = model.said

        back = Customer(cleo.secret)
        await back.enter(last_seq=2)
        reset = await back.until(of_event("answer.reset"))
        await back.until(of_type("delta"))
        model.enough.set()
        await back.finished()
    await back.leave()

    assert not was_open
    assert said_later == said
    assert reset["data"]["attempt"] == 2
    assert await stored(lambda: Event.objects.filter(kind="answer.reset").count()) == 1


async def test_a_page_that_is_loaded_again_finds_the_answer_going_on(
    model: CountingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "WATCH_SECONDS", 2.0)  # a busy machine needs a moment to load a page
    cleo = Customer()
    await cleo.enter()
    async with at_work(engine(model), is_costly=True):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await cleo.leave()
        await asyncio.sleep(3)
        back = Customer(cleo.secret)
        await back.enter(last_seq=2)
        await back.until(of_type("delta"))
        model.enough.set()
        await back.finished()
    await back.leave()

    answer = await stored(Answer.objects.get)
    assert (answer.attempt, answer.pauses) == (1, 0)


async def test_one_of_two_pages_that_stays_is_enough(model: CountingModel) -> None:
    phone, laptop = Customer(), Customer()
    laptop.secret = phone.secret
    await phone.enter()
    async with at_work(engine(model), is_costly=True):
        await phone.ask()
        await phone.until(of_type("delta"))
        await laptop.enter(last_seq=2)
        await phone.leave()
        await asyncio.sleep((runner.UNWATCHED_LOOKS + 2) * runner.WATCH_SECONDS)
        model.enough.set()
        await laptop.finished()
    await laptop.leave()

    assert await stored(lambda: Answer.objects.get().pauses) == 0


async def made_unwatched(model: CountingModel) -> bool:
    """Let an answer be made that nobody watches; say whether the model still spoke after some looks."""
    async with at_work(engine(model), is_costly=True):
        await becomes(lambda: Answer.objects.exclude(text="").exists())
        await asyncio.sleep((runner.UNWATCHED_LOOKS + 2) * runner.WATCH_SECONDS)
        still_speaks = model.is_open
        model.enough.set()
        await becomes(lambda: Answer.objects.filter(state=AnswerState.FINISHED).exists())
    return still_speaks


async def test_after_two_pauses_an_answer_is_made_to_its_end(model: CountingModel) -> None:
    await stored(asked)
    await stored(lambda: Answer.objects.update(pauses=MOST_PAUSES))

    still_speaks = await made_unwatched(model)

    assert still_speaks
    assert await stored(lambda: Answer.objects.get().attempt) == 1


async def test_an_answer_to_a_mail_is_made_to_its_end_although_nobody_watches(model: CountingModel) -> None:
    await stored(mailed)

    still_speaks = await made_unwatched(model)

    answer = await stored(Answer.objects.get)
    assert still_speaks
    assert (answer.attempt, answer.pauses) == (1, 0)


async def test_a_cancellation_that_the_redis_client_loses_ends_the_runner(
    model: CountingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, asked_for = Pipeline.execute, asyncio.Event()

    async def deaf(pipeline: Pipeline, *arguments: Any) -> Any:
        if pipeline.command_stack[0][0][0] == "INFO" and not asked_for.is_set():  # it is asked who watches
            asked_for.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(PATIENCE)
        return await execute(pipeline, *arguments)

    monkeypatch.setattr(Pipeline, "execute", deaf)
    await stored(asked)
    running = asyncio.create_task(AnswerRunner(lambda _work: engine(model), is_costly=True).run())
    await asked_for.wait()

    running.cancel()

    await asyncio.wait([running], timeout=PATIENCE / 4)
    is_over = running.cancelled()
    running.cancel()
    await asyncio.wait([running])
    assert is_over


async def test_what_costs_nothing_is_made_unwatched(model: CountingModel) -> None:
    await stored(asked)

    async with at_work(engine(model)):
        await becomes(lambda: Answer.objects.exclude(text="").exists())
        await asyncio.sleep((runner.UNWATCHED_LOOKS + 2) * runner.WATCH_SECONDS)
        model.enough.set()
        await becomes(lambda: Answer.objects.filter(state=AnswerState.FINISHED).exists())

    assert await stored(lambda: Answer.objects.get().pauses) == 0


async def test_an_answer_paused_by_mistake_is_found_by_the_socket_that_waits_for_it(
    model: CountingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.1)
    model.enough.set()
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    await stored(lambda: Answer.objects.update(state=AnswerState.PAUSED))

    async with at_work(engine(model), is_costly=True):
        await cleo.finished()
    await cleo.leave()


async def test_only_conversations_without_a_socket_are_unwatched(model: CountingModel) -> None:
    cleo = Customer()
    await cleo.enter()
    await cleo.ask()
    await cleo.answered_up_to_now()
    watched = await stored(Conversation.objects.get)
    dan = (await stored(asked)).conversation
    watchers = Watchers()

    unwatched = await watchers.unwatched({watched.id, dan.id})
    await cleo.leave()
    later = await watchers.unwatched({watched.id, dan.id})
    await watchers.aclose()

    assert unwatched == {dan.id}
    assert later == {watched.id, dan.id}


@pytest.mark.parametrize("trouble", ["away", "restarted"])
async def test_who_cannot_be_asked_about_counts_as_watched(
    trouble: str, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    if trouble == "away":
        monkeypatch.setattr("django.conf.settings.REDIS_URL", "redis://127.0.0.1:1/0")
    else:
        monkeypatch.setattr(watching, "JUST_STARTED", 10**9)
    dan = (await stored(asked)).conversation
    watchers = Watchers()

    unwatched = await watchers.unwatched({dan.id})
    await watchers.aclose()

    assert unwatched == set()
