"""Sockets that are slow or say everything several times: bounded memory, nothing lost, nothing double."""

import threading
import uuid

import psutil
import psycopg
import pytest

from tests.faults.conftest import QUESTION
from tests.stack.customer import Customer, new_token
from tests.stack.product import Product

pytestmark = [pytest.mark.faults, pytest.mark.stack]
EVENTS = 4000
MOST_MB = 60  # of growth; the events of the test are 80 MB as JSON
FILL = """
    WITH mine AS (
        UPDATE chat_conversation SET head_seq = head_seq + %(count)s
        WHERE id = (SELECT conversation_id FROM chat_message WHERE client_id = %(client)s)
        RETURNING id, head_seq
    )
    INSERT INTO chat_event (conversation_id, seq, kind, data, created_at)
    SELECT id, head_seq - %(count)s + n, 'filling', jsonb_build_object('text', repeat('x', 20000)), now()
    FROM mine, generate_series(1, %(count)s) n
"""


def test_a_peer_that_does_not_read_costs_no_memory_and_loses_nothing(product: Product) -> None:
    token = new_token()
    with Customer(product.url, token) as first:
        client_id = first.ask(QUESTION)
        first.until_event("answer.finished")
        head = first.last_seq
    with psycopg.connect(product.environment["DATABASE_URL"]) as connection:
        connection.execute(FILL, {"count": EVENTS, "client": client_id})
    pid = product.supervisor.pid("web")
    assert pid is not None
    web = psutil.Process(pid)

    with Customer(product.url, token) as slow:
        with Customer(product.url, new_token()) as other:  # is served meanwhile, and gives it time to pile up
            before = web.memory_info().rss
            other.ask(QUESTION)
            other.until_event("answer.finished")
            grown = web.memory_info().rss - before
        slow.until(lambda frame: frame.get("seq") == head + EVENTS)

    assert [event["seq"] for event in slow.events] == list(range(1, head + EVENTS + 1))
    assert grown < MOST_MB * 1_000_000


def test_a_question_asked_five_times_at_once_is_stored_and_answered_once(product: Product) -> None:
    token, client_id = new_token(), str(uuid.uuid4())
    finished: list[str] = []

    def ask() -> None:
        with Customer(product.url, token) as customer:
            customer.send(type="ask", client_id=client_id, text=QUESTION)
            event = customer.until_event("answer.finished")
            finished.append(event["data"]["answer"])

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(finished) == 5
    assert len(set(finished)) == 1
    assert product.rows("SELECT count(*) FROM chat_message WHERE client_id = %s", client_id) == [(1,)]
