"""A parser that misbehaves as the file's first word tells it to: the sandbox's adversary."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import PermanentError
from knowledge.parsing.base import DocumentBuilder, ParsedDocument


def parse(path: Path, media_type: str) -> ParsedDocument:
    """Do what the file says instead of reading it."""
    order, _, argument = path.read_text(encoding="utf-8").partition(" ")
    builder = DocumentBuilder()
    builder.paragraph(ORDERS.get(order, f"{order} {{}}".format)(argument))
    return builder.finish(media_type)


def _spin(_: str) -> str:
    while True:
        pass


def _sleep(seconds: str) -> str:
    subprocess.run(["sleep", seconds], check=True)
    return "slept"


def _crash(_: str) -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return "survived"


def _stumble(reason: str) -> str:
    raise LookupError(reason)


def _refuse(reason: str) -> str:
    raise PermanentError(reason)


def _wait(mark: str) -> str:
    Path(mark).touch()
    time.sleep(600)
    return "waited"


def _murder(_: str) -> str:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)
    return "waited"


def _environment(_: str) -> str:
    return " ".join(f"{name}={value}" for name, value in os.environ.items()) + f" in {Path.cwd()}"


def _connect(port: str) -> str:
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    except OSError:
        return "unreachable"
    return "connected"


ORDERS: dict[str, Callable[[str], str]] = {
    "hoard": lambda size: str(len(bytearray(int(size)))),
    "pour": lambda count: "word " * int(count),
    "spin": _spin,
    "sleep": _sleep,
    "crash": _crash,
    "stumble": _stumble,
    "refuse": _refuse,
    "wait": _wait,
    "murder": _murder,
    "environment": _environment,
    "connect": _connect,
}
