"""The supervisor: keeps the processes of the product running, from one command to its Ctrl-C.

Used by ``make demo`` for all of them, by the ingest command and by tests for some. Every child leads a
process group of its own, is restarted when it dies, and dies itself when the supervising process does.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from supportbot.embedded.leash import leashed
from supportbot.embedded.output import Output
from supportbot.embedded.services import Services

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
SOON_SECONDS = 10.0
LOOK_SECONDS = 0.2
SERVICES_SECONDS = 1.0
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Program:
    """What is to run under a name; ``is_ready`` says whether it does its work already."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] = lambda: True
    niceness: int = 0


def pause_after(ran: float, pause: float) -> float:
    """Return the seconds to wait before a restart: short, but doubling while it dies soon after its start."""
    return min(2 * pause, LONGEST_PAUSE_SECONDS) if ran < SOON_SECONDS and pause else FIRST_PAUSE_SECONDS


class Child:
    """One program and the process that runs it at the moment."""

    def __init__(self, program: Program, output: Output) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self._output = output
        self._pause = 0.0
        self._started_at = 0.0
        self._due_at = 0.0

    def tend(self) -> bool:
        """Start the program if it is due; say whether it has just been started."""
        if self.process is not None and self.process.poll() is not None:
            self._bury(self.process)
        if self.process is not None or time.monotonic() < self._due_at:
            return False
        self._started_at = time.monotonic()
        try:
            self._start()
        except OSError as error:  # no memory, no process numbers: this machine may recover
            self._postpone(f"could not start ({error.strerror})")
            return False
        return True

    def is_running(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, which knows how to end its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """Kill whatever is left of the process and its children."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            leashed(list(self.program.command), death=signal.SIGKILL),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        self.starts += 1
        if self.program.niceness:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, self.program.niceness)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        self.kill_group()
        self.process = None
        self._postpone(f"ended with {process.returncode}")

    def _postpone(self, reason: str) -> None:
        now = time.monotonic()
        self._pause = pause_after(now - self._started_at, self._pause)
        self._due_at = now + self._pause
        self._output.note(self.program.name, f"{reason}, starts again in {self._pause:.1f} s")


class Supervisor:
    """Runs programs in a thread of its own, on which their leashes hang."""

    def __init__(
        self,
        programs: Sequence[Program],
        logs: Path,
        *,
        quiet: bool = False,
        services: Services | None = None,
        patience: float = STOP_SECONDS,
    ) -> None:
        self._output = Output(logs, [program.name for program in programs], quiet=quiet)
        self._children = {program.name: Child(program, self._output) for program in programs}
        self._services = services
        self._patience = patience
        self._selector = selectors.DefaultSelector()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start every program, in order."""
        self._thread.start()

    def wait_until_ready(self, name: str, seconds: float) -> bool:
        """Wait until a program runs and says that it is ready; say whether that came true in time."""
        child, deadline = self._children[name], time.monotonic() + seconds
        while time.monotonic() < deadline and not self._ending.is_set():
            if child.is_running() and child.program.is_ready():
                return True
            time.sleep(0.1)
        return False

    def pid(self, name: str) -> int | None:
        """Return the process id of a program, None while it does not run."""
        process = self._children[name].process
        return process.pid if process is not None and process.poll() is None else None

    def starts(self, name: str) -> int:
        """Return how often a program has been started."""
        return self._children[name].starts

    def stop(self) -> None:
        """End every program, the last one first; after ``patience`` seconds with force."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._output.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _supervise(self) -> None:
        try:
            looked_at = 0.0
            while not self._ending.is_set():
                if self._services is not None and time.monotonic() - looked_at > SERVICES_SECONDS:
                    self._services.watch()
                    looked_at = time.monotonic()
                for child in self._children.values():
                    if child.tend():
                        self._listen(child)
                self._pass_on(LOOK_SECONDS)
        finally:
            self._end_all()

    def _listen(self, child: Child) -> None:
        if child.process is not None and child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _pass_on(self, seconds: float) -> None:
        """Hand what the programs have written in the next ``seconds`` to the output."""
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            written = os.read(key.fd, 65536)
            self._output.write(key.data.program.name, written)
            if not written:
                self._selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]  # we register pipes, which are files

    def _end_all(self) -> None:
        children = list(reversed(self._children.values()))
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + self._patience
        while any(child.is_running() for child in children) and time.monotonic() < deadline:
            self._pass_on(0.05)
        for child in children:
            child.kill_group()
        self._pass_on(0.05)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # a pipe, held open by a stray grandchild
        self._selector.close()
