"""Output: what the programs write, from their pipes to the terminal and to ``logs/NAME.log``."""

import contextlib
import sys
from pathlib import Path

from supportbot.embedded.folder import LOG_BYTES, rotate

COLOURS = (36, 33, 35, 32, 34, 31)
LONGEST_LINE_BYTES = 100_000


class Output:
    """Whole lines under their program's name; a terminal gets colours, a log file is rotated at 10 MB."""

    def __init__(self, logs: Path, names: list[str], *, quiet: bool = False) -> None:
        self._width = max(map(len, names), default=0)
        self._colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}
        self._logs = {name: Log(logs / f"{name}.log") for name in names}
        self._pending = dict.fromkeys(names, b"")
        self._quiet = quiet

    def write(self, name: str, written: bytes) -> None:
        """Take what a program has written; nothing (the end of its pipe) completes its last line."""
        pending = self._pending[name] + written
        if not written or len(pending) > LONGEST_LINE_BYTES:
            lines, rest = ([pending] if pending else []), b""
        else:
            *lines, rest = pending.split(b"\n")
        self._pending[name] = rest
        for line in lines:
            self._logs[name].write(line.rstrip(b"\r") + b"\n")
            self._show(name, line.decode("utf-8", "replace").rstrip())

    def note(self, name: str, sentence: str) -> None:
        """Add a line of our own about a program."""
        self.write(name, f"supervisor: {name} {sentence}\n".encode())

    def close(self) -> None:
        """Close the log files."""
        for log in self._logs.values():
            log.close()

    def _show(self, name: str, line: str) -> None:
        if self._quiet:
            return
        head = name.ljust(self._width)
        if sys.stdout.isatty():
            head = f"\x1b[{self._colours[name]}m{head}\x1b[0m"
        try:
            print(f"{head} │ {line}", flush=True)
        except (BrokenPipeError, UnicodeEncodeError):
            self._quiet = True  # nobody reads or can read us: the log files go on


class Log:
    """A log file that moves itself aside when it has grown too big."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rotate(path)
        self._file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        """Append a line; a full disk costs lines, never the process."""
        with contextlib.suppress(OSError):
            if self._file.tell() + len(line) > LOG_BYTES:
                self._file.close()
                rotate(self._path, len(line))
                self._file = self._path.open("ab", buffering=0)
            self._file.write(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
