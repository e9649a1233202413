"""The server port: what a keeper must know to run PostgreSQL or Valkey."""

import importlib.util
import signal
from pathlib import Path
from typing import Protocol

from supportbot.embedded.folder import EmbeddedError


class Server(Protocol):
    """One embedded server over one data folder. Its URL stays the same while it has users."""

    name: str
    account: tuple[int, int] | None
    stop_signal: signal.Signals

    def prepare(self) -> None:
        """Make or heal what the server needs; called before every start."""

    def command(self) -> list[str]:
        """Return the command line that runs the server in the foreground."""

    def is_ready(self) -> bool:
        """Say whether the server answers to us."""

    def settle(self) -> None:
        """Make what must exist inside the running server."""

    def url(self) -> str:
        """Return the URL with which the product connects."""

    def clear(self) -> None:
        """Remove what only a running server needs; called when nobody uses it any more."""


def wheel_file(package: str, inside: str) -> Path:
    """Return a file of an installed wheel without importing the wheel's own code."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (path := Path(folder) / inside).exists():
            return path
    raise EmbeddedError(
        f"The embedded services need the package {package.replace('_', '-')} for this kind of machine: "
        "install the extra [embedded], or set DATABASE_URL and REDIS_URL."
    )
