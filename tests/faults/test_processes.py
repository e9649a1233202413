"""Processes that are killed or ended: answers go on elsewhere, sockets come back."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.faults.conftest import AT_WORK, QUESTION
from tests.faults.steadfast import Steadfast, is_delta
from tests.stack.product import Product, eventually

pytestmark = [pytest.mark.faults, pytest.mark.stack]
SERVICE_RESTART = 1012
SEVERAL = 5


@pytest.fixture
def customers(product: Product) -> Iterator[list[Steadfast]]:
    """Several customers, each in the middle of an answer."""
    eventually(lambda: product.rows(AT_WORK))
    customers = [Steadfast(product) for _ in range(SEVERAL)]
    for customer in customers:
        customer.ask(QUESTION)
    for customer in customers:
        customer.until(is_delta)
    yield customers
    for customer in customers:
        customer.leave()


def end(product: Product, name: str, number: signal.Signals) -> None:
    """Send a signal to a program of the product."""
    pid = eventually(lambda: product.supervisor.pid(name))
    assert pid is not None
    os.killpg(pid, number)


def test_a_killed_runner_costs_each_of_its_answers_one_reset(
    product: Product, customers: list[Steadfast]
) -> None:
    end(product, "answers", signal.SIGKILL)

    for customer in customers:
        customer.until_event("answer.finished")
    assert [customer.kinds.count("answer.reset") for customer in customers] == [1] * SEVERAL
    assert [customer.kinds.count("answer.finished") for customer in customers] == [1] * SEVERAL


def test_a_runner_that_is_told_to_end_leaves_no_answer_behind(
    product: Product, customers: list[Steadfast]
) -> None:
    end(product, "answers", signal.SIGTERM)

    for customer in customers:
        customer.until_event("answer.finished")
    assert max(customer.kinds.count("answer.reset") for customer in customers) <= 1
    assert [customer.kinds.count("answer.finished") for customer in customers] == [1] * SEVERAL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_sockets_come_back_to_a_web_process_that_ended(
    product: Product, customers: list[Steadfast], number: signal.Signals
) -> None:
    end(product, "web", number)

    for customer in customers:
        customer.until_event("answer.finished")
        assert [event["seq"] for event in customer.events] == list(range(1, len(customer.events) + 1))
    expected = SERVICE_RESTART if number == signal.SIGTERM else None
    assert {code for customer in customers for code in customer.codes} == {expected}
