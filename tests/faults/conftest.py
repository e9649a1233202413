"""Fixtures of the fault tests: a product whose model speaks so slowly that an answer has a middle."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supportbot.embedded import programs
from supportbot.embedded.programs import listens
from supportbot.embedded.services import ensure_services
from supportbot.embedded.supervisor import Program, Supervisor
from tests.stack.product import Product, eventually, free_port, told

PREPARE = """
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from knowledge.ingestion.accept import accept_file
from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection
call_command("migrate", verbosity=0)
call_command("seed_demo")
path = Path(settings.DATA) / "faq.md"
ingest(accept_file(path, "faq.md", Collection.objects.get(slug="help-centre")).version.id)
"""
FAQ = """# Delivery

Delivery is free for orders from 50 pounds. Below that, delivery costs 3.95 pounds for each order. Large
appliances cost 12 pounds more on islands that are reached by ferry.

# Warranty

The warranty lasts 24 months from the day of delivery. Keep the receipt, because the workshop asks for it.
"""
QUESTION = "How much is delivery?"
TOKENS_A_SECOND, WORDS = "25", "120"
READY_SECONDS = 400.0  # loading a model's adapter takes long on a busy machine
AT_WORK = (
    "SELECT 1 FROM knowledge_heartbeat WHERE kind = 'answers' AND seen_at > now() - interval '12 seconds'"
)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Web, answers, and a model that takes some five seconds for an answer; one document."""
    data = tmp_path_factory.mktemp("faults")
    for name in ("run", "logs"):
        (data / name).mkdir()
    (data / "faq.md").write_text(FAQ, encoding="utf-8")
    services = ensure_services(data, {})
    web, port = free_port(), free_port()
    environment = {
        **services.environment(),
        "SUPPORTBOT_DATA": str(data),
        "SECRET_KEY": "only-for-this-test-" * 4,
        "ANSWER_LEASE_SECONDS": "4",
        "MODEL_URL": f"http://127.0.0.1:{port}/v1",
        "MODEL_TOTAL_SECONDS": "60",
        "MODEL_CONCURRENCY": "0",
        "REMEMBERED_ANSWERS": "0",
    }
    command = [sys.executable, "-m", "bench.chaos_model", str(port), TOKENS_A_SECOND, WORDS]
    model = Program("model", command, is_ready=lambda: listens(port))
    plan = [told(one, environment) for one in (model, programs.web(web), programs.answers())]
    supervisor = Supervisor(plan, data / "logs", quiet=True, services=services, patience=20)
    product = Product(f"http://127.0.0.1:{web}", "", services, supervisor, environment)
    try:
        done = product.manage("shell", "-v0", "-c", PREPARE)
        assert done.returncode == 0, done.stderr[-2000:]
        with supervisor:
            assert supervisor.wait_until_ready("web", READY_SECONDS)
            eventually(lambda: product.rows(AT_WORK), seconds=READY_SECONDS)
            yield product
    finally:
        services.let_go_and_wait()


@pytest.fixture
def kill_server(product: Product) -> Callable[[str, signal.Signals], None]:
    """Send a signal to an embedded server; its keeper starts it again."""
    run = Path(product.environment["SUPPORTBOT_DATA"]) / "run"

    def kill(name: str, number: signal.Signals) -> None:
        note = json.loads((run / f"{name}.json").read_text(encoding="utf-8"))
        os.kill(int(note["pid"]), number)

    return kill
