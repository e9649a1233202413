"""The product as processes: web, answers, worker, beat and website, as `make demo` runs them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from supportbot.embedded import programs
from supportbot.embedded.folder import PROJECT
from supportbot.embedded.services import Services, ensure_services
from supportbot.embedded.supervisor import Program, Supervisor

T = TypeVar("T")
PASSWORD = "correct horse battery"
READY_SECONDS = 90.0
ADD_STAFF = (
    f"from django.contrib.auth.models import User;User.objects.create_superuser('ada', password='{PASSWORD}')"
)


def eventually(look: Callable[[], T], seconds: float = 60.0) -> T:
    """Return the first true value of ``look``; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {look}")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Product:
    """A running product and the ways into it."""

    url: str
    website: str
    services: Services
    supervisor: Supervisor
    environment: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the product's data."""
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
        )

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the product's database."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement, values).fetchall()


@contextmanager
def running(data: Path, **more: str) -> Iterator[Product]:
    """Start everything on a data folder of its own, with ``more`` settings, and stop it at the end."""
    for name in ("run", "logs"):
        (data / name).mkdir(parents=True, exist_ok=True)
    services = ensure_services(data, {})
    web, website = free_port(), free_port()
    environment = {
        **services.environment(),
        "SUPPORTBOT_DATA": str(data),
        "SECRET_KEY": "only-for-this-test-" * 4,
        "DEMO_WEBSITE": f"http://127.0.0.1:{website}",
        "SUPPORTBOT_SUPERVISED": "1",
        "MODEL_URL": "",
        "INGEST_LEASE_SECONDS": "4",
        "ANSWER_LEASE_SECONDS": "4",
        **more,
    }
    plan = [
        programs.web(web),
        programs.answers(),
        programs.worker(),
        programs.beat(data),
        programs.website(website, f"http://127.0.0.1:{web}", "demo"),
    ]
    supervisor = Supervisor(
        [told(program, environment) for program in plan], data / "logs", quiet=True, services=services
    )
    product = Product(
        f"http://127.0.0.1:{web}", f"http://127.0.0.1:{website}", services, supervisor, environment
    )
    try:
        for arguments in (("migrate", "-v0"), ("seed_demo",), ("shell", "-v0", "-c", ADD_STAFF)):
            done = product.manage(*arguments)
            assert done.returncode == 0, done.stderr
        with supervisor:
            assert supervisor.wait_until_ready("web", READY_SECONDS)
            yield product
    finally:
        services.let_go_and_wait()


def told(program: Program, environment: dict[str, str]) -> Program:
    """Return a program that is told more."""
    return Program(
        program.name,
        program.command,
        {**program.environment, **environment},
        program.is_ready,
        program.niceness,
    )
