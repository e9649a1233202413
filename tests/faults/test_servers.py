"""Servers that go away in the middle of an answer: nothing is lost but a moment."""

import signal
from collections.abc import Callable, Iterator

import psycopg
import pytest
import redis

from tests.faults.conftest import QUESTION
from tests.faults.steadfast import Steadfast, is_delta
from tests.stack.product import Product

pytestmark = [pytest.mark.faults, pytest.mark.stack]
Kill = Callable[[str, signal.Signals], None]
TRUTH = """
    SELECT e.seq, e.kind FROM chat_event e JOIN chat_message m ON m.conversation_id = e.conversation_id
    WHERE m.client_id = %s ORDER BY e.seq
"""


@pytest.fixture
def cleo(product: Product) -> Iterator[Steadfast]:
    """Cleo, in the middle of an answer."""
    cleo = Steadfast(product)
    cleo.ask(QUESTION)
    cleo.until(is_delta)
    yield cleo
    cleo.leave()


def ends_whole(cleo: Steadfast, product: Product) -> None:
    """Check that the answer came to one end, and that Cleo saw what is stored."""
    finished = cleo.until_event("answer.finished")
    cleo.ask("How long is the warranty?")
    cleo.until_event("answer.finished")

    assert finished["data"]["message"]["outcome"] == "answered"
    assert [seq for seq, _ in product.rows(TRUTH, next(iter(cleo.asks)))] == [
        event["seq"] for event in cleo.events
    ]
    assert [event["seq"] for event in cleo.events] == list(range(1, len(cleo.events) + 1))
    assert cleo.kinds.count("answer.finished") == 2
    assert cleo.kinds.count("answer.started") == 2


def test_redis_is_emptied(product: Product, cleo: Steadfast) -> None:
    with redis.Redis.from_url(product.environment["REDIS_URL"]) as client:
        client.flushall()

    cleo.until(is_delta)
    ends_whole(cleo, product)


def test_redis_is_killed(product: Product, cleo: Steadfast, kill_server: Kill) -> None:
    kill_server("valkey", signal.SIGKILL)

    ends_whole(cleo, product)
    assert "answer.reset" not in cleo.kinds


def test_redis_hangs(product: Product, cleo: Steadfast) -> None:
    with redis.Redis.from_url(product.environment["REDIS_URL"]) as client:
        client.execute_command("CLIENT", "PAUSE", "8000", "ALL")

    ends_whole(cleo, product)
    assert "answer.reset" not in cleo.kinds


def test_postgres_stops_at_once(product: Product, cleo: Steadfast, kill_server: Kill) -> None:
    kill_server("postgres", signal.SIGQUIT)
    cleo.ask("Can I return an opened appliance?")

    cleo.until(lambda frame: frame.get("event") == "message.created")
    cleo.until_event("answer.finished")
    cleo.until_event("answer.finished")
    stored = product.rows("SELECT count(*) FROM chat_message WHERE client_id = ANY(%s)", list(cleo.asks))

    assert stored == [(2,)]
    assert [event["seq"] for event in cleo.events] == list(range(1, len(cleo.events) + 1))
    assert cleo.kinds.count("answer.finished") == 2


def test_every_backend_of_postgres_is_terminated(product: Product, cleo: Steadfast) -> None:
    with psycopg.connect(product.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename = current_user"
        )

    ends_whole(cleo, product)
