"""The runner: answers are made once, whatever becomes of those who make them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import Settings

from chat.answering.events import AnswerEvent, Finished, Turn
from chat.answering.phrases import phrase
from chat.conversations.answers import claim_next
from chat.models import Answer, AnswerState, Event, Message
from chat.realtime.making import Making, keep_all
from chat.realtime.together import Together
from knowledge import heartbeats
from tests.chat.realtime.customers import (
    FIRST,
    PATIENCE,
    SECOND,
    Customer,
    at_work,
    becomes,
    of_event,
    of_type,
    scripted,
    stored,
)
from tests.factories import asked
from tests.fakes import STALL

pytestmark = pytest.mark.usefixtures("demo")
LONG_AGO = "2020-01-01T00:00:00Z"


class Stopped:
    """Answers, and in the turn in which it ends somebody asks to look after it, as every stop does."""

    look: Callable[[], None]

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield an answer without words."""
        yield Finished("answered", "quoting")
        self.look()


def finished() -> int:
    """Count the finished answers."""
    return Answer.objects.filter(state=AnswerState.FINISHED).count()


async def test_after_a_runner_is_killed_another_begins_again_and_finishes_once() -> None:
    cleo = Customer()
    await cleo.enter()
    async with at_work(scripted((FIRST, "The ", STALL))) as first:
        await cleo.ask()
        await cleo.until(of_type("delta"))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    unfinished = await stored(finished)
    await stored(lambda: Answer.objects.update(lease_until=LONG_AGO))

    async with at_work(scripted((SECOND,))):
        reset = await cleo.until(of_event("answer.reset"))
        message = await cleo.finished()
    await cleo.answered_up_to_now()
    await cleo.leave()

    assert unfinished == 0
    assert reset["data"]["attempt"] == 2
    assert message["text"] == "The lamp then blinks twice. [1]"
    assert [kind for _, kind in cleo.events].count("answer.finished") == 1
    deltas = [(frame["attempt"], frame["offset"]) for frame in cleo.frames if frame["type"] == "delta"]
    assert deltas == [(1, 0), (2, 0)]
    assert await stored(lambda: Message.objects.filter(role="assistant").count()) == 1


async def test_a_runner_that_lost_its_answer_stops_making_it() -> None:
    await stored(asked)
    async with at_work(scripted((FIRST, "The ", STALL))):
        await becomes(lambda: Answer.objects.exclude(text="").exists())

        await stored(lambda: Answer.objects.update(attempt=5, text="another's"))
        await stored(lambda: Answer.objects.update(stop_requested=True))

    assert await stored(lambda: Answer.objects.get().text) == "another's"
    assert not await stored(lambda: Event.objects.filter(kind="answer.finished").exists())


async def test_a_lease_is_renewed_while_the_answer_is_made(settings: Settings) -> None:
    settings.ANSWER_LEASE_SECONDS = 3
    await stored(asked)
    go_on = asyncio.Event()

    async with at_work(scripted((FIRST, go_on, SECOND))):
        first = await becomes(lambda: Answer.objects.values_list("lease_until", flat=True).get())
        await becomes(lambda: Answer.objects.filter(lease_until__gt=first).exists())
        go_on.set()
        await becomes(finished)

    assert await stored(lambda: Answer.objects.get().attempt) == 1


async def test_an_answer_that_ends_while_it_is_looked_after_is_finished() -> None:
    await stored(asked)
    (work,) = await stored(lambda: claim_next("runner", 1))
    engine = Stopped()
    making = Making(work, lambda _work: engine, Together(keep_all))
    engine.look = making.look

    async with asyncio.timeout(PATIENCE):
        await making.run()

    assert await stored(finished) == 1


async def test_an_answer_that_ended_its_runner_each_time_is_given_up(settings: Settings) -> None:
    settings.ANSWER_ATTEMPTS = 2
    await stored(asked)
    for _ in range(2):
        await stored(lambda: claim_next("killed", 1))
        await stored(lambda: Answer.objects.update(lease_until=LONG_AGO))

    async with at_work(scripted((FIRST,))):
        await becomes(finished)

    reply = await stored(lambda: Message.objects.get(role="assistant"))
    assert (reply.outcome, reply.text) == ("failed", phrase("failed", "en"))


async def test_a_runner_makes_several_answers_at_once() -> None:
    go_on = asyncio.Event()
    for number in range(3):
        await stored(partial(asked, f"How do I reset machine {number}?"))

    async with at_work(scripted(*[(FIRST, go_on, SECOND)] * 3)):
        await becomes(lambda: Answer.objects.filter(state=AnswerState.RUNNING).count() == 3)
        go_on.set()
        await becomes(lambda: finished() == 3)

    assert await stored(
        lambda: set(Message.objects.filter(role="assistant").values_list("outcome", flat=True))
    ) == {"answered"}


async def test_a_runner_that_is_told_to_stop_finishes_what_it_has() -> None:
    await stored(asked)
    go_on = asyncio.Event()

    async with at_work(scripted((FIRST, go_on, SECOND))):
        await becomes(lambda: Answer.objects.filter(state=AnswerState.RUNNING).exists())
        asyncio.get_running_loop().call_later(0.2, go_on.set)

    assert await stored(finished) == 1


async def test_a_runner_leaves_signs_of_life() -> None:
    started = timezone.now()

    async with at_work(scripted()):
        age = await becomes(lambda: heartbeats.last_seen("answers"))

    assert age < timezone.now() - started


async def test_the_evidence_says_which_passages_were_cited() -> None:
    await stored(asked)

    async with at_work(scripted((FIRST,))):
        await becomes(finished)

    evidence = await stored(lambda: Answer.objects.get().evidence)
    assert [(row["cited"], row["title"]) for row in evidence] == [(True, "Manual")]
