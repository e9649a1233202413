"""The keeper: a small process that runs one embedded server for as long as anybody uses it.

``python -m supportbot.embedded.keeper NAME DATA``. It restarts a server that dies, and stops it and itself
when the last user is gone. Users hold a shared lock on ``run/NAME.users``, which the kernel drops when they
end in whatever way; when the keeper gets that lock for itself, nobody is left.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from supportbot.embedded.folder import EmbeddedError, write_private
from supportbot.embedded.leash import leashed
from supportbot.embedded.locking import FileLock
from supportbot.embedded.postgres import Postgres
from supportbot.embedded.server import Server
from supportbot.embedded.valkey import Valkey

SERVERS: dict[str, type[Postgres] | type[Valkey]] = {"postgres": Postgres, "valkey": Valkey}
LOOK_SECONDS = 0.25
START_SECONDS = 60.0  # crash recovery of a big database takes its time
STOP_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 10.0


class Keeper:
    """Runs ``server`` and tells its users how it is in ``run/NAME.json``."""

    def __init__(self, server: Server, run: Path) -> None:
        self._server = server
        self._users = FileLock(run / f"{server.name}.users")
        self._note = run / f"{server.name}.json"
        self._child: subprocess.Popen[bytes] | None = None
        self._pause = 0.0
        self._stopping = False
        self._alone = False

    def keep(self) -> None:
        """Run the server until nobody uses it or SIGTERM comes."""
        try:
            while not self._stopping:
                if self._child is None or self._child.poll() is not None:
                    self._start()
                if self._users.try_to_take():
                    self._alone = True
                    return
                time.sleep(LOOK_SECONDS)
        finally:
            self._stop()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Ask ``keep`` to end; a signal handler."""
        self._stopping = True

    def _start(self) -> None:
        """Start the server; after a failure wait longer before the next attempt."""
        self._tell(state="starting")
        time.sleep(self._pause)
        self._pause = min(2 * self._pause + 0.1, LONGEST_PAUSE_SECONDS)
        self._server.prepare()
        command = leashed(
            self._server.command(), death=self._server.stop_signal, account=self._server.account
        )
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)
        if self._wait_until_ready(self._child):
            self._server.settle()
            self._pause = 0.0
            self._tell(state="ready", url=self._server.url(), pid=self._child.pid)

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and not self._stopping:
            if self._server.is_ready():
                return True
            if time.monotonic() > deadline:
                child.kill()
            time.sleep(0.05)
        return False

    def _tell(self, **facts: str | int) -> None:
        write_private(self._note, json.dumps({"keeper": os.getpid(), **facts}))

    def _stop(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(self._server.stop_signal)
            try:
                self._child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._alone:
            self._server.clear()
        self._note.unlink(missing_ok=True)


def main() -> None:
    """Become the one keeper of this server and folder, or leave if there is one already."""
    name, data = sys.argv[1], Path(sys.argv[2])
    run = data / "run"
    place = FileLock(run / f"{name}.keeper")
    if not place.try_to_take():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        keeper = Keeper(SERVERS[name](data), run)
        signal.signal(signal.SIGTERM, keeper.stop)
        keeper.keep()
    except EmbeddedError as error:
        write_private(run / f"{name}.json", json.dumps({"keeper": os.getpid(), "failure": str(error)}))
        sys.exit(str(error))
    finally:
        place.release()


if __name__ == "__main__":
    main()
