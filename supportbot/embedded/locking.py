"""Locks between processes: files whose lock the kernel drops when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self


class FileLock:
    """One lock of one process; shared by many readers or exclusive to one. Not for use across threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def try_to_take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free at this moment; say whether it is ours now."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, *, shared: bool = False, seconds: float) -> None:
        """Wait for the lock; raise TimeoutError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not self.try_to_take(shared=shared):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.path} is held by another process for more than {seconds:.0f} s.")
            time.sleep(0.02)

    def release(self) -> None:
        """Give the lock back; releasing what is not held is fine."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.take(seconds=120)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _open(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._descriptor


def is_held(path: Path) -> bool:
    """Say whether some process holds the lock at ``path`` at this moment."""
    lock = FileLock(path)
    try:
        return not lock.try_to_take(shared=True)
    finally:
        lock.release()
