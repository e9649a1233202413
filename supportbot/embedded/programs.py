"""The programs of the product: their command lines, as ``make demo`` and other supervisors run them."""

import socket
import sys
from functools import partial
from pathlib import Path

from supportbot.embedded.folder import PROJECT
from supportbot.embedded.supervisor import Program

# Ingestion is for whenever there is time; customers wait for answers now.
WORKER_NICENESS = 10
# While one document is being embedded (in C, on every core) the next one is read and stored; more threads
# would only wait. One process, so the model is in memory once.
WORKER_THREADS = "2"
QUIET_BUS = ("--without-gossip", "--without-mingle")
# Many threads at work for moments each share a few connections.
POOLED = {"DATABASE_POOL": "8"}


def listens(port: int) -> bool:
    """Say whether a server accepts connections on 127.0.0.1:``port``."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def web(port: int, *, makes_answers: bool = False) -> Program:
    """The pages, the API and the websockets; with or without a runner of answers."""
    options = [
        "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--ws", "websockets-sansio",
        "--timeout-graceful-shutdown", "10", "--no-server-header", "--no-proxy-headers", "--no-access-log",
        "--log-level", "warning", "--ws-max-size", "131072",
    ]  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "supportbot.asgi:application", *options]
    environment = {**POOLED, "ANSWERS_IN_WEB": str(int(makes_answers))}
    return Program("web", command, environment, is_ready=partial(listens, port))


def answers() -> Program:
    """The runner of answers."""
    return Program("answers", [sys.executable, str(PROJECT / "manage.py"), "answers"], environment=POOLED)


def worker() -> Program:
    """The worker of ingestion and maintenance."""
    options = ["-Q", "ingest,maintenance", "--pool", "threads", "-c", WORKER_THREADS, *QUIET_BUS]
    # In a container we are root, and Celery would say so at every start; it accepts no pickles here.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    return Program("worker", _celery("worker", *options), quiet, niceness=WORKER_NICENESS)


def beat(data: Path) -> Program:
    """The clock that rings for periodic work."""
    return Program("beat", _celery("beat", "--schedule", str(data / "run" / "beat-schedule"), "--pidfile="))


def website(port: int, widget_origin: str, assistant_key: str) -> Program:
    """The website of a made-up company that embeds our widget.

    Run by its path: the server needs nothing of ours and so stays small.
    """
    script = PROJECT / "supportbot" / "embedded" / "website.py"
    folder = PROJECT / "evals" / "demo" / "website"
    command = [sys.executable, "-I", "-S", str(script), str(port), widget_origin, assistant_key, str(folder)]
    return Program("website", command, is_ready=partial(listens, port))


def _celery(command: str, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "celery", "--quiet", "--app", "supportbot", "--workdir", str(PROJECT),
        command, "--loglevel", "WARNING", *options,
    ]  # fmt: skip
