"""The parser sandbox: parsing in a process that may crash, spin or run out of memory.

Ingestion parses through ``ParserSandbox.parse`` and nothing else: parsers are large, written
in C and fed by strangers. The sandbox keeps one warm host process (see ``host``) that forks
a confined child for every file; the price of safety is some 20 ms a file.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, Any, Self, cast
from weakref import WeakSet

from knowledge.errors import TransientError
from knowledge.parsing.base import ParsedDocument, ParsingError
from knowledge.parsing.extras import has_recognition
from knowledge.parsing.host import DONE, OUT_OF_MEMORY, REFUSED, RESULT, TIMED_OUT, TOO_LARGE

MEBIBYTE = 1 << 20
START_SECONDS = 60
GRACE_SECONDS = 10
_SPLIT = "Split it and upload the parts."
_CRASHED = (
    "Our parser crashed on this file; it is probably damaged. "
    "Open it, save or print it anew and upload the new copy."
)
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    seconds: float = 120
    cpu_seconds: int = 60
    # With its host a child stays below 600 MB; the engine of text recognition needs more.
    memory_bytes: int = (1024 if has_recognition() else 448) * MEBIBYTE
    output_bytes: int = 64 * MEBIBYTE


class _HostDiedError(Exception):
    """The host went away, as on ``kill -9`` or when the machine ran out of memory."""


class ParserSandbox:
    """Parses files in confined processes; thread-safe, one file at a time.

    ``parser`` names the function that the host calls, as ``module:function``.
    """

    def __init__(self, limits: Limits = Limits(), parser: str = "knowledge.parsing.parse:parse") -> None:
        """Start nothing yet: the host starts with the first file."""
        self._limits = limits
        self._parser = parser
        self._host: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        _open_sandboxes.add(self)

    def __enter__(self) -> Self:
        """Return the sandbox itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def host_pid(self) -> int | None:
        """The process id of the host, None while none runs."""
        return self._host.pid if self._host and self._host.poll() is None else None

    def parse(self, path: Path, media_type: str) -> ParsedDocument:
        """Parse the file at ``path``; raises ``ParsingError`` with a sentence fit for staff."""
        with self._lock, TemporaryDirectory(prefix="parsing-") as directory:
            try:
                status = self._run(path, media_type, directory)
            except _HostDiedError:
                try:
                    status = self._run(path, media_type, directory)
                except _HostDiedError as error:
                    self._stop()
                    raise ParsingError(_CRASHED) from error
            return self._read(status, Path(directory, RESULT))

    def close(self) -> None:
        """Stop the host; the next file would start a new one."""
        with self._lock:
            self._stop()

    def _run(self, path: Path, media_type: str, directory: str) -> int | str:
        host = self._living_host()
        order = {
            "path": str(path.absolute()),
            "media_type": media_type,
            "directory": directory,
            "seconds": self._limits.seconds,
            "cpu_seconds": self._limits.cpu_seconds,
            "memory_bytes": self._limits.memory_bytes,
            "output_bytes": self._limits.output_bytes,
        }
        try:
            _stream(host.stdin).write(json.dumps(order).encode() + b"\n")
            _stream(host.stdin).flush()
        except OSError as error:
            self._stop()
            raise _HostDiedError from error
        status: int | str = self._answer(host, self._limits.seconds + GRACE_SECONDS)["status"]
        return status

    def _answer(self, host: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
        output = _stream(host.stdout)
        ready, _, _ = select.select([output], [], [], seconds)
        line = output.readline() if ready else b""
        if not line:
            self._stop()
            raise _HostDiedError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _living_host(self) -> subprocess.Popen[bytes]:
        if self._host is not None and self._host.poll() is None:
            return self._host
        self._stop()
        self._host = subprocess.Popen(
            [sys.executable, "-m", "knowledge.parsing.host", self._parser],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=-1,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
        try:
            self._answer(self._host, START_SECONDS)
        except _HostDiedError as error:
            raise TransientError(
                "The parser process did not start. Look into the log of the worker."
            ) from error
        return self._host

    def _read(self, status: int | str, result: Path) -> ParsedDocument:
        if status == DONE:
            return ParsedDocument.from_json(json.loads(result.read_bytes()))
        if status == REFUSED:
            raise ParsingError(json.loads(result.read_bytes())["error"])
        raise ParsingError(self._reason(status))

    def _reason(self, status: int | str) -> str:
        limits = self._limits
        match status:
            case value if value == TIMED_OUT:
                return _too_slow(limits.seconds)
            case value if value == -signal.SIGXCPU:
                return _too_slow(limits.cpu_seconds)
            case value if value == OUT_OF_MEMORY:
                megabytes = limits.memory_bytes // MEBIBYTE
                return f"Reading this file took more than {megabytes:,} MB of memory. {_SPLIT}"
            case value if value == TOO_LARGE:
                megabytes = limits.output_bytes // MEBIBYTE
                return f"This file holds more than {megabytes:,} MB of text. {_SPLIT}"
            case _:
                return _CRASHED

    def _stop(self) -> None:
        host, self._host = self._host, None
        if host is None:
            return
        with suppress(OSError):
            _stream(host.stdin).close()
        try:
            host.wait(timeout=2)
        except subprocess.TimeoutExpired:
            host.kill()
            host.wait()
        _stream(host.stdout).close()

    def _forget(self) -> None:
        """After a fork: the host belongs to the parent; hold none of its pipes open."""
        host, self._host, self._lock = self._host, None, Lock()
        if host is None:
            return
        for stream in (host.stdin, host.stdout):
            os.close(_stream(stream).fileno())
        host.returncode = 0  # not our child: do not wait for it


_open_sandboxes: WeakSet[ParserSandbox] = WeakSet()


def _too_slow(seconds: float) -> str:
    return f"Reading this file took longer than {seconds:g} seconds. {_SPLIT}"


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    """Narrow a pipe that is there because we asked for it."""
    return cast("IO[bytes]", stream)


def _environment() -> dict[str, str]:
    """No secrets go to the host: where programs are, where our code is, and one thread a library."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _close_all() -> None:
    for sandbox in list(_open_sandboxes):
        sandbox.close()


def _forget_all() -> None:
    for sandbox in list(_open_sandboxes):
        sandbox._forget()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)
