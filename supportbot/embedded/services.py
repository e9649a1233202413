"""The embedded services: from a data folder to a DATABASE_URL and a REDIS_URL that work.

Front door: ``ensure_services``. The servers live in keepers (``keeper``), one process each; here is the
user's side of them.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from supportbot.embedded.folder import PROJECT, EmbeddedError, rotate
from supportbot.embedded.locking import FileLock, is_held

SERVICES = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}
START_SECONDS = 90.0
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Services:
    """The URLs of both services, and our hold on those that are embedded."""

    database_url: str
    redis_url: str
    holds: tuple["Hold", ...] = ()

    def environment(self) -> dict[str, str]:
        """Return the environment variables by which every process of ours finds the services."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def watch(self) -> None:
        """Bring back a keeper that has died; keepers themselves bring back their servers."""
        for hold in self.holds:
            hold.watch()

    def let_go(self) -> None:
        """End our use of the services; they stop by themselves if it was the last."""
        for hold in self.holds:
            hold.let_go()

    def let_go_and_wait(self) -> None:
        """End our use of the services and, if nobody else uses them, see them stopped."""
        self.let_go()
        for hold in self.holds:
            hold.wait_until_stopped()


@dataclass(slots=True)
class Hold:
    """Our use of one embedded server: while the lock is held, its keeper keeps it running."""

    name: str
    data: Path
    keeper: subprocess.Popen[bytes] | None = None
    users: FileLock = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the lock, not yet taken."""
        self.users = FileLock(self.data / "run" / f"{self.name}.users")

    def take(self) -> Self:
        """Begin to use the server; waits while a keeper is busy stopping it."""
        self.users.take(shared=True, seconds=START_SECONDS)
        return self

    def url(self) -> str:
        """Return the server's URL as soon as it is ready; raise EmbeddedError if that cannot be."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.watch()
            note = self._note()
            if failure := note.get("failure"):
                raise EmbeddedError(str(failure))
            if note.get("state") == "ready":
                return str(note["url"])
            time.sleep(0.03)
        raise EmbeddedError(
            f"The embedded {self.name} did not get ready in {START_SECONDS:.0f} s; {self._log()} says why."
        )

    def watch(self) -> None:
        """Start a keeper if there is none; two of us may try, one of theirs stays."""
        if self.keeper is not None and self.keeper.poll() is None:
            return
        if is_held(self._place()):
            return
        with FileLock(self.data / "run" / f"{self.name}.start"):
            if not is_held(self._place()):
                self._start_keeper()

    def let_go(self) -> None:
        """End our use of the server; its keeper notices."""
        self.users.release()

    def wait_until_stopped(self) -> None:
        """Wait until the keeper is gone, or somebody else turns out to use the server."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and is_held(self._place()) and not self._has_users():
            time.sleep(0.05)
        if self.keeper is not None and not self._has_users():
            self.keeper.wait()

    def _has_users(self) -> bool:
        """Say whether users share the lock, rather than the keeper having it for itself or nobody."""
        probe = FileLock(self.users.path)
        try:
            return not probe.try_to_take() and probe.try_to_take(shared=True)
        finally:
            probe.release()

    def _start_keeper(self) -> None:
        log = self._log()
        rotate(log)
        self._note_path().unlink(missing_ok=True)
        command = [sys.executable, "-m", "supportbot.embedded.keeper", self.name, str(self.data)]
        with log.open("ab") as output:
            # A session of its own: Ctrl-C is for us, the keeper leaves when we have left.
            self.keeper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=PROJECT,
                start_new_session=True,
            )  # fmt: skip
        while self.keeper.poll() is None and not is_held(self._place()):
            time.sleep(0.01)

    def _note(self) -> Mapping[str, object]:
        try:
            note = json.loads(self._note_path().read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def _note_path(self) -> Path:
        return self.data / "run" / f"{self.name}.json"

    def _place(self) -> Path:
        return self.data / "run" / f"{self.name}.keeper"

    def _log(self) -> Path:
        return self.data / "logs" / f"{self.name}.log"


def ensure_services(data: Path, environment: Mapping[str, str] = os.environ) -> Services:
    """Start or join the embedded services that ``environment`` does not name; each on its own.

    They run until the last process that called this has ended or released them.
    """
    holds = {key: Hold(name, data).take() for key, name in SERVICES.items() if not environment.get(key)}
    for hold in holds.values():
        hold.watch()  # both start at the same time
    urls = {key: holds[key].url() if key in holds else environment[key] for key in SERVICES}
    return Services(urls["DATABASE_URL"], urls["REDIS_URL"], tuple(holds.values()))
