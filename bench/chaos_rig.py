"""The rig: the product as processes on a data folder of its own, and ways to break it.

Importing it starts embedded servers on a new folder, which go with this process, and sets Django up for
them, as an eye on the truth. A scripted model, web and answers processes run under the product's own
supervisor, which starts whatever is killed again.
"""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import django
import psutil
import psycopg

from supportbot.embedded import programs
from supportbot.embedded.folder import PROJECT
from supportbot.embedded.services import ensure_services
from supportbot.embedded.supervisor import Program, Supervisor

READY_SECONDS = 120.0
RUNNERS = ("answers-1", "web-2")
DATA = Path(tempfile.mkdtemp(prefix="supportbot-bench-"))
DATA.chmod(0o755)  # PostgreSQL runs under an account of its own
for _name in ("run", "logs"):
    (DATA / _name).mkdir()
services = ensure_services(DATA, {})
ENVIRONMENT = {
    **services.environment(),
    "SUPPORTBOT_DATA": str(DATA),
    "SECRET_KEY": "only-for-this-measurement-" * 3,
    "ANSWER_LEASE_SECONDS": "5",
    "REMEMBERED_ANSWERS": "0",
    "MODEL_URL": "",
    "UNLIMITED_ADDRESSES": "127.0.0.0/8",  # all customers come from here
    "PYTHONPATH": str(PROJECT),
}
os.environ |= {**ENVIRONMENT, "DJANGO_SETTINGS_MODULE": "supportbot.settings"}
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from chat.limits.quotas import DEFAULTS  # noqa: E402 - needs the set-up above
from chat.models import Assistant  # noqa: E402 - needs the set-up above
from knowledge.ingestion.accept import accept_file  # noqa: E402 - needs the set-up above
from knowledge.ingestion.ingest import ingest  # noqa: E402 - needs the set-up above
from knowledge.models import Collection  # noqa: E402 - needs the set-up above


@atexit.register
def _forget() -> None:
    services.let_go_and_wait()
    shutil.rmtree(DATA, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class Rig:
    """A running product."""

    supervisor: Supervisor

    def pid(self, name: str) -> int | None:
        """Return the process of a program, None while there is none."""
        return self.supervisor.pid(name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to a program and its children; say whether there was one."""
        pid = self.pid(name)
        if pid is not None:
            os.killpg(pid, number)
        return pid is not None

    def is_at_work(self, name: str) -> bool:
        """Say whether a web process listens, or one that makes answers has shown a sign of life."""
        pid = self.pid(name)
        if pid is None or name not in RUNNERS:
            return pid is not None and self.supervisor.wait_until_ready(name, 0.5)
        try:
            with psycopg.connect(ENVIRONMENT["DATABASE_URL"], connect_timeout=2) as look:
                process = f"answers@{socket.gethostname()}:{pid}"
                rows = look.execute("SELECT 1 FROM knowledge_heartbeat WHERE process = %s", [process])
                return rows.fetchone() is not None
        except psycopg.Error:
            return False

    def kill_server(self, name: str, number: signal.Signals) -> None:
        """Send a signal to "postgres" or "valkey"; its keeper starts it again."""
        note = json.loads((DATA / "run" / f"{name}.json").read_text(encoding="utf-8"))
        if "pid" in note:
            os.kill(int(note["pid"]), number)

    def wait_until_ready(self, names: Sequence[str]) -> None:
        """Wait until programs serve, or fail."""
        for name in names:
            assert self.supervisor.wait_until_ready(name, READY_SECONDS), f"{name} did not start"


def named(program: Program, name: str, environment: Mapping[str, str], pin: str = "") -> Program:
    """Return a program under another name, in an environment, on some processors."""
    command = ["taskset", "-c", pin, *program.command] if pin else list(program.command)
    return replace(program, name=name, command=command, environment={**program.environment, **environment})


def model(port: int, *arguments: str) -> Program:
    """The scripted model."""
    command = [sys.executable, "-m", "bench.chaos_model", str(port), *arguments]
    return Program("model", command, is_ready=lambda: programs.listens(port))


def prepare(documents: Sequence[Path]) -> None:
    """Make the tables, the demo's assistant and its documents."""
    call_command("migrate", verbosity=0)
    call_command("seed_demo")
    Assistant.objects.update(quotas=dict.fromkeys(DEFAULTS, 0))  # customers here talk without a pause
    shelf = Collection.objects.get(slug="help-centre")
    for path in documents:
        copy = Path(shutil.copy(path, DATA / path.name))
        ingest(accept_file(copy, path.name, shelf).version.id)
    connection.close()


def pin_servers(core: str) -> None:
    """Let the embedded servers, with all that they start, run on some processors only."""
    for name in ("postgres", "valkey"):
        note = json.loads((DATA / "run" / f"{name}.json").read_text(encoding="utf-8"))
        everyone = [process.pid for process in psutil.Process(int(note["pid"])).children(recursive=True)]
        for pid in (int(note["pid"]), *everyone):
            subprocess.run(["taskset", "-a", "-p", "-c", core, str(pid)], check=False, capture_output=True)


@contextmanager
def running(plan: Sequence[Program]) -> Iterator[Rig]:
    """Run programs meanwhile."""
    with Supervisor(plan, DATA / "logs", quiet=True, services=services) as supervisor:
        yield Rig(supervisor)
