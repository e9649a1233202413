"""Fixtures of the fault tests: a product whose model speaks so slowly that an answer has a middle."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supportbot.embedded.programs import listens
from supportbot.embedded.supervisor import Program
from tests.stack.product import Product, eventually, free_port, running

PUBLIC = Path(__file__).parents[2] / "evals" / "demo" / "documents" / "public"
QUESTION = "How much is delivery?"
TOKENS_A_SECOND, WORDS = "25", "120"
AT_WORK = (
    "SELECT 1 FROM knowledge_heartbeat WHERE kind = 'answers' AND seen_at > now() - interval '12 seconds'"
)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product with a model that takes some five seconds for an answer."""
    port = free_port()
    command = [sys.executable, "-m", "bench.chaos_model", str(port), TOKENS_A_SECOND, WORDS]
    settings = {
        "MODEL_URL": f"http://127.0.0.1:{port}/v1",
        "MODEL_TOTAL_SECONDS": "60",
        "MODEL_CONCURRENCY": "0",
        "REMEMBERED_ANSWERS": "0",
    }
    model = Program("model", command, is_ready=lambda: listens(port))
    with running(tmp_path_factory.mktemp("faults"), settings, [model]) as product:
        done = product.manage("ingest", str(PUBLIC / "faq.csv"), "--collection", "help-centre")
        assert done.returncode == 0, done.stderr
        eventually(lambda: product.rows(AT_WORK))
        yield product


@pytest.fixture
def kill_server(product: Product) -> Callable[[str, signal.Signals], None]:
    """Send a signal to an embedded server; its keeper starts it again."""
    run = Path(product.environment["SUPPORTBOT_DATA"]) / "run"

    def kill(name: str, number: signal.Signals) -> None:
        note = json.loads((run / f"{name}.json").read_text(encoding="utf-8"))
        os.kill(int(note["pid"]), number)

    return kill
