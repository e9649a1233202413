"""Waiting for the model: customers in line are told their place, and nobody waits for too long."""

import asyncio
from itertools import groupby

import pytest

from chat.answering.engine import AnswerEngine
from chat.answering.guarding import GuardedModel, Patience
from chat.answering.places import Places
from tests.chat.realtime.customers import FIRST, RESET, Customer, Frame, at_work, of_type
from tests.factories import passage
from tests.fakes import ScriptedModel, ScriptedSearch

pytestmark = pytest.mark.usefixtures("demo")


def engine(patience: Patience, *scripts: tuple[object, ...]) -> AnswerEngine:
    """Return an engine whose model words one answer at a time."""
    model = ScriptedModel()
    for script in scripts:
        model.enqueue(*script)
    return AnswerEngine(ScriptedSearch([passage(RESET)]), GuardedModel(model, patience, Places(1)))


def is_waiting(frame: Frame) -> bool:
    """Want a frame that tells a place in line."""
    return bool(frame["type"] == "status" and frame["stage"] == "waiting")


def stages(customer: Customer) -> list[object]:
    """Return what a customer was told of the answer's making, stages or places, without repetitions."""
    told = [frame.get("place", frame["stage"]) for frame in customer.frames if frame["type"] == "status"]
    return [stage for stage, _ in groupby(told)]


async def test_customers_in_line_are_told_their_place_until_it_is_their_turn() -> None:
    go_on, go_on_too = asyncio.Event(), asyncio.Event()
    slow, slow_too = ((FIRST, "The ", event, "lamp then blinks twice [1].") for event in (go_on, go_on_too))
    cleo, dan, eve = Customer(), Customer(), Customer()
    for customer in (cleo, dan, eve):
        await customer.enter()
        await customer.begin()

    async with at_work(engine(Patience(20, 20, 20, 20), slow, slow_too, (FIRST,))):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await dan.ask()
        first = await dan.until(is_waiting)
        await eve.ask()
        second = await eve.until(is_waiting)
        go_on.set()
        await eve.until(is_waiting)
        go_on_too.set()
        ends = [await customer.finished() for customer in (cleo, dan, eve)]
    for customer in (cleo, dan, eve):
        await customer.leave()

    assert (first["place"], second["place"]) == (1, 2)
    assert stages(cleo) == ["searching", "writing"]
    assert stages(dan) == ["searching", "writing", 1, "writing"]
    assert stages(eve) == ["searching", "writing", 2, 1, "writing"]
    assert [message["answerer"] for message in ends] == ["model"] * 3


async def test_who_comes_back_while_in_line_is_told_the_place_again() -> None:
    go_on = asyncio.Event()
    cleo, dan = Customer(), Customer()
    for customer in (cleo, dan):
        await customer.enter()
        await customer.begin()

    async with at_work(
        engine(Patience(20, 20, 20, 20), (FIRST, "The ", go_on, "lamp then blinks twice [1]."), (FIRST,))
    ):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await dan.ask()
        await dan.until(is_waiting)
        await dan.leave()
        back = Customer(dan.secret)
        await back.enter()
        told = await back.until(is_waiting)
        go_on.set()
        await cleo.finished()
        message = await back.finished()
    for customer in (cleo, back):
        await customer.leave()

    assert (told["place"], message["answerer"]) == (1, "model")


async def test_who_waits_for_too_long_gets_the_documents_words() -> None:
    go_on = asyncio.Event()
    slow = (FIRST, "The ", go_on, "lamp then blinks twice [1].")
    cleo, dan = Customer(), Customer()
    for customer in (cleo, dan):
        await customer.enter()

    async with at_work(engine(Patience(0.2, 20, 20, 20), slow)):
        await cleo.ask()
        await cleo.until(of_type("delta"))
        await dan.ask()
        message = await dan.finished()
        go_on.set()
        await cleo.finished()
    for customer in (cleo, dan):
        await customer.leave()

    assert (message["outcome"], message["answerer"]) == ("answered", "fallback")
    assert "hold the power button for ten seconds" in message["text"]
