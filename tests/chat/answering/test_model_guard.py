"""The guard's parts: a breaker that leaves a failing model alone, and places that are waited for in line."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest

from chat.answering.breaking import MOST_FAILURES, REST_SECONDS, WINDOW_SECONDS, Breaker
from chat.answering.guarding import GuardedModel, Patience
from chat.answering.places import Places, place_teller
from chat.errors import ModelAway, ModelFailed, ModelUnfit
from tests.fakes import ScriptedModel


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def fail(breaker: Breaker, times: int = 1, how: type[ModelFailed] = ModelFailed) -> None:
    """Let tries fail."""
    for _ in range(times):
        with suppress(how), breaker.trying():
            raise how("no")


def is_open(breaker: Breaker) -> bool:
    """Say whether no try is let through; one that is teaches nothing."""
    try:
        with breaker.trying():
            raise KeyError
    except KeyError:
        return False
    except ModelFailed:
        return True


def test_it_opens_at_the_last_of_several_failures() -> None:
    breaker = Breaker(Clock())

    fail(breaker, MOST_FAILURES - 1)
    before = is_open(breaker)
    fail(breaker)

    assert (before, is_open(breaker)) == (False, True)


def test_failures_long_ago_do_not_count() -> None:
    clock = Clock()
    breaker = Breaker(clock)

    fail(breaker, MOST_FAILURES - 1)
    clock.now += WINDOW_SECONDS + 1
    fail(breaker, MOST_FAILURES - 1)

    assert not is_open(breaker)


def test_requests_that_cannot_be_served_are_not_the_endpoints_fault() -> None:
    breaker = Breaker(Clock())

    fail(breaker, 2 * MOST_FAILURES, ModelUnfit)

    assert not is_open(breaker)


def test_after_a_rest_one_probe_goes_and_closes_it() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, MOST_FAILURES)

    clock.now += REST_SECONDS - 1
    too_early = is_open(breaker)
    clock.now += 2
    with breaker.trying():
        meanwhile = is_open(breaker)

    assert (too_early, meanwhile, is_open(breaker)) == (True, True, False)
    fail(breaker, MOST_FAILURES - 1)
    assert not is_open(breaker)


def test_a_probe_that_fails_lets_it_rest_again() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, MOST_FAILURES)
    clock.now += REST_SECONDS

    fail(breaker)

    assert is_open(breaker)
    clock.now += REST_SECONDS
    assert not is_open(breaker)


def test_a_probe_that_is_broken_off_leaves_the_next_one_its_turn() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, MOST_FAILURES)
    clock.now += REST_SECONDS

    first, second = is_open(breaker), is_open(breaker)

    assert (first, second) == (False, False)


class Line:
    """Several that want a place, each in a task, and the places they were told."""

    def __init__(self, most: int, patience: float = 5.0) -> None:
        self.places = Places(most)
        self.told: dict[str, list[int]] = {}
        self.inside: list[str] = []
        self._patience = patience
        self._go: dict[str, asyncio.Event] = {}

    def enter(self, name: str) -> "asyncio.Task[None]":
        """Let somebody want a place until told to leave."""
        self.told[name], self._go[name] = [], asyncio.Event()
        return asyncio.create_task(self._stay(name))

    def leave(self, name: str) -> None:
        """Let somebody give the place back."""
        self._go[name].set()

    async def _stay(self, name: str) -> None:
        async def tell(place: int) -> None:
            self.told[name].append(place)

        place_teller.set(tell)
        async with self.places.taken(self._patience):
            self.inside.append(name)
            await self._go[name].wait()
            self.inside.remove(name)


async def settled() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_those_who_wait_are_told_their_place_and_come_in_order() -> None:
    line = Line(1)
    tasks = deque(line.enter(name) for name in "abc")
    await settled()

    line.leave("a")
    await settled()
    inside = list(line.inside)
    line.leave("b")
    line.leave("c")
    await asyncio.gather(*tasks)

    assert inside == ["b"]
    assert line.told == {"a": [], "b": [1, 0], "c": [2, 1, 0]}
    assert line.inside == []


async def test_who_gives_up_leaves_the_line_and_the_others_move_up() -> None:
    line = Line(1)
    line.enter("a")
    await settled()
    second = line.enter("b")
    third = line.enter("c")
    await settled()

    second.cancel()
    await settled()
    told = list(line.told["c"])
    line.leave("a")
    await settled()

    assert told == [2, 1]
    assert line.inside == ["c"]
    line.leave("c")
    await third


async def test_who_is_cancelled_in_the_moment_of_being_let_in_passes_the_place_on() -> None:
    line = Line(1)
    line.enter("a")
    await settled()
    second, third = line.enter("b"), line.enter("c")
    await settled()

    line.leave("a")
    await asyncio.sleep(0)
    second.cancel()
    await settled()

    assert line.inside == ["c"]
    line.leave("c")
    await third


async def test_nobody_waits_for_longer_than_the_patience() -> None:
    line = Line(1, patience=0.05)
    first = line.enter("a")
    await settled()

    with pytest.raises(ModelFailed, match="waiting"):
        await line.enter("b")

    line.leave("a")
    await first
    again = line.enter("c")
    await settled()
    assert line.inside == ["c"]
    line.leave("c")
    await again


async def test_without_a_limit_nobody_waits() -> None:
    line = Line(0)
    tasks = [line.enter(name) for name in "abc"]
    await settled()

    assert line.inside == ["a", "b", "c"]
    for name in "abc":
        line.leave(name)
    await asyncio.gather(*tasks)


async def test_a_reply_that_nobody_wants_any_more_gives_its_place_back() -> None:
    model = ScriptedModel()
    model.enqueue("One. ", "Two.")
    model.enqueue("Three.")
    guarded = GuardedModel(model, Patience(place=0.1), Places(1))

    stream = guarded.stream([])
    first = await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]  # the port says iterator; ours is a generator
    second = [piece async for piece in guarded.stream([])]

    assert (first, second) == ("One. ", ["Three."])


async def test_a_second_try_is_made_before_the_first_token_only() -> None:
    model = ScriptedModel()
    for pieces in [(ModelAway("no", 0),), ("Two.",), ("Three, ", ModelAway("no", 0)), ("Four.",)]:
        model.enqueue(*pieces)
    guarded = GuardedModel(model, Patience(), Places(0))

    first = [piece async for piece in guarded.stream([])]
    with pytest.raises(ModelAway):
        [piece async for piece in guarded.stream([])]

    assert first == ["Two."]
    assert len(model.asked) == 3


class Talker:
    """A model that always has one more word."""

    async def stream(self, _messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield words for ever."""
        while True:
            await asyncio.sleep(0)
            yield "word "


async def check_slowly(model: GuardedModel) -> None:
    """Listen to a model, and think over every word."""
    async for _word in model.stream([("user", "?")]):
        await asyncio.sleep(0.1)


async def test_a_slow_check_of_its_words_is_not_the_models_fault() -> None:
    breaker = Breaker(Clock())
    guarded = GuardedModel(Talker(), Patience(total=0.3), Places(0), breaker)

    for _ in range(MOST_FAILURES):
        with pytest.raises(ModelUnfit, match="Checking"):
            await check_slowly(guarded)

    assert not is_open(breaker)
