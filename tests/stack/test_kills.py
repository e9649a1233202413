"""Processes of a running product killed at work: everything ends, once."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from tests.stack.customer import Customer, new_token
from tests.stack.product import Product, eventually

pytestmark = pytest.mark.stack
CHUNKS = """
    SELECT d.file_name, c.ordinal, c.content_hash FROM knowledge_chunk c
    JOIN knowledge_document d ON d.live_version_id = c.version_id
    JOIN knowledge_collection k ON k.id = d.collection_id
    WHERE k.slug = %s ORDER BY 1, 2
"""
STATES = """
    SELECT v.state FROM knowledge_version v JOIN knowledge_document d ON d.id = v.document_id
    JOIN knowledge_collection k ON k.id = d.collection_id WHERE k.slug = %s
"""


def kill(product: Product, name: str) -> None:
    """Kill -9 a process with all its children, as the kernel or a power cut would."""
    pid = eventually(lambda: product.supervisor.pid(name))
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)


def write_documents(folder: Path) -> Path:
    folder.mkdir()
    for number in range(4):
        sections = [
            f"## Part {number}.{part}\n\nThe valve {number}-{part} opens at {10 + part} bar and closes "
            f"at {part} bar. Check the seal every {part + 2} months and keep it dry.\n"
            for part in range(6)
        ]
        (folder / f"valves-{number}.md").write_text(f"# Valves {number}\n\n" + "\n".join(sections))
    return folder


def test_a_worker_killed_three_times_loses_and_doubles_nothing(product: Product, tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "documents")

    assert product.manage("ingest", str(folder), "--collection", "killed", "--no-wait").returncode == 0
    for _ in range(3):
        time.sleep(1.0)
        kill(product, "worker")
    eventually(lambda: set(product.rows(STATES, "killed")) <= {("ready",), ("failed",)}, seconds=120)
    assert product.manage("ingest", str(folder), "--collection", "undisturbed").returncode == 0
    undisturbed = product.rows(CHUNKS, "undisturbed")

    assert set(product.rows(STATES, "killed")) == {("ready",)}
    assert product.rows(CHUNKS, "killed") == undisturbed
    assert len(undisturbed) >= 4


def test_an_answer_whose_runner_is_killed_is_finished_by_the_next(product: Product) -> None:
    with Customer(product.url, new_token()) as customer:
        customer.ask("How long is the warranty?")
        kill(product, "answers")
        finished = customer.until_event("answer.finished", seconds=90)

    assert finished["data"]["message"]["outcome"] == "answered"
    assert [event["event"] for event in customer.events].count("answer.finished") == 1


def test_redis_killed_and_emptied_loses_no_question(product: Product) -> None:
    with Customer(product.url, new_token()) as customer:
        customer.ask("How long is the warranty?")
        customer.until_event("message.created")
        with redis.Redis.from_url(product.environment["REDIS_URL"]) as client:
            client.flushall()
            client.shutdown(nosave=True)
        customer.until_event("answer.finished", seconds=90)
        customer.ask("Can I return an opened appliance?")
        customer.until_event("answer.finished", seconds=90)

    assert [event["seq"] for event in customer.events] == list(range(1, len(customer.events) + 1))
